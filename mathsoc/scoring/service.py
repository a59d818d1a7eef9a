"""What changes points: every change is a line of the ledger, its sums follow in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.competitions.models import Competition, CompetitionStage, Entry
from mathsoc.competitions.queries import scoring_rule
from mathsoc.db import insert_ignoring, raise_count
from mathsoc.live.service import announce
from mathsoc.members.models import Member
from mathsoc.schools.models import Stage
from mathsoc.scoring import rules
from mathsoc.scoring.models import Award, Completion, FirstCompletion, ScoreCount, Standing


@dataclass(frozen=True)
class Completed:
    """What completing a challenge brought; 0 points when it was completed before."""

    points: int
    first: bool


async def complete(
    session: AsyncSession,
    competition: Competition,
    entry: Entry,
    challenge_id: int,
    stage_id: int,
    at: datetime,
) -> Completed:
    """Note that a member has every box of a challenge right, and award the points, once.

    The caller holds the locks of the entry and of the challenge; this takes the board's.
    """
    key = {"challenge_id": challenge_id, "member_id": entry.member_id, "completed_at": at}
    if not await insert_ignoring(session, Completion, key, ["challenge_id", "member_id"]):
        return Completed(0, first=False)
    first = await insert_ignoring(session, FirstCompletion, key, ["challenge_id"])
    awards = [
        Award(
            competition_id=competition.id,
            stage_id=stage_id,
            school_id=entry.school_id,
            member_id=entry.member_id,
            challenge_id=challenge_id,
            kind=line.kind,
            points=line.points,
            awarded_at=at,
        )
        for line in rules.completion_lines(scoring_rule(competition), first=first)
    ]
    await add_to_ledger(session, awards)
    return Completed(sum(award.points for award in awards), first)


async def add_to_ledger(session: AsyncSession, awards: list[Award]) -> None:
    """Add lines for one member and board, move the standing and the histogram, announce the board."""
    if not awards:
        return
    competition_id, stage_id, member_id = awards[0].competition_id, awards[0].stage_id, awards[0].member_id
    await _lock_board(session, competition_id, stage_id)
    session.add_all(awards)
    await session.flush()
    points = sum(award.points for award in awards)
    if any(award.points for award in awards):
        await _move_standing(session, competition_id, stage_id, member_id, points, awards[-1].awarded_at)
        await announce(session, await board_topic(session, competition_id, stage_id))


async def set_listed(session: AsyncSession, member: Member) -> None:
    """Bring a member's standings on every board in line with whether they are listed."""
    listed = member.listed
    rows = await session.scalars(
        select(Standing)
        .where(Standing.member_id == member.id, Standing.listed.is_not(listed))
        .order_by(Standing.competition_id, Standing.stage_id)
    )
    for standing in rows.all():
        await _lock_board(session, standing.competition_id, standing.stage_id)
        await session.refresh(standing)
        if standing.listed == listed:
            continue
        standing.listed = listed
        await _count(session, standing, standing.score, came=listed)
        await session.flush()
        await announce(session, await board_topic(session, standing.competition_id, standing.stage_id))


async def announce_boards_of(session: AsyncSession, member_id: int) -> None:
    """Have the boards drawn again on which a member stands, since what they show of them has changed."""
    chosen = select(Standing.competition_id, Standing.stage_id).where(
        Standing.member_id == member_id, Standing.listed.is_(True)
    )
    boards = await session.execute(chosen.order_by(Standing.competition_id, Standing.stage_id))
    for competition_id, stage_id in boards.all():
        await announce(session, await board_topic(session, competition_id, stage_id))


async def board_topic(session: AsyncSession, competition_id: int, stage_id: int) -> str:
    """The live topic of a board: `board:<competition>:<stage>`."""
    row = await session.execute(
        select(Competition.slug, Stage.slug)
        .join(CompetitionStage, CompetitionStage.competition_id == Competition.id)
        .join(Stage, Stage.id == CompetitionStage.stage_id)
        .where(Competition.id == competition_id, Stage.id == stage_id)
    )
    competition, stage = row.one()
    return f"board:{competition}:{stage}"


async def _lock_board(session: AsyncSession, competition_id: int, stage_id: int) -> None:
    """The last lock in the order entry, challenge, board."""
    key = {"competition_id": competition_id, "stage_id": stage_id}
    board = select(CompetitionStage).filter_by(**key).with_for_update(key_share=True)
    if await session.scalar(board) is None:
        await insert_ignoring(session, CompetitionStage, {**key, "position": 99}, list(key))
        await session.scalar(board)


async def _move_standing(
    session: AsyncSession, competition_id: int, stage_id: int, member_id: int, points: int, at: datetime
) -> None:
    standing = await session.get(Standing, (competition_id, stage_id, member_id), populate_existing=True)
    if standing is None:
        member = await session.get_one(Member, member_id)
        standing = Standing(
            competition_id=competition_id,
            stage_id=stage_id,
            member_id=member_id,
            score=0,
            listed=member.listed,
        )
        session.add(standing)
    elif standing.listed:
        await _count(session, standing, standing.score, came=False)
    standing.score += points
    standing.reached_at = at
    await session.flush()
    if standing.listed:
        await _count(session, standing, standing.score, came=True)


async def _count(session: AsyncSession, standing: Standing, score: int, *, came: bool) -> None:
    """One listed member more, or one fewer, has this score; empty bars are taken away."""
    key = {"competition_id": standing.competition_id, "stage_id": standing.stage_id, "score": score}
    if came:
        await raise_count(session, ScoreCount, key, "members")
        return
    await session.execute(update(ScoreCount).filter_by(**key).values(members=ScoreCount.members - 1))
    await session.execute(delete(ScoreCount).filter_by(**key, members=0))

"""Comparing the standings with the ledger, and rebuilding them from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.live.service import announce
from mathsoc.members import rules as member_rules
from mathsoc.members.models import Member
from mathsoc.scoring import rules, service
from mathsoc.scoring.models import Award, Completion, FirstCompletion, ScoreCount, Standing

Board = tuple[int, int]
Whose = tuple[int, int, int]


async def check(session: AsyncSession) -> list[str]:
    """Rebuild the sums in memory from the ledger; returns a sentence for each difference."""
    due = await _due_standings(session)
    stored = {
        (row.competition_id, row.stage_id, row.member_id): row
        for row in await session.scalars(select(Standing))
    }
    faults = []
    for whose in sorted(due.keys() | stored.keys()):
        want, have = due.get(whose), stored.get(whose)
        if want is None or have is None:
            faults.append(f"{_named(whose)}: {'no line in the ledger' if want is None else 'no standing'}")
        elif (want[0].score, want[0].reached_at, want[1]) != (have.score, have.reached_at, have.listed):
            faults.append(
                f"{_named(whose)}: ledger {want[0].score} at {want[0].reached_at.isoformat()} "
                f"(listed: {want[1]}), standing {have.score} at {have.reached_at.isoformat()} "
                f"(listed: {have.listed})"
            )
    return faults + await _histogram_faults(session, due) + await _first_faults(session)


async def rebuild(session: AsyncSession) -> int:
    """Write standings and histogram anew from the ledger; returns how many standings there are."""
    due = await _due_standings(session)
    moved = {whose[:2] for whose in due}
    moved |= {
        (competition, stage)
        for competition, stage in await session.execute(
            select(Standing.competition_id, Standing.stage_id).distinct()
        )
    }
    await session.execute(delete(Standing))
    await session.execute(delete(ScoreCount))
    session.add_all(
        Standing(
            competition_id=competition,
            stage_id=stage,
            member_id=member,
            score=amount.score,
            reached_at=amount.reached_at,
            listed=listed,
        )
        for (competition, stage, member), (amount, listed) in due.items()
    )
    session.add_all(
        ScoreCount(competition_id=competition, stage_id=stage, score=score, members=members)
        for (competition, stage, score), members in _histogram(due).items()
    )
    await session.flush()
    # Last, since it takes the locks of topics: what is drawn of these boards is of before.
    for topic in sorted([await service.board_topic(session, *board) for board in moved]):
        await announce(session, topic)
    return len(due)


async def _due_standings(session: AsyncSession) -> dict[Whose, tuple[rules.Sum, bool]]:
    lines: defaultdict[Whose, list[tuple[int, datetime]]] = defaultdict(list)
    async for competition, stage, member, points, at in _ledger(session):
        lines[competition, stage, member].append((points, at))
    members = await session.execute(
        select(Member.id, Member.role, Member.state, Member.hidden, Member.erase_at.is_not(None))
    )
    listed = {
        id_: member_rules.listed(role, state, hidden, leaving)
        for id_, role, state, hidden, leaving in members
    }
    sums = {whose: rules.total(own) for whose, own in lines.items()}
    return {whose: (amount, listed[whose[2]]) for whose, amount in sums.items() if amount is not None}


async def _ledger(session: AsyncSession) -> AsyncIterator[tuple[int, int, int, int, datetime]]:
    rows = await session.stream(
        select(
            Award.competition_id, Award.stage_id, Award.member_id, Award.points, Award.awarded_at
        ).order_by(Award.id)
    )
    async for row in rows:
        yield row.competition_id, row.stage_id, row.member_id, row.points, row.awarded_at


def _histogram(due: dict[Whose, tuple[rules.Sum, bool]]) -> Counter[Whose]:
    return Counter(
        (competition, stage, amount.score)
        for (competition, stage, _), (amount, listed) in due.items()
        if listed
    )


async def _histogram_faults(session: AsyncSession, due: dict[Whose, tuple[rules.Sum, bool]]) -> list[str]:
    want = _histogram(due)
    have = {
        (row.competition_id, row.stage_id, row.score): row.members
        for row in await session.scalars(select(ScoreCount))
    }
    return [
        f"competition {key[0]}, stage {key[1]}: {want.get(key, 0)} members have {key[2]} points, "
        f"the histogram says {have.get(key, 0)}"
        for key in sorted(want.keys() | have.keys())
        if want.get(key, 0) != have.get(key, 0)
    ]


async def _first_faults(session: AsyncSession) -> list[str]:
    """A first completion must be a completion, and the earliest of its challenge."""
    completions: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in await session.scalars(select(Completion)):
        completions[row.challenge_id].append((row.completed_at, row.member_id))
    faults = []
    for first in await session.scalars(select(FirstCompletion)):
        own = completions.get(first.challenge_id, [])
        if (first.completed_at, first.member_id) not in own or first.completed_at != min(own)[0]:
            faults.append(f"challenge {first.challenge_id}: the first completion is not the earliest one")
    return faults


def _named(whose: Whose) -> str:
    return f"competition {whose[0]}, stage {whose[1]}, member {whose[2]}"

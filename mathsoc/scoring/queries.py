"""Reading points: sums of the ledger, standings and places. Every question is one indexed look-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.schools.models import School
from mathsoc.scoring.models import Award, ScoreCount, Standing


@dataclass(frozen=True)
class Ranked:
    """A listed member's line of a board, before places are given."""

    handle: str
    display_name: str
    real_name: str
    school: str
    year: int | None
    score: int


async def points_for(session: AsyncSession, member_id: int, challenge_id: int) -> int | None:
    """The points a challenge brought a member; None before it is completed."""
    return await session.scalar(
        select(func.sum(Award.points)).where(Award.member_id == member_id, Award.challenge_id == challenge_id)
    )


async def top(
    session: AsyncSession, competition_id: int, stage_id: int, *, limit: int, offset: int = 0
) -> Sequence[Ranked]:
    """Listed members of a board in order: more points first, then who reached them first."""
    rows = await session.execute(
        select(Member.handle, Member.display_name, Member.real_name, School.name, Member.year, Standing.score)
        .join(Member, Member.id == Standing.member_id)
        .outerjoin(School, School.id == Member.school_id)
        .where(
            Standing.competition_id == competition_id,
            Standing.stage_id == stage_id,
            Standing.listed.is_(True),
        )
        .order_by(Standing.score.desc(), Standing.reached_at, Standing.member_id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Ranked(handle, name, real, school or "", year, score)
        for handle, name, real, school, year, score in rows
    ]


async def listed_count(session: AsyncSession, competition_id: int, stage_id: int) -> int:
    """How many members stand on a board."""
    return await _members_with(session, competition_id, stage_id) or 0


async def place_of_score(session: AsyncSession, competition_id: int, stage_id: int, score: int) -> int:
    """1 + the number of listed members with more points, from the histogram."""
    return 1 + await _members_with(session, competition_id, stage_id, above=score)


def members_above() -> ScalarSelect[int]:
    """How many listed members have more points, for each standing of the statement that this is put into."""
    return (
        select(func.coalesce(func.sum(ScoreCount.members), 0))
        .where(
            ScoreCount.competition_id == Standing.competition_id,
            ScoreCount.stage_id == Standing.stage_id,
            ScoreCount.score > Standing.score,
        )
        .correlate(Standing)
        .scalar_subquery()
    )


async def score_of_next_place(
    session: AsyncSession, competition_id: int, stage_id: int, score: int
) -> int | None:
    """The smallest score above this one on the board; None at the top."""
    return await session.scalar(
        select(func.min(ScoreCount.score)).where(
            ScoreCount.competition_id == competition_id,
            ScoreCount.stage_id == stage_id,
            ScoreCount.score > score,
        )
    )


async def standing(
    session: AsyncSession, competition_id: int, stage_id: int, member_id: int
) -> Standing | None:
    return await session.get(Standing, (competition_id, stage_id, member_id))


async def _members_with(
    session: AsyncSession, competition_id: int, stage_id: int, above: int | None = None
) -> int:
    chosen = select(func.coalesce(func.sum(ScoreCount.members), 0)).where(
        ScoreCount.competition_id == competition_id, ScoreCount.stage_id == stage_id
    )
    if above is not None:
        chosen = chosen.where(ScoreCount.score > above)
    return int(await session.scalar(chosen) or 0)

"""Reading competitions, through the viewer: the thing, or Missing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mathsoc.competitions import rules
from mathsoc.competitions.models import Competition, CompetitionStage, Entry
from mathsoc.errors import Missing

_with_boards = selectinload(Competition.boards).options(joinedload(CompetitionStage.stage))


async def visible(session: AsyncSession, *, signed_in: bool) -> Sequence[Competition]:
    """Competitions this viewer may see, newest first, with their boards."""
    chosen = select(Competition).where(Competition.archived_at.is_(None)).options(_with_boards)
    if not signed_in:
        chosen = chosen.where(Competition.visibility == "public")
    return (await session.scalars(chosen.order_by(Competition.starts_at.desc(), Competition.id))).all()


async def by_slug(session: AsyncSession, slug: str, *, signed_in: bool) -> Competition:
    """The competition with its boards; raises Missing when there is none for this viewer."""
    found = await session.scalar(select(Competition).where(Competition.slug == slug).options(_with_boards))
    if found is None or not rules.may_see(found.visibility, signed_in=signed_in):
        raise Missing
    return found


def topic(slug: str) -> str:
    """The live topic of a competition's page: announced by whoever changes its introduction."""
    return f"competition:{slug}"


async def introduction(session: AsyncSession, competition_id: int) -> str:
    """The introduction as it is stored now, whatever was loaded before."""
    found = await session.scalar(select(Competition.introduction).where(Competition.id == competition_id))
    return found or ""


async def entry(session: AsyncSession, competition_id: int, member_id: int) -> Entry | None:
    return await session.scalar(
        select(Entry).where(Entry.competition_id == competition_id, Entry.member_id == member_id)
    )


def scoring_rule(competition: Competition) -> rules.ScoringRule:
    return rules.ScoringRule(
        completion_points=competition.completion_points,
        first_points=competition.first_points,
        attempt_limit=competition.attempt_limit,
    )

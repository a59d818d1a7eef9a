"""Reading who waits for staff: to be let in, or for another display name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc.console import queries
from mathsoc.console.queries import ROWS, Found
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Counts:
    """How many of those that a viewer has wait, and for what."""

    members: int
    names: int


async def counts(session: AsyncSession, viewer: Viewer) -> Counts:
    """For the console's front page; nobody waits for whoever sees nobody."""
    return Counts(
        await _count(session, viewer, _to_be_let_in()), await _count(session, viewer, _for_a_name())
    )


async def members(session: AsyncSession, viewer: Viewer, page: int) -> Found:
    """Who waits to be let in, the longest waiting first; pages count from 1."""
    return await _found(session, viewer, _to_be_let_in(), page)


async def names(session: AsyncSession, viewer: Viewer, page: int) -> Found:
    """Which active members wait for another display name; pages count from 1."""
    return await _found(session, viewer, _for_a_name(), page)


async def held(session: AsyncSession, viewer: Viewer, handles: list[str]) -> list[Member]:
    """Those behind these handles whom the viewer has, held in one order until the transaction ends."""
    chosen = (
        select(Member)
        .where(Member.handle.in_(handles), queries.seen_by(viewer))
        .order_by(Member.id)
        .with_for_update(of=Member, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(chosen))


def _to_be_let_in() -> Conditions:
    """Whoever is about to be erased needs no answer any more."""
    return (Member.state == "pending", Member.erase_at.is_(None))


def _for_a_name() -> Conditions:
    return (Member.state == "active", Member.wished_name != "", Member.erase_at.is_(None))


async def _found(session: AsyncSession, viewer: Viewer, wanted: Conditions, page: int) -> Found:
    chosen = (
        select(Member)
        .where(queries.seen_by(viewer), *wanted)
        .options(joinedload(Member.school))
        .order_by(Member.created_at, Member.id)
        .limit(ROWS)
        .offset((page - 1) * ROWS)
    )
    rows = (await session.scalars(chosen)).all()
    return Found(rows, await _count(session, viewer, wanted), page)


async def _count(session: AsyncSession, viewer: Viewer, wanted: Conditions) -> int:
    chosen = select(func.count()).select_from(Member).where(queries.seen_by(viewer), *wanted)
    return int(await session.scalar(chosen) or 0)

"""Reading reports, through whoever looks after those whom they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from mathsoc.errors import Missing
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.reports.models import Report

ROWS = 50


@dataclass(frozen=True)
class Found:
    """One page of reports, and how many there are on all of them."""

    reports: Sequence[Report]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


async def is_open(session: AsyncSession, viewer: Viewer, member: Member) -> bool:
    """Whether this viewer has reported something of this member that nobody has decided yet."""
    chosen = exists().where(
        Report.member_id == member.id, Report.made_by_id == viewer.id, Report.decided_at.is_(None)
    )
    return bool(await session.scalar(select(chosen)))


async def open_count(session: AsyncSession, theirs: ColumnElement[bool]) -> int:
    """How many reports wait to be decided; `theirs` says about whom the viewer decides."""
    chosen = select(func.count()).select_from(_about(theirs, decided=False).subquery())
    return await session.scalar(chosen) or 0


async def page_of(
    session: AsyncSession, theirs: ColumnElement[bool], page: int, *, decided: bool = False
) -> Found:
    """Reports that wait, the oldest first, or that were decided, the newest first; pages count from 1."""
    chosen = _about(theirs, decided=decided)
    total = await session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    order = (Report.decided_at.desc(), Report.id.desc()) if decided else (Report.created_at, Report.id)
    rows = await session.scalars(
        chosen.options(contains_eager(Report.member).joinedload(Member.school), joinedload(Report.made_by))
        .order_by(*order)
        .limit(ROWS)
        .offset((page - 1) * ROWS)
    )
    return Found(rows.all(), total, page)


async def report(session: AsyncSession, theirs: ColumnElement[bool], public_id: str) -> Report:
    """One of them with the member whom it is about; raises Missing."""
    found = await session.scalar(
        select(Report)
        .join(Member, Member.id == Report.member_id)
        .where(Report.public_id == public_id, theirs)
        .options(contains_eager(Report.member))
    )
    if found is None:
        raise Missing
    return found


def _about(theirs: ColumnElement[bool], *, decided: bool) -> Select[Report]:
    over = Report.decided_at.is_not(None) if decided else Report.decided_at.is_(None)
    return select(Report).join(Member, Member.id == Report.member_id).where(theirs, over)

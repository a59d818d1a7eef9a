"""Whom retention concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc.members.models import Member
from mathsoc.members.rules import SEES_KEYS, Viewer
from mathsoc.privacy import rules
from mathsoc.publishing.models import Post

ROWS = 50
# What is coming, in the order of the preview.
ASKED, TOLD, NEXT, LATER = "asked", "told", "next", "later"


@dataclass(frozen=True)
class Line:
    member: Member
    coming: str

    @property
    def told_from(self) -> datetime | None:
        """When somebody who has left school will be told, unless that is at the next run."""
        one = self.member
        if self.coming != LATER or one.left_at is None:
            return None
        return rules.told_from(one.left_at, one.seen_at or one.created_at, one.kept_at)


@dataclass(frozen=True)
class Concerned:
    """One page of those whom retention concerns, and how many there are of each kind on all pages."""

    lines: Sequence[Line]
    counts: Mapping[str, int]
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-sum(self.counts.values()) // ROWS))


async def only_admin(session: AsyncSession, member_id: int) -> bool:
    """Whether nobody else administers the society."""
    others = select(Member.id).where(
        Member.role == "admin", Member.state == "active", Member.id != member_id, Member.erase_at.is_(None)
    )
    return await session.scalar(others.limit(1)) is None


async def writes(session: AsyncSession, viewer: Viewer) -> bool:
    """Whether they may be known as an author of something."""
    theirs = select(Post.id).where(Post.author_id == viewer.id).limit(1)
    return viewer.role in SEES_KEYS or await session.scalar(theirs) is not None


def to_tell(now: datetime) -> Select[Member]:
    """Who has been away too long, or has left school, and was not told yet. Administrators never are."""
    return select(Member).where(_due(now)).order_by(Member.id)


def to_erase(now: datetime) -> Select[Member]:
    """Who was told long enough ago and has not come back since; who has left school cannot come back."""
    return (
        select(Member)
        .where(Member.told_at <= now - rules.NOTICE, Member.state != "erased", Member.role != "admin")
        .where(or_(Member.seen_at.is_(None), Member.seen_at < Member.told_at, Member.left_at.is_not(None)))
        .order_by(Member.told_at, Member.id)
    )


def never_let_in(now: datetime) -> Select[Member]:
    """Who has waited for approval so long that nobody knows them here."""
    return (
        select(Member)
        .where(Member.state == "pending", Member.created_at <= now - rules.WAITING)
        .order_by(Member.created_at, Member.id)
    )


def asked_to_go(now: datetime) -> Select[Member]:
    """Who asked to be deleted and had time to change their mind."""
    return (
        select(Member)
        .where(Member.erase_at <= now, Member.state != "erased")
        .order_by(Member.erase_at, Member.id)
    )


async def concerned(
    session: AsyncSession, theirs: ColumnElement[bool], now: datetime, page: int
) -> Concerned:
    """Those of `theirs` who have asked to be deleted, were told, or will be: at the next run or later."""
    told_or_left = and_(or_(Member.told_at.is_not(None), Member.left_at.is_not(None)), Member.role != "admin")
    chosen = (theirs, Member.state != "erased", or_(Member.erase_at.is_not(None), told_or_left, _due(now)))
    coming = _coming(now)
    # By its name: a database that numbers its parameters takes the same words twice for two things.
    kinds = select(coming.label("coming"), func.count()).where(*chosen).group_by("coming")
    counted = await session.execute(kinds)
    order = case({ASKED: 0, TOLD: 1, NEXT: 2}, value=coming, else_=3)
    left = case((coming == LATER, Member.left_at))
    rows = await session.execute(
        select(Member, coming)
        .where(*chosen)
        .options(joinedload(Member.school))
        .order_by(order, Member.erase_at, Member.told_at, left, Member.real_name, Member.id)
        .limit(ROWS)
        .offset((page - 1) * ROWS)
    )
    return Concerned([Line(*row) for row in rows], {kind: count for kind, count in counted}, page)


def _coming(now: datetime) -> Case[str]:
    return case(
        (Member.erase_at.is_not(None), ASKED),
        (Member.told_at.is_not(None), TOLD),
        (_due(now), NEXT),
        else_=LATER,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    limit = now - rules.INACTIVE
    away = and_(
        func.coalesce(Member.seen_at, Member.created_at) < limit,
        or_(Member.kept_at.is_(None), Member.kept_at < limit),
    )
    return and_(
        Member.state.in_(("active", "pending", "suspended")),
        Member.role != "admin",
        Member.told_at.is_(None),
        Member.erase_at.is_(None),
        or_(away, Member.left_at < now - rules.LEAVERS),
    )

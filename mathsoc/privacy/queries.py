"""Whom retention concerns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.privacy import rules


async def only_admin(session: AsyncSession, member_id: int) -> bool:
    """Whether nobody else administers the society."""
    others = select(Member.id).where(
        Member.role == "admin", Member.state == "active", Member.id != member_id, Member.erase_at.is_(None)
    )
    return await session.scalar(others.limit(1)) is None


def to_tell(now: datetime) -> Select[Member]:
    """Who has been away too long, or has left school, and was not told yet. Administrators never are."""
    last_seen = func.coalesce(Member.seen_at, Member.created_at)
    return (
        select(Member)
        .where(Member.state.in_(("active", "pending", "suspended")), Member.role != "admin")
        .where(Member.told_at.is_(None), Member.erase_at.is_(None))
        .where(or_(last_seen < now - rules.INACTIVE, Member.left_at < now - rules.LEAVERS))
        .order_by(Member.id)
    )


def to_erase(now: datetime) -> Select[Member]:
    """Who was told long enough ago and has not come back since."""
    return (
        select(Member)
        .where(Member.told_at <= now - rules.NOTICE, Member.state != "erased", Member.role != "admin")
        .where(or_(Member.seen_at.is_(None), Member.seen_at < Member.told_at, Member.left_at.is_not(None)))
        .order_by(Member.id)
    )

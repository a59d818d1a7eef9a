"""What changes about second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.members import service as members
from mathsoc.members.models import Member


async def reenrol(
    session: AsyncSession,
    actor_id: int | None,
    member: Member,
    now: datetime,
    *,
    address: str | None = None,
) -> None:
    """Take a lost second factor away: its key and every session."""
    member.totp_secret = member.totp_since = member.totp_step = None
    await session.flush()
    await members.end_sessions_of(session, member.id, now)
    await audit.record(
        session, Action.SECOND_FACTOR_REMOVED, now, actor_id=actor_id, member_id=member.id, address=address
    )

"""What members ask about their accounts, and what retention does by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, mail
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.jobs import Job
from mathsoc.members import service as sessions
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.privacy import erasure, queries, rules

ERASE, RETAIN = "erase-accounts", "retention"  # the jobs
AT_ONCE = 20  # accounts erased in one transaction
LAST_ADMIN = "You are the only administrator. Make somebody else one first: a society needs one."


async def ask_for_erasure(
    session: AsyncSession, viewer: Viewer, now: datetime, address: str, *, keeps_points: bool
) -> datetime:
    """Have one's own account erased in a week; it is on no board from now on, and every other session ends.

    Returns the moment. Raises Refused for the last administrator.
    """
    member = await sessions.locked(session, viewer.id)
    if member.role == "admin" and await queries.only_admin(session, member.id):
        raise Refused(LAST_ADMIN)
    member.erase_at, member.keeps_points = now + rules.UNDO_WITHIN, keeps_points
    await session.flush()
    await sessions.end_sessions_of(session, member.id, now, keep=viewer.session_id)
    await audit.record(
        session, Action.ERASURE_ASKED, now, actor_id=member.id, member_id=member.id, address=address
    )
    if member.email:
        await mail.queue(session, "erasure-asked", {"member_id": member.id})
    return member.erase_at


async def undo_erasure(session: AsyncSession, viewer: Viewer, now: datetime, address: str) -> None:
    """Keep the account after all; once it is kept, does nothing."""
    member = await sessions.locked(session, viewer.id)
    if member.erase_at is None:
        return
    member.erase_at, member.keeps_points = None, True
    await session.flush()
    await audit.record(
        session, Action.ERASURE_UNDONE, now, actor_id=member.id, member_id=member.id, address=address
    )


async def erase_due(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: erase the accounts whose week is over, some at a time."""
    now = clock.now()
    due = select(Member.id, Member.keeps_points).where(Member.erase_at <= now).order_by(Member.id)
    found = (await session.execute(due.limit(AT_ONCE))).all()
    for member_id, keeps_points in found:
        await erasure.erase(session, member_id, now, keeps_points=keeps_points)
    return now if len(found) == AT_ONCE else None


async def retain(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: tell those whose time is up, and erase those who were told and did not come back."""
    now = clock.now()
    told = await session.scalars(queries.to_tell(now).limit(AT_ONCE))
    for member in (rows := told.all()):
        member.told_at = now
        if member.email:
            await mail.queue(session, "retention", {"member_id": member.id})
    await session.flush()
    over = (await session.scalars(queries.to_erase(now).limit(AT_ONCE))).all()
    for member in over:
        await erasure.erase(session, member.id, now, keeps_points=True)
    return now if AT_ONCE in (len(rows), len(over)) else None

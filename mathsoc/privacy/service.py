"""What members ask about their accounts, what staff note of them, and what retention does by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, mail
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.jobs import Job
from mathsoc.members import service as sessions
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.privacy import erasure, queries, rules
from mathsoc.schools.models import Society
from mathsoc.scoring import service as scoring

ERASE, RETAIN = "erase-accounts", "retention"  # the jobs
AT_ONCE = 20  # members told in one transaction
LAST_ADMIN = "You are the only administrator. Make somebody else one first: a society needs one."
ADMINS_STAY = "An administrator’s account is never erased for being away. Give them another role first."


async def ask_for_erasure(
    session: AsyncSession,
    viewer: Viewer,
    now: datetime,
    address: str,
    *,
    keeps_points: bool,
    keeps_credit: bool = False,
) -> datetime:
    """Have one's own account erased in a week; it is on no board from now on, and every other session ends.

    Asked twice, the first time holds. Returns the moment. Raises Refused for the last administrator.
    """
    if viewer.role == "admin":
        # Of two administrators who go at once, one sees that the other goes.
        await session.execute(select(Society.id).with_for_update(key_share=True))
    member = await sessions.locked(session, viewer.id)
    if member.role == "admin" and await queries.only_admin(session, member.id):
        raise Refused(LAST_ADMIN)
    if member.erase_at is not None:
        return member.erase_at
    member.erase_at, member.keeps_points = now + rules.UNDO_WITHIN, keeps_points
    member.keeps_credit = keeps_credit
    await session.flush()
    await sessions.end_sessions_of(session, member.id, now, keep=viewer.session_id)
    await audit.record(
        session, Action.ERASURE_ASKED, now, actor_id=member.id, member_id=member.id, address=address
    )
    if member.email:
        await mail.queue(session, "erasure-asked", {"member_id": member.id})
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)
    return member.erase_at


async def undo_erasure(session: AsyncSession, viewer: Viewer, now: datetime, address: str) -> None:
    """Keep the account after all, in its places on boards; once it is kept, does nothing."""
    member = await sessions.locked(session, viewer.id)
    if member.erase_at is None:
        return
    member.erase_at, member.keeps_points, member.keeps_credit = None, True, False
    await session.flush()
    await audit.record(
        session, Action.ERASURE_UNDONE, now, actor_id=member.id, member_id=member.id, address=address
    )
    await scoring.set_listed(session, member)


async def note_leaving(
    session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str
) -> None:
    """Note that a member has left school; `member` is held. Noted before, does nothing.

    Raises Refused for administrators.
    """
    if member.role == "admin":
        raise Refused(ADMINS_STAY)
    if member.left_at is None:
        member.left_at = now
        await session.flush()
        await audit.record(
            session, Action.LEFT, now, actor_id=viewer.id, member_id=member.id, address=address
        )


async def keep_account(
    session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str
) -> None:
    """Have an account stay: they have not left, and being away counts anew from now. `member` is held.

    What its owner has asked for stands.
    """
    member.left_at = member.told_at = None
    member.kept_at = now
    await session.flush()
    await audit.record(session, Action.KEPT, now, actor_id=viewer.id, member_id=member.id, address=address)


async def erase_due(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: erase whoever's week is over, one account in a transaction."""
    now = clock.now()
    member = await _next(session, queries.asked_to_go(now))
    if member is None:
        return None
    await erasure.erase(session, member.id, now, keeps_points=member.keeps_points)
    return now


async def retain(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: tell those whose time is up, some at a time, and erase who was told and did not come back.

    Who was never let in is erased without a notice: what they gave was for staff to know them by.
    Accounts are erased one in a transaction: each takes the locks of its boards.
    """
    now = clock.now()
    due = queries.to_tell(now).limit(AT_ONCE).with_for_update(key_share=True, skip_locked=True)
    told = (await session.scalars(due.execution_options(populate_existing=True))).all()
    for member in told:
        member.told_at = now
        if member.email:
            await mail.queue(session, "retention", {"member_id": member.id})
    await session.flush()
    over = await _next(session, queries.to_erase(now)) or await _next(session, queries.never_let_in(now))
    if over is not None:
        await erasure.erase(session, over.id, now, keeps_points=over.keeps_points)
    return now if over is not None or len(told) == AT_ONCE else None


async def _next(session: AsyncSession, due: Select[Member]) -> Member | None:
    """The first of these, held as it is now; whoever is being changed at this moment comes later."""
    held = due.limit(1).with_for_update(key_share=True, skip_locked=True)
    return await session.scalar(held.execution_options(populate_existing=True))

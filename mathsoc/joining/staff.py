"""What staff change about joining: who is let in, and under which name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, mail
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.joining import rules
from mathsoc.joining.queries import looks_taken
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import School
from mathsoc.scoring import service as scoring

NOT_WAITING = "This account does not wait for approval."
NO_WISH = "No other name is asked for."
ANOTHER_WISH = "They have asked for another name since you looked. This is the one now; nothing was changed."
LOOKS_TAKEN = (
    "Somebody else has this name, or one that looks like it. Refuse it: they can ask for another one."
)
WONT_DO = "This name cannot be given any more: {} Refuse it: they can ask for another one."


async def approve(session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str) -> None:
    """Let a pending member in; `member` is held. Raises Refused for anybody else."""
    if member.state != "pending":
        raise Refused(NOT_WAITING)
    await _let_in(session, viewer, member, now, address)
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)


async def approve_all(
    session: AsyncSession, viewer: Viewer, found: Sequence[Member], now: datetime, address: str
) -> list[Member]:
    """Let those in who wait, all in one transaction; all are held. Returns whom that let in."""
    waiting = [member for member in found if member.state == "pending"]
    for member in waiting:
        await _let_in(session, viewer, member, now, address)
    for member in waiting:
        await scoring.set_listed(session, member)
    return waiting


async def _let_in(session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str) -> None:
    member.state = "active"
    await session.flush()
    await audit.record(
        session, Action.APPROVED, now, actor_id=viewer.id, member_id=member.id, address=address
    )
    if member.email:
        await mail.queue(session, "approved", {"member_id": member.id})


async def decide_name(
    session: AsyncSession,
    viewer: Viewer,
    member: Member,
    now: datetime,
    address: str,
    *,
    seen: str,
    accepted: bool,
) -> None:
    """Give a member the display name that they asked for, or not; `member` is held.

    `seen` is the name that the decision is about: nobody shows a harmless wish and swaps it before the press.
    Raises Refused where none or another is asked for, and for a name that will not do any more.
    """
    if not member.wished_name:
        raise Refused(NO_WISH)
    if member.wished_name != seen:
        raise Refused(ANOTHER_WISH)
    wished, before = member.wished_name, member.display_name
    if accepted:
        await _check_wish(session, member)
        await _give_name(session, member, wished)
    member.wished_name = ""
    await session.flush()
    action = Action.NAME_CHANGED if accepted else Action.NAME_REFUSED
    await audit.record(
        session,
        action,
        now,
        actor_id=viewer.id,
        member_id=member.id,
        address=address,
        before={"display_name": before},
        after={"display_name": wished},
    )
    if accepted:
        await scoring.announce_boards_of(session, member.id)


async def _check_wish(session: AsyncSession, member: Member) -> None:
    school = await session.get(School, member.school_id) if member.school_id is not None else None
    problem = rules.problem_with_name(
        member.wished_name, member.real_name, real_names=school is not None and school.real_names
    )
    if problem is not None:
        raise Refused(WONT_DO.format(problem))
    if await looks_taken(session, member.wished_name, member.id):
        raise Refused(LOOKS_TAKEN)


async def _give_name(session: AsyncSession, member: Member, name: str) -> None:
    try:
        async with session.begin_nested():
            member.display_name = name
    except IntegrityError as clash:
        raise Refused(LOOKS_TAKEN) from clash

"""What members change about their own accounts: name, address, and whether boards show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, mail
from mathsoc.accounts import links
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.joining import names
from mathsoc.joining import queries as joining
from mathsoc.joining import rules as name_rules
from mathsoc.members import queries as people
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.members.rules import STAFF, Viewer
from mathsoc.profile import rules
from mathsoc.schools.models import School
from mathsoc.scoring import service as scoring

NOT_OFFERED = "Choose one of these names, or ask for another below."
TAKEN = "Somebody has this name already, or one that looks like it. Choose another one."
OWN = "This is your name already."


async def choose_name(session: AsyncSession, viewer: Viewer, name: str, now: datetime, address: str) -> None:
    """Take one of the names that are offered, at once. `address` is the client's. Raises Refused."""
    if not names.is_ours(name):
        raise Refused(NOT_OFFERED, "display_name")
    member = await members.locked(session, viewer.id)
    await _take(session, member, name, "display_name", now, address)


async def wish_name(session: AsyncSession, viewer: Viewer, wished: str, now: datetime, address: str) -> bool:
    """Ask staff for a display name; staff take theirs at once. Returns whether it was taken.

    Raises Refused at `wished_name` for one that will not do or that somebody has.
    """
    member = await members.locked(session, viewer.id)
    staff = member.role in STAFF
    school = await session.get(School, member.school_id) if member.school_id is not None else None
    shows = staff or (school is not None and school.real_names)
    problem = name_rules.problem_with_name(wished, member.real_name, real_names=shows, staff=staff)
    if problem is not None:
        raise Refused(problem, "wished_name")
    if staff:
        await _take(session, member, wished, "wished_name", now, address)
        return True
    await _check_free(session, member, wished, "wished_name")
    member.wished_name = wished
    await session.flush()
    await _note(session, Action.NAME_ASKED, member, now, address, after={"display_name": wished})
    return False


async def withdraw_wish(session: AsyncSession, viewer: Viewer) -> None:
    """Go on with the name one has; without a wish, does nothing."""
    member = await members.locked(session, viewer.id)
    member.wished_name = ""
    await session.flush()


async def set_shown(
    session: AsyncSession, viewer: Viewer, now: datetime, address: str, *, shown: bool
) -> None:
    """Stand on every leaderboard again, or on none; where it is so already, does nothing."""
    member = await members.locked(session, viewer.id)
    if member.hidden is not shown:
        return
    member.hidden = not shown
    await session.flush()
    after = {"shown": "yes" if shown else "no"}
    await _note(session, Action.HIDDEN, member, now, address, after=after)
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)


async def change_address(
    session: AsyncSession, viewer: Viewer, token: str, now: datetime, address: str
) -> str:
    """Use a link that was sent to a new address of the viewer's: from now on it is theirs, and returned.

    All other sessions of the member end, and so do links that were sent before. The sign-in name of somebody
    who had no address goes. `address` is the client's. Raises Refused when the link cannot be used.
    """
    member = await members.locked(session, viewer.id)
    email = await links.use_address_link(session, token, member.id, now)
    problem = rules.problem_with_address(
        email,
        now=member.email,
        staff=member.role in STAFF,
        school_id=member.school_id,
        domains=await joining.domains(session),
    )
    if problem is not None or await people.by_email(session, email) is not None:
        raise Refused(links.LINK_IS_OVER)
    before = member.email
    try:
        async with session.begin_nested():
            member.email, member.login_name = email, None
    except IntegrityError as clash:
        raise Refused(links.LINK_IS_OVER) from clash
    await links.end_links(session, member.id, now, "reset")
    await members.end_sessions_of(session, member.id, now, keep=viewer.session_id)
    was, becomes = {"email": before or ""}, {"email": email}
    await _note(session, Action.ADDRESS_CHANGED, member, now, address, before=was, after=becomes)
    if before is not None:
        await mail.queue(session, "address-changed", {"email": before})
    return email


async def _take(
    session: AsyncSession, member: Member, name: str, field: str, now: datetime, address: str
) -> None:
    await _check_free(session, member, name, field)
    before = member.display_name
    try:
        async with session.begin_nested():
            member.display_name, member.wished_name = name, ""
    except IntegrityError as clash:
        raise Refused(TAKEN, field) from clash
    was, becomes = {"display_name": before}, {"display_name": name}
    await _note(session, Action.NAME_CHANGED, member, now, address, before=was, after=becomes)
    # Last, since it takes the locks of topics.
    await scoring.announce_boards_of(session, member.id)


async def _check_free(session: AsyncSession, member: Member, name: str, field: str) -> None:
    """Raises Refused for a name that is one's own already, or looks like somebody else's."""
    if name == member.display_name:
        raise Refused(OWN, field)
    if await joining.looks_taken(session, name, member.id):
        raise Refused(TAKEN, field)


async def _note(
    session: AsyncSession,
    action: Action,
    member: Member,
    now: datetime,
    address: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
) -> None:
    """Log what a member did to their own account."""
    own = member.id
    await audit.record(
        session, action, now, actor_id=own, member_id=own, address=address, before=before, after=after
    )

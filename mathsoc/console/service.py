"""What staff change about members: each change is in the audit log, and ends what it takes away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit
from mathsoc.accounts import links
from mathsoc.accounts import service as accounts
from mathsoc.audit import Action
from mathsoc.console import queries, rules
from mathsoc.errors import Refused
from mathsoc.joining import queries as joining
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import Society
from mathsoc.scoring import service as scoring
from mathsoc.second_factor import service as second_factor
from mathsoc.slips import service as slips

NOT_YOURSELF = "Ask another administrator: nobody changes this about themselves."
SAME_ROLE = "They have this role already."
NAME_TAKEN = "A member has the display name of this account, so it cannot be one."
LAST_ADMIN = "This is the only administrator who can sign in, and a society needs one."
WORDS = {
    rules.ROLE: "This account waits for approval. Let them in first, then give them a role.",
    rules.SUSPENSION: "Only an account in use can be suspended; one that waits for approval sends nothing.",
    rules.REINSTATEMENT: "This account is not suspended.",
    rules.LINK: "This account is not in use or has no e-mail address, so no link can set its password.",
    rules.SLIP: "This account is not in use or has an e-mail address: a link sets its password.",
}


async def change_role(
    session: AsyncSession, viewer: Viewer, handle: str, role: str, now: datetime, address: str
) -> Member:
    """Give a member another role; all their sessions end, and they stand on boards, or not, from here on.

    Raises Missing, and Refused for oneself, the role they have, and the last administrator.
    """
    member = await _reach(session, viewer, rules.ROLE, handle)
    if member.role == role:
        raise Refused(SAME_ROLE, "role")
    await _keep_an_admin(session, member)
    if role == "member" and await joining.name_taken(session, member.display_name):
        raise Refused(NAME_TAKEN, "role")
    before, member.role = member.role, role
    await _took_effect(
        session, viewer, member, Action.ROLE_CHANGED, now, address, {"role": before}, {"role": role}
    )
    return member


async def suspend(session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str) -> Member:
    """Lock a member out: all their sessions end and they appear nowhere. Raises Missing, Refused."""
    member = await _reach(session, viewer, rules.SUSPENSION, handle)
    await _keep_an_admin(session, member)
    return await _to_state(session, viewer, member, "suspended", Action.SUSPENDED, now, address)


async def reinstate(
    session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str
) -> Member:
    """Let a suspended member in again, with the points and the place they have. Raises Missing, Refused."""
    member = await _reach(session, viewer, rules.REINSTATEMENT, handle)
    return await _to_state(session, viewer, member, "active", Action.REINSTATED, now, address)


async def end_sessions(
    session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str
) -> int:
    """Sign a member out everywhere (oneself: everywhere else); returns of how many browsers."""
    member = await _reach(session, viewer, rules.SESSIONS, handle)
    return await accounts.end_sessions(session, viewer, member.id, now, address)


async def remove_second_factor(
    session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str
) -> Member:
    """Take a lost authenticator app away; all sessions of the member end. Raises Missing."""
    member = await _reach(session, viewer, rules.SECOND_FACTOR, handle)
    await second_factor.reenrol(session, viewer.id, member, now, address=address)
    return member


async def make_reset_link(
    session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str
) -> tuple[Member, str]:
    """The member and the token of a link with which they set a new password; it works once.

    It is shown to the viewer, to be handed over, and kept nowhere. Raises Missing, Refused.
    """
    member = await _reach(session, viewer, rules.LINK, handle)
    token = await links.make_link(session, member, "reset", now, made_by_id=viewer.id)
    await audit.record(
        session, Action.RESET_LINK_MADE, now, actor_id=viewer.id, member_id=member.id, address=address
    )
    return member, token


async def make_slip(
    session: AsyncSession, viewer: Viewer, handle: str, now: datetime, address: str
) -> tuple[Member, str]:
    """A member without an address and the code of a slip with which they set a new password, once.

    It is shown to the viewer, to be handed over, and kept nowhere. Raises Missing, Refused.
    """
    member = await _reach(session, viewer, rules.SLIP, handle)
    return member, await slips.make_way_back(session, viewer, member, now, address)


async def _reach(session: AsyncSession, viewer: Viewer, what: str, handle: str) -> Member:
    """The member, held until the end of the transaction, if this may be done to them."""
    if what in (rules.ROLE, rules.SUSPENSION):
        # Before anybody's row, so that two administrators who go at once wait here and not for each other.
        await session.execute(select(Society.id).with_for_update(key_share=True))
    member = await queries.member(session, viewer, handle, locked=True)
    if not rules.may_do(viewer, what, handle=member.handle, state=member.state, by_mail=bool(member.email)):
        raise Refused(WORDS.get(what, NOT_YOURSELF) if member.id != viewer.id else NOT_YOURSELF)
    return member


async def _keep_an_admin(session: AsyncSession, member: Member) -> None:
    """Raises Refused where this is the last administrator; `_reach` lets one at a time come here."""
    if (member.role, member.state) != ("admin", "active"):
        return
    others = select(Member.id).where(
        Member.role == "admin", Member.state == "active", Member.erase_at.is_(None), Member.id != member.id
    )
    if await session.scalar(others.limit(1)) is None:
        raise Refused(LAST_ADMIN)


async def _to_state(
    session: AsyncSession,
    viewer: Viewer,
    member: Member,
    state: str,
    action: Action,
    now: datetime,
    address: str,
) -> Member:
    before, member.state = member.state, state
    await _took_effect(session, viewer, member, action, now, address, {"state": before}, {"state": state})
    return member


async def _took_effect(
    session: AsyncSession,
    viewer: Viewer,
    member: Member,
    action: Action,
    now: datetime,
    address: str,
    before: dict[str, str],
    after: dict[str, str],
) -> None:
    """Sessions, boards and the log follow a change of role or state.

    Links and slips go too: who could make one for a pupil must not have one for whatever the pupil becomes.
    """
    await session.flush()
    await members.end_sessions_of(session, member.id, now)
    await links.end_links(session, member.id, now, "reset")
    await links.end_links_made_by(session, member.id, now)
    await slips.end_ways_back(session, member.id)
    await audit.record(
        session,
        action,
        now,
        actor_id=viewer.id,
        member_id=member.id,
        address=address,
        before=before,
        after=after,
    )
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)

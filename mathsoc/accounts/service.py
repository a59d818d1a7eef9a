"""What changes about signing in, passwords and links in mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, mail
from mathsoc.accounts import common, links, queries, rules
from mathsoc.accounts.models import MailToken
from mathsoc.audit import Action
from mathsoc.errors import Missing, Refused
from mathsoc.jobs import Job
from mathsoc.members import queries as people
from mathsoc.members import rules as states
from mathsoc.members import service as sessions
from mathsoc.members.models import LoginSession, Member

FORGET = "forget-sessions"  # the job
FORGOTTEN_AFTER = timedelta(days=30)
CHANGED_MEANWHILE = "Your password was changed meanwhile. Sign in again."


@dataclass(frozen=True)
class Browser:
    """What is known of where a request came from."""

    address: str
    device: str = ""
    remembered: bool = False
    # The token that it came with, whoever's it is.
    token: str | None = None


async def sign_in(
    session: AsyncSession, seen: Member, now: datetime, browser: Browser, *, new_hash: str | None = None
) -> tuple[str, LoginSession] | None:
    """Start a session for a member whose password was right; the one the browser had before ends.

    `seen` is the member as the password was checked against; `new_hash` a newer hash of the same password.
    Returns the token and its session, which may still wait for the second factor; None when the account
    changed meanwhile.
    """
    member = await sessions.locked(session, seen.id)
    if member.password_hash != seen.password_hash or not states.signs_in(member.state):
        return None
    if new_hash is not None:
        member.password_hash = new_hash
    if browser.token is not None:
        await sessions.end_session(session, browser.token, now)
    waits = member.totp_since is not None
    token = await sessions.start_session(
        session,
        member,
        now,
        remembered=browser.remembered,
        device=browser.device,
        waits_for_code=waits,
    )
    if not waits:
        await audit.record(
            session,
            Action.SIGNED_IN,
            now,
            actor_id=member.id,
            member_id=member.id,
            address=browser.address,
        )
    started = await people.login_session(session, token)
    assert started is not None
    return token, started


async def note_failure(session: AsyncSession, member_id: int | None, now: datetime, address: str) -> None:
    """Log a sign-in that failed; for an account that does not exist too, and it takes as long."""
    await audit.record(session, Action.SIGN_IN_FAILED, now, member_id=member_id, address=address)


async def sign_out(session: AsyncSession, token: str, now: datetime, address: str) -> None:
    """End the session of a cookie's token, if there is one."""
    found = await people.login_session(session, token)
    if found is not None and found.ended_at is None:
        member_id = found.member_id
        await sessions.end_session(session, token, now)
        await audit.record(
            session, Action.SIGNED_OUT, now, actor_id=member_id, member_id=member_id, address=address
        )


async def end_own_session(
    session: AsyncSession, viewer: states.Viewer, public_id: str, now: datetime, address: str
) -> bool:
    """End one of the viewer's sessions; returns whether it was the present one. Raises Missing."""
    for one in await people.sessions_of(session, viewer.id, now):
        if one.public_id == public_id:
            one.ended_at = now
            await session.flush()
            await audit.record(
                session, Action.SESSION_ENDED, now, actor_id=viewer.id, member_id=viewer.id, address=address
            )
            return one.id == viewer.session_id
    raise Missing


async def end_sessions(
    session: AsyncSession, viewer: states.Viewer, member_id: int, now: datetime, address: str
) -> int:
    """Sign a member out everywhere, oneself everywhere else; returns of how many browsers."""
    own = member_id == viewer.id
    ended = await sessions.end_sessions_of(session, member_id, now, keep=viewer.session_id if own else None)
    if ended or not own:
        await audit.record(
            session,
            Action.SESSION_ENDED,
            now,
            actor_id=viewer.id,
            member_id=member_id,
            address=address,
            after={"sessions": ended},
        )
    return ended


async def check_new_password(session: AsyncSession, member: Member, password: str) -> None:
    """Raises Refused at `new_password` with what is wrong with it for this member."""
    problem = rules.problem_with_password(
        password,
        staff=member.role in states.STAFF,
        own_words=await queries.own_words(session, member),
        common=await common.loaded(),
    )
    if problem is not None:
        raise Refused(problem, "new_password")


async def reset_password(
    session: AsyncSession, token: str, password_hash: str, now: datetime, address: str
) -> Member:
    """Use a link to set a password: of many uses at once exactly one does.

    All sessions of the member end; the second factor stays. Raises Refused when the link cannot be used.
    """
    owner = await queries.member_of_link(session, token, "reset", now)
    # Whoever changes an account takes its row first, then its links: two at once never wait for each other.
    member = await sessions.locked(session, owner.id) if owner is not None else None
    if member is None or not states.signs_in(member.state):
        raise Refused(links.LINK_IS_OVER)
    used = await session.execute(
        update(MailToken)
        .where(queries.usable(token, "reset", now), MailToken.address == member.email)
        .values(used_at=now)
        .returning(MailToken.id)
    )
    if used.first() is None:
        raise Refused(links.LINK_IS_OVER)
    await _set_password(session, member, password_hash, now)
    await sessions.end_sessions_of(session, member.id, now)
    await audit.record(session, Action.PASSWORD_RESET, now, member_id=member.id, address=address)
    return member


async def change_password(
    session: AsyncSession, seen: Member, token: str, password_hash: str, now: datetime, address: str
) -> tuple[str, LoginSession]:
    """Change the password of whoever is signed in with `token`; all other sessions end, this one is renewed.

    `seen` is the member as the present password was checked against. Returns the new token and its session.
    Raises Refused when the session has ended or the password was changed meanwhile.
    """
    member = await sessions.locked(session, seen.id)
    viewer = await people.viewer(session, token, now)
    if viewer is None or viewer.id != member.id or member.password_hash != seen.password_hash:
        raise Refused(CHANGED_MEANWHILE)
    await _set_password(session, member, password_hash, now)
    await sessions.end_sessions_of(session, member.id, now, keep=viewer.session_id)
    present = await session.get_one(LoginSession, viewer.session_id)
    renewed = await sessions.renew_session(session, present, now)
    await audit.record(
        session, Action.PASSWORD_CHANGED, now, actor_id=member.id, member_id=member.id, address=address
    )
    return renewed, present


async def _set_password(session: AsyncSession, member: Member, password_hash: str, now: datetime) -> None:
    member.password_hash = password_hash
    await session.flush()
    await links.end_links(session, member.id, now, "reset")
    if member.email:
        await mail.queue(session, "password-changed", {"member_id": member.id})


async def forget_old(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: delete sessions and links that have long been worth nothing.

    A link to join goes as soon as it is over: it has the address of somebody who may have no account here.
    """
    now = clock.now()
    ago = now - FORGOTTEN_AFTER
    await session.execute(delete(LoginSession).where(LoginSession.ended_at < ago))
    for staff in (True, False):
        role = Member.role.in_(states.STAFF)
        theirs = LoginSession.member_id.in_(select(Member.id).where(role if staff else ~role))
        over = or_(
            LoginSession.seen_at < ago - states.IDLE[staff],
            LoginSession.created_at < ago - states.ABSOLUTE[staff],
        )
        await session.execute(delete(LoginSession).where(theirs, over))
    to_join = and_(MailToken.purpose == "join", MailToken.expires_at < now)
    await session.execute(delete(MailToken).where(or_(MailToken.expires_at < ago, to_join)))
    return None

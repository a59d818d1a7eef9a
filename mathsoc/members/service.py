"""What changes about members and their sessions."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members import queries, rules
from mathsoc.members.models import LoginSession, Member


async def start_session(
    session: AsyncSession,
    member: Member,
    now: datetime,
    *,
    remembered: bool = False,
    device: str = "",
    waits_for_code: bool = False,
) -> str:
    """Sign a member in; returns the token for the cookie (256 random bits, only its hash is stored).

    One that waits for the code of the second factor signs nobody in until `renew_session`.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            member_id=member.id,
            token_hash=queries.token_hash(token),
            created_at=now,
            seen_at=now,
            fresh_at=now,
            remembered=remembered,
            device=device,
            waits_for_code=waits_for_code,
        )
    )
    member.seen_at = now
    if member.left_at is None:
        member.told_at = None  # whoever was told for being away has come back
    await session.flush()
    return token


async def renew_session(session: AsyncSession, login_session: LoginSession, now: datetime) -> str:
    """A new token for a session that has proved itself again (password or code); the old one is void.

    The absolute limit stays where it was, but for a session that waited for its code: it begins here.
    """
    token = secrets.token_urlsafe(32)
    if login_session.waits_for_code:
        login_session.waits_for_code, login_session.created_at = False, now
    login_session.token_hash = queries.token_hash(token)
    login_session.seen_at = login_session.fresh_at = now
    await session.flush()
    return token


async def end_session(session: AsyncSession, token: str, now: datetime) -> None:
    """Sign out on the server: the cookie's token is worth nothing from here on."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == queries.token_hash(token), LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


async def end_sessions_of(
    session: AsyncSession, member_id: int, now: datetime, keep: int | None = None
) -> int:
    """End all sessions of a member but the one with the id `keep`; returns how many. Open streams follow."""
    ending = (
        update(LoginSession)
        .where(LoginSession.member_id == member_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(LoginSession.id)
    )
    if keep is not None:
        ending = ending.where(LoginSession.id != keep)
    return len((await session.execute(ending)).all())


async def note_fresh(session: AsyncSession, session_id: int, now: datetime) -> None:
    """The password has just been given in this session."""
    await session.execute(update(LoginSession).where(LoginSession.id == session_id).values(fresh_at=now))


async def note_in_use(session: AsyncSession, viewer_session_id: int, now: datetime) -> None:
    """Move the idle limit of a session, at most every few minutes."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.id == viewer_session_id, LoginSession.seen_at < now - rules.SEEN_EVERY)
        .values(seen_at=now)
    )


async def locked(session: AsyncSession, member_id: int) -> Member:
    """The member's row as it is now, held until the end of the transaction."""
    found = select(Member).where(Member.id == member_id).with_for_update(key_share=True)
    return (await session.scalars(found.execution_options(populate_existing=True))).one()

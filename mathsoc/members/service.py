"""What changes about members and their sessions."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members import queries, rules
from mathsoc.members.models import LoginSession, Member


async def start_session(session: AsyncSession, member: Member, now: datetime) -> str:
    """Sign a member in; returns the token for the cookie (256 random bits, only its hash is stored)."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            member_id=member.id,
            token_hash=queries.token_hash(token),
            created_at=now,
            seen_at=now,
            fresh_at=now,
        )
    )
    member.seen_at = now
    await session.flush()
    return token


async def end_session(session: AsyncSession, token: str, now: datetime) -> None:
    """Sign out on the server: the cookie's token is worth nothing from here on."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == queries.token_hash(token), LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


async def note_in_use(session: AsyncSession, viewer_session_id: int, now: datetime) -> None:
    """Move the idle limit of a session, at most every few minutes."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.id == viewer_session_id, LoginSession.seen_at < now - rules.SEEN_EVERY)
        .values(seen_at=now)
    )

"""Reading members and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc.errors import Missing
from mathsoc.members import rules
from mathsoc.members.models import LoginSession, Member


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def login_session(session: AsyncSession, token: str) -> LoginSession | None:
    """The session a cookie's token belongs to, with its member."""
    return await session.scalar(
        select(LoginSession)
        .where(LoginSession.token_hash == token_hash(token))
        .options(joinedload(LoginSession.member))
    )


async def viewer(session: AsyncSession, token: str, now: datetime) -> rules.Viewer | None:
    """Who this token signs in at `now`; None when the session or the account no longer holds."""
    found = await login_session(session, token)
    if found is None or found.waits_for_code or not _holds(found, now):
        return None
    member = found.member
    return rules.Viewer(
        id=member.id,
        handle=member.handle,
        display_name=member.display_name,
        role=member.role,
        state=member.state,
        year=member.year,
        school_id=member.school_id,
        session_id=found.id,
        session_seen_at=found.seen_at,
        fresh_at=found.fresh_at,
        second_factor=member.totp_since is not None,
    )


async def waiting_session(session: AsyncSession, token: str, now: datetime) -> LoginSession | None:
    """The session whose password was right and whose second factor is still to come, with its member."""
    found = await login_session(session, token)
    if found is None or not found.waits_for_code or not _holds(found, now):
        return None
    return found if now - found.created_at < rules.CODE_WITHIN else None


async def sessions_of(session: AsyncSession, member_id: int, now: datetime) -> Sequence[LoginSession]:
    """The browsers that a member is signed in with, the one used last first."""
    found = await session.scalars(
        select(LoginSession)
        .where(LoginSession.member_id == member_id, LoginSession.ended_at.is_(None))
        .where(LoginSession.waits_for_code.is_(False))
        .options(joinedload(LoginSession.member))
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return [one for one in found if _alive(one, now)]


def _holds(found: LoginSession, now: datetime) -> bool:
    return _alive(found, now) and rules.signs_in(found.member.state)


def _alive(found: LoginSession, now: datetime) -> bool:
    return rules.session_alive(
        staff=found.member.role in rules.STAFF,
        created_at=found.created_at,
        seen_at=found.seen_at,
        ended=found.ended_at is not None,
        now=now,
    )


async def by_sign_in(session: AsyncSession, typed: str) -> Member | None:
    """Who signs in with this: an address, or the sign-in name of somebody who has none."""
    name = rules.normal_email(typed)
    return await session.scalar(select(Member).where((Member.email == name) | (Member.login_name == name)))


async def by_email(session: AsyncSession, email: str) -> Member | None:
    return await session.scalar(select(Member).where(Member.email == rules.normal_email(email)))


async def shown(session: AsyncSession, handle: str, viewer: rules.Viewer) -> Member:
    """The member behind a public handle, with the school.

    Raises Missing for whoever appears nowhere; only oneself has one's own page in any case.
    """
    member = await session.scalar(
        select(Member).where(Member.handle == handle).options(joinedload(Member.school))
    )
    if member is None or not (member.id == viewer.id or member.listed):
        raise Missing
    return member

"""What changes about second factors. A code of an app and a recovery code each sign in once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.members import service as members
from mathsoc.members.models import LoginSession, Member
from mathsoc.second_factor import rules, totp
from mathsoc.second_factor.models import RecoveryCode

NO_CODE = "Enter the six digits."
WRONG_CODE = "That code is not right. Codes change every 30 seconds; type the one that is shown now."
LATE = "Start again: there is no key waiting to be confirmed."


async def start(session: AsyncSession, member: Member) -> None:
    """Make a new key for an app to learn. It counts for nothing until `confirm`; what counted goes on."""
    member.totp_new_secret = totp.new_secret()
    await session.flush()


async def confirm(
    session: AsyncSession, member: Member, code: str, now: datetime, *, keep: int, address: str | None = None
) -> list[str]:
    """Let the new key count, if `code` is of it; returns the recovery codes, which nothing shows again.

    Every other session than `keep` ends: it was begun without this key. Raises Refused at `code`.
    """
    digits = rules.six_digits(code)
    if member.totp_new_secret is None:
        raise Refused(LATE, "code")
    step = totp.step_of(member.totp_new_secret, digits, now) if digits else None
    if step is None:
        raise Refused(WRONG_CODE if code.strip() else NO_CODE, "code")
    member.totp_secret, member.totp_new_secret = member.totp_new_secret, None
    member.totp_since, member.totp_step = now, step
    await members.end_sessions_of(session, member.id, now, keep=keep)
    await audit.record(
        session, Action.SECOND_FACTOR_ADDED, now, actor_id=member.id, member_id=member.id, address=address
    )
    return await _replace_codes(session, member.id)


async def new_codes(
    session: AsyncSession, member: Member, now: datetime, *, address: str | None = None
) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises Refused where there is no second factor."""
    if member.totp_since is None:
        raise Refused("Recovery codes come with an authenticator app; set that up first.")
    await audit.record(
        session, Action.RECOVERY_CODES_MADE, now, actor_id=member.id, member_id=member.id, address=address
    )
    return await _replace_codes(session, member.id)


async def remove(
    session: AsyncSession, member: Member, now: datetime, *, keep: int, address: str | None = None
) -> None:
    """A member goes back to the password alone; every other session than `keep` ends."""
    await _take_away(session, member)
    await members.end_sessions_of(session, member.id, now, keep=keep)
    await audit.record(
        session, Action.SECOND_FACTOR_REMOVED, now, actor_id=member.id, member_id=member.id, address=address
    )


async def reenrol(
    session: AsyncSession,
    actor_id: int | None,
    member: Member,
    now: datetime,
    *,
    address: str | None = None,
) -> None:
    """Take a lost second factor away: its key, its recovery codes and every session.

    The next sign-in asks for the password alone and, of staff in production, for a new enrolment.
    `actor_id` is the administrator; None at the command line.
    """
    await _take_away(session, member)
    await members.end_sessions_of(session, member.id, now)
    await audit.record(
        session, Action.SECOND_FACTOR_REMOVED, now, actor_id=actor_id, member_id=member.id, address=address
    )


async def sign_in(
    session: AsyncSession, waiting: LoginSession, code: str, now: datetime, *, address: str | None = None
) -> str | None:
    """Make a waiting session a full one, if the code is right and unused; returns its new token, else None.

    `waiting` comes with its member, from this session. Both outcomes stand in the audit log.
    """
    member = waiting.member
    recovered = False
    right = await _use_app_code(session, member, code, now)
    if not right:
        right = recovered = await _use_recovery_code(session, member.id, code, now)
    if not right:
        await audit.record(session, Action.SIGN_IN_FAILED, now, member_id=member.id, address=address)
        return None
    for action in (Action.RECOVERY_CODE_USED,) * recovered + (Action.SIGNED_IN,):
        await audit.record(session, action, now, actor_id=member.id, member_id=member.id, address=address)
    return await members.renew_session(session, waiting, now)


async def _use_app_code(session: AsyncSession, member: Member, code: str, now: datetime) -> bool:
    digits = rules.six_digits(code)
    if digits is None or member.totp_secret is None or member.totp_since is None:
        return False
    step = totp.step_of(member.totp_secret, digits, now)
    if step is None:
        return False
    # One statement, so that of two browsers with the same code one is refused.
    used = await session.execute(
        update(Member)
        .where(
            Member.id == member.id,
            Member.totp_secret == member.totp_secret,
            or_(Member.totp_step.is_(None), Member.totp_step < step),
        )
        .values(totp_step=step)
        .returning(Member.id)
    )
    return used.first() is not None


async def _use_recovery_code(session: AsyncSession, member_id: int, code: str, now: datetime) -> bool:
    used = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member_id,
            RecoveryCode.code_hash == code_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


async def _replace_codes(session: AsyncSession, member_id: int) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    codes = [ids.spoken_code() for _ in range(rules.RECOVERY_CODES)]
    session.add_all(RecoveryCode(member_id=member_id, code_hash=code_hash(code)) for code in codes)
    await session.flush()
    return codes


async def _take_away(session: AsyncSession, member: Member) -> None:
    member.totp_secret = member.totp_new_secret = member.totp_since = member.totp_step = None
    await session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    await session.flush()


def code_hash(code: str) -> str:
    """What is kept of a recovery code: 76 random bits need no slow hash."""
    return hashlib.sha256(ids.folded(code).encode()).hexdigest()

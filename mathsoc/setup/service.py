"""The first administrator, and the way back in for the last one who lost everything."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids
from mathsoc.accounts import links
from mathsoc.audit import Action
from mathsoc.db import insert_ignoring
from mathsoc.errors import Refused
from mathsoc.members import queries as members
from mathsoc.members.models import Member
from mathsoc.schools import queries as schools
from mathsoc.schools import service as society
from mathsoc.scoring import service as scoring
from mathsoc.second_factor import service as second_factor
from mathsoc.setup import queries
from mathsoc.setup.models import SetupCode
from mathsoc.setup.rules import NewAdmin, NewSociety

WRONG_CODE = (
    "That is not the code, or a newer start replaced it. Look at the newest start in the server’s log."
)
HAS_ACCOUNT = "There is an account with this e-mail address already."


def code_hash(code: str) -> str:
    """What is kept of the one-time code: 76 random bits need no slow hash."""
    return hashlib.sha256(ids.folded(code).encode()).hexdigest()


async def new_code(session: AsyncSession, now: datetime) -> str:
    """Make the one-time code of this start, in place of any before it; returns it as it is printed."""
    code = ids.spoken_code().upper()
    values = {"code_hash": code_hash(code), "created_at": now}
    while True:
        # Two servers may start at once: whoever comes second replaces the code of the first.
        changed = await session.execute(
            update(SetupCode).where(SetupCode.id == 1).values(values).returning(SetupCode.id)
        )
        if changed.first() or await insert_ignoring(session, SetupCode, {"id": 1, **values}, ["id"]):
            return code


async def set_up(
    session: AsyncSession,
    code: str,
    founded: NewSociety | None,
    admin: NewAdmin,
    now: datetime,
    *,
    address: str | None = None,
) -> Member:
    """Spend the code, and make the society and its first administrator; of two at once one wins.

    `founded` is None where a society stands already. Raises Refused at `code` or `email`.
    """
    spent = await session.execute(
        delete(SetupCode).where(SetupCode.code_hash == code_hash(code)).returning(SetupCode.id)
    )
    if spent.first() is None or await queries.has_admin(session):
        raise Refused(WRONG_CODE, "code")
    await _found(session, founded, now)
    return await _add(session, admin, now, address)


async def make_admin(
    session: AsyncSession, founded: NewSociety, admin: NewAdmin, now: datetime, *, replace: bool
) -> Member:
    """An administrator from the command line; the society is made if there is none.

    With `replace` an account with this address is made an active administrator with the new password, its
    second factor, sessions and links gone. Raises Refused at `email` for an existing account without it.
    """
    await session.execute(delete(SetupCode))
    await _found(session, founded, now)
    member = await members.by_email(session, admin.email)
    if member is None:
        return await _add(session, admin, now, None)
    if not replace:
        raise Refused(HAS_ACCOUNT, "email")
    before = {"role": member.role, "state": member.state}
    member.role, member.state, member.year = "admin", "active", None
    member.password_hash = admin.password_hash
    await second_factor.reenrol(session, None, member, now)
    await links.end_links(session, member.id, now, "reset")
    await audit.record(
        session,
        Action.ADMIN_CREATED,
        now,
        member_id=member.id,
        before=before,
        after={"role": "admin", "state": "active"},
    )
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)
    return member


async def _found(session: AsyncSession, founded: NewSociety | None, now: datetime) -> None:
    if founded is not None and await schools.society(session) is None:
        await society.found(session, founded.name, founded.staff_contact, founded.preset, founded.school, now)


async def _add(session: AsyncSession, admin: NewAdmin, now: datetime, address: str | None) -> Member:
    if await members.by_email(session, admin.email) is not None:
        raise Refused(HAS_ACCOUNT, "email")
    member = Member(
        email=admin.email.strip().lower(),
        display_name=admin.display_name,
        password_hash=admin.password_hash,
        role="admin",
        state="active",
        created_at=now,
    )
    session.add(member)
    await session.flush()
    await audit.record(session, Action.ADMIN_CREATED, now, member_id=member.id, address=address)
    return member

"""Links in mail: made, used once, and worthless when what they stand on changes."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.accounts import queries, rules
from mathsoc.accounts.models import MailToken
from mathsoc.errors import Refused
from mathsoc.members import rules as states
from mathsoc.members import service as members
from mathsoc.members.models import Member

LINK_IS_OVER = "This link has been used or is too old."


async def make_link(
    session: AsyncSession, member: Member, purpose: str, now: datetime, made_by_id: int | None = None
) -> str:
    """The token (256 bits) of a link for this member; only its hash is kept, and older ones die.

    `purpose` is "reset"; `made_by_id` is who of the staff hands it over. Raises Refused for an account
    without an address or that cannot sign in.
    """
    member = await members.locked(session, member.id)
    if not member.email or not states.signs_in(member.state):
        raise Refused("This account has no e-mail address to send a link to, or it cannot be used.")
    await end_links(session, member.id, now, purpose)
    return await _add(session, purpose, member.email, now, member_id=member.id, made_by_id=made_by_id)


async def make_address_link(session: AsyncSession, member: Member, address: str, now: datetime) -> str:
    """The token of a link by which a member proves to read mail at a new address; older ones die.

    It is bound to that address and this member: nothing changes before it is used. Raises Refused for an
    account that cannot sign in.
    """
    member = await members.locked(session, member.id)
    if not states.signs_in(member.state):
        raise Refused("This account cannot be used.")
    await end_links(session, member.id, now, "verify")
    return await _add(session, "verify", address, now, member_id=member.id)


async def use_address_link(session: AsyncSession, token: str, member_id: int, now: datetime) -> str:
    """Use a link to a new address of this member, whose row is held: of many uses at once exactly one does.

    Returns the address that it proves. Raises Refused when it cannot be used or is somebody else's.
    """
    return await _use(session, now, queries.usable(token, "verify", now), MailToken.member_id == member_id)


async def make_join_link(session: AsyncSession, address: str, now: datetime) -> str:
    """The token of a link by which whoever reads mail at this address joins; older ones die."""
    await session.execute(
        update(MailToken)
        .where(MailToken.address == address, MailToken.purpose == "join", MailToken.used_at.is_(None))
        .values(used_at=now)
    )
    return await _add(session, "join", address, now)


async def use_join_link(session: AsyncSession, token: str, now: datetime) -> str:
    """Use a link to join: of many uses at once exactly one does. Returns the address that it proves.

    Raises Refused when the link cannot be used.
    """
    return await _use(session, now, queries.usable(token, "join", now))


async def end_links(session: AsyncSession, member_id: int, now: datetime, purpose: str) -> None:
    """Make the links of this purpose worthless that a member was sent or handed."""
    await session.execute(
        update(MailToken)
        .where(MailToken.member_id == member_id, MailToken.purpose == purpose, MailToken.used_at.is_(None))
        .values(used_at=now)
    )


async def end_links_made_by(session: AsyncSession, member_id: int, now: datetime) -> None:
    """Make the links worthless that somebody of the staff has made: they go with the right to make them."""
    await session.execute(
        update(MailToken)
        .where(MailToken.made_by_id == member_id, MailToken.used_at.is_(None))
        .values(used_at=now)
    )


async def _use(session: AsyncSession, now: datetime, *holds: ColumnElement[bool]) -> str:
    """Use the link for which this holds and return its address: one statement, so that it is used once."""
    used = await session.execute(
        update(MailToken).where(*holds).values(used_at=now).returning(MailToken.address)
    )
    address = used.scalar_one_or_none()
    if address is None:
        raise Refused(LINK_IS_OVER)
    return address


async def _add(
    session: AsyncSession,
    purpose: str,
    address: str,
    now: datetime,
    *,
    member_id: int | None = None,
    made_by_id: int | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        MailToken(
            token_hash=queries.token_hash(token),
            purpose=purpose,
            member_id=member_id,
            made_by_id=made_by_id,
            address=address,
            created_at=now,
            expires_at=now + rules.LINK_LASTS[purpose],
        )
    )
    await session.flush()
    return token

"""The mails about one's own address, made when they are about to be sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts import letters, links, rules
from mathsoc.mail import Message
from mathsoc.members import queries as people
from mathsoc.members import rules as states
from mathsoc.members.models import Member


async def verify_address(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """A link to the new address; to one that has an account just that, so that the page need not tell."""
    member, address = await session.get(Member, payload["member_id"]), payload["email"]
    if member is None or not states.signs_in(member.state):
        return None
    if await people.by_email(session, address) is not None:
        return await letters.letter(session, address, "address-taken")
    token = await links.make_address_link(session, member, address, clock.now())
    hours = int(rules.LINK_LASTS["verify"].total_seconds()) // 3600
    return await letters.letter(session, address, "verify-address", token=token, hours=hours)


async def address_changed(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """The notice to the address before, in case it was somebody else who changed it."""
    return await letters.letter(session, payload["email"], "address-changed")

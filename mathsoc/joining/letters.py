"""The mails of joining, made when they are about to be sent, so that no token waits in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts import letters, links, rules
from mathsoc.joining import queries
from mathsoc.mail import Message
from mathsoc.members import queries as people
from mathsoc.members.models import Member


async def join(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """A link to join; to somebody who has an account the way into that, so that the page need not tell."""
    address = payload["email"]
    if await people.by_email(session, address) is not None:
        return await letters.letter(session, address, "has-account")
    if await queries.by_address(session, address) is None:
        return None
    token = await links.make_join_link(session, address, clock.now())
    hours = int(rules.LINK_LASTS["join"].total_seconds()) // 3600
    return await letters.letter(session, address, "join", token=token, hours=hours)


async def approved(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """That the school has let them in; nothing any more for whoever has gone or was suspended since."""
    member = await session.get(Member, payload["member_id"])
    if member is None or member.email is None or member.state != "active":
        return None
    return await letters.letter(session, member.email, "approved")

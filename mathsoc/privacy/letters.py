"""The mails about erasure, made when they are about to be sent: what was undone meanwhile is not told."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.accounts.letters import letter
from mathsoc.mail import Message
from mathsoc.members.models import Member


async def erasure_asked(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """When the account that its owner wants deleted will be, and how to keep it."""
    member = await session.get(Member, payload["member_id"])
    if member is None or member.email is None or member.erase_at is None:
        return None
    return await letter(session, member.email, "erasure-asked", until=member.erase_at)


async def retention(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """When the account of somebody away, or of one who has left school, will be erased."""
    member = await session.get(Member, payload["member_id"])
    if member is None or member.email is None or member.told_at is None:
        return None
    left = member.left_at is not None
    return await letter(session, member.email, "retention", until=member.ends_at, left=left)

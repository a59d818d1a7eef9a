"""Whether the society has been set up."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.setup.models import SetupCode


async def has_admin(session: AsyncSession) -> bool:
    """Whether somebody can administer the society."""
    return bool(
        await session.scalar(select(exists().where(Member.role == "admin", Member.state == "active")))
    )


async def is_code(session: AsyncSession, code_hash: str) -> bool:
    return bool(await session.scalar(select(exists().where(SetupCode.code_hash == code_hash))))

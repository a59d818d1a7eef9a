"""Reading how many recovery codes are left."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.second_factor.models import RecoveryCode


async def codes_left(session: AsyncSession, member_id: int) -> int:
    """How many recovery codes a member has not used."""
    unused = select(func.count()).where(RecoveryCode.member_id == member_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(unused) or 0

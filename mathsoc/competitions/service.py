"""What changes in competitions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.competitions.models import Entry
from mathsoc.db import insert_ignoring
from mathsoc.ids import public_id
from mathsoc.members.models import Member
from mathsoc.schools import queries as schools


async def enter_and_lock(session: AsyncSession, competition_id: int, member_id: int, now: datetime) -> Entry:
    """The member's entry, made if there is none, locked until the end of the transaction.

    The first lock in the order entry, challenge, board: one member's sends go one after the other.
    """
    locked = (
        select(Entry)
        .where(Entry.competition_id == competition_id, Entry.member_id == member_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(locked)
    if found is None:
        member = await session.get_one(Member, member_id)
        values = {
            "public_id": public_id(),
            "competition_id": competition_id,
            "member_id": member_id,
            "stage_id": await schools.stage_of_year(session, member.year),
            "school_id": member.school_id,
            "entered_at": now,
        }
        await insert_ignoring(session, Entry, values, ["competition_id", "member_id"])
        found = (await session.scalars(locked)).one()
    return found

"""Reading slips: who has one and has not joined yet, and what a list is held against."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc import ids
from mathsoc.members.models import Member
from mathsoc.schools import queries as schools
from mathsoc.schools.models import SchoolClass
from mathsoc.slips import plan
from mathsoc.slips.models import Slip


def code_hash(code: str) -> str:
    """What is kept of a slip's code: 76 random bits need no slow hash."""
    return hashlib.sha256(ids.folded(code).encode("utf-8", "replace")).hexdigest()


async def known(session: AsyncSession, school_id: int, now: datetime) -> plan.Known:
    """What a list of this school's pupils is held against. Whoever is suspended has an account too."""
    classes = select(SchoolClass.id, SchoolClass.name, SchoolClass.year).where(
        SchoolClass.school_id == school_id
    )
    here = [
        plan.ClassHere(*row)
        for row in await session.execute(classes.order_by(SchoolClass.year, SchoolClass.name, SchoolClass.id))
    ]
    pupils = select(Member.real_name, Member.year).where(
        Member.school_id == school_id, Member.role == "member", Member.state != "erased"
    )
    slips = select(Slip.real_name, Slip.year).where(*_unused(school_id, now))
    return plan.Known(
        school_id,
        await schools.years(session),
        here,
        waiting=frozenset(plan.key(*row) for row in await session.execute(slips)),
        accounts=frozenset(plan.key(*row) for row in await session.execute(pupils)),
    )


async def waiting(session: AsyncSession, school_id: int, now: datetime) -> int:
    """How many slips of the school's lists wait to be used."""
    return int(await session.scalar(select(func.count(Slip.id)).where(*_unused(school_id, now))) or 0)


async def unused(
    session: AsyncSession, school_id: int, now: datetime, *, rows: int | None = None, page: int = 1
) -> Sequence[Slip]:
    """Who has a slip and has not joined yet, with their class; `rows` at a time, or all."""
    chosen = (
        select(Slip)
        .where(*_unused(school_id, now))
        .options(joinedload(Slip.school_class))
        .order_by(func.coalesce(Slip.year, 0), Slip.real_name, Slip.id)
    )
    if rows is not None:
        chosen = chosen.limit(rows).offset((page - 1) * rows)
    return (await session.scalars(chosen)).all()


def _unused(school_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Slip.school_id == school_id,
        Slip.member_id.is_(None),
        Slip.used_at.is_(None),
        Slip.expires_at > now,
    )

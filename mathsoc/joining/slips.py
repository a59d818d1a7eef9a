"""What becomes of slips: new ones for those that were lost, withdrawal, and their end with a right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.errors import Missing, Refused
from mathsoc.joining import school_queries, staff
from mathsoc.joining.models import Slip
from mathsoc.joining.plan import CREATE, ERROR, Plan
from mathsoc.joining.staff import Line
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import School

NOBODY_WAITS = "Everybody has joined, or their slips are too old: there is nobody to make new ones for."


async def make_planned(
    session: AsyncSession, viewer: Viewer, school: School, plan: Plan, now: datetime, address: str
) -> list[tuple[Line, str]]:
    """The slips of a list that was checked against `school`, which is held; with their codes.

    Raises Refused where a line is wrong or nobody is left to make one for.
    """
    wanted = plan.having(CREATE)
    if plan.having(ERROR) or not wanted:
        raise Refused(NOBODY_WAITS)
    lines = [Line(one.name, one.year, one.school_class.id if one.school_class else None) for one in wanted]
    return await staff.make_slips(session, viewer, school.id, lines, now, address)


async def renew(
    session: AsyncSession,
    viewer: Viewer,
    school: School,
    now: datetime,
    address: str,
    *,
    class_id: int | None = None,
) -> list[tuple[Line, str]]:
    """New slips for those who have not joined yet (of one class, if given); the old ones are void at once.

    Raises Refused where nobody waits.
    """
    old = delete(Slip).where(
        Slip.school_id == school.id, Slip.member_id.is_(None), Slip.used_at.is_(None), Slip.expires_at > now
    )
    if class_id is not None:
        old = old.where(Slip.class_id == class_id)
    gone = await session.execute(old.returning(Slip.real_name, Slip.year, Slip.class_id))
    lines = [Line(*row) for row in gone]
    if not lines:
        raise Refused(NOBODY_WAITS)
    lines.sort(key=lambda one: (one.year or 0, one.class_id or 0, one.real_name))
    return await staff.make_slips(session, viewer, school.id, lines, now, address)


async def withdraw(
    session: AsyncSession, viewer: Viewer, public_id: str, now: datetime, address: str
) -> School:
    """Take back a slip of an approved list that nobody has used; returns its school. Raises Missing."""
    slip = await session.scalar(select(Slip).where(Slip.public_id == public_id, Slip.member_id.is_(None)))
    if slip is None or not school_queries.may_see(viewer, slip.school_id):
        raise Missing
    school_id = slip.school_id
    gone = await session.execute(
        delete(Slip).where(Slip.id == slip.id, Slip.used_at.is_(None)).returning(Slip.id)
    )
    if gone.first() is None:
        raise Missing
    await audit.record(
        session,
        Action.SLIP_WITHDRAWN,
        now,
        actor_id=viewer.id,
        subject=("school", school_id),
        address=address,
    )
    return await session.get_one(School, school_id)


async def end_ways_back(session: AsyncSession, member_id: int) -> None:
    """Slips into this member's account, and those that this member has made into others', are void.

    Slips of approved lists stay good: they are in the hands of pupils.
    """
    await session.execute(
        delete(Slip).where(
            Slip.used_at.is_(None),
            Slip.member_id.is_not(None),
            or_(Slip.member_id == member_id, Slip.made_by_id == member_id),
        )
    )

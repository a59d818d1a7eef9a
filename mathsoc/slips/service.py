"""What changes about slips: made, made anew, withdrawn, and their end with a right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, ids
from mathsoc.audit import Action
from mathsoc.errors import Missing, Refused
from mathsoc.jobs import Job
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer, runs_school
from mathsoc.schools.models import School
from mathsoc.slips import rules
from mathsoc.slips.models import Slip
from mathsoc.slips.plan import CREATE, ERROR, Plan
from mathsoc.slips.queries import code_hash

HAS_ADDRESS = "This account has an e-mail address: make a link for a lost password instead."
FORGET = "forget-slips"  # the job
NOBODY_WAITS = "Everybody has joined, or their slips are too old: there is nobody to make new ones for."


@dataclass(frozen=True)
class Line:
    """One pupil of a school's approved list."""

    real_name: str
    year: int | None
    class_id: int | None


async def make_slips(
    session: AsyncSession,
    viewer: Viewer,
    school_id: int,
    lines: Sequence[Line],
    now: datetime,
    address: str,
    *,
    lasts: timedelta = rules.SLIP_LASTS,
) -> list[tuple[Line, str]]:
    """A slip for each line of an approved list; returns their codes, which are kept nowhere."""
    made = [(line, ids.spoken_code()) for line in lines]
    same = {"school_id": school_id, "made_by_id": viewer.id, "created_at": now, "expires_at": now + lasts}
    rows = [
        {
            "code_hash": code_hash(code),
            "class_id": line.class_id,
            "year": line.year,
            "real_name": line.real_name,
        }
        for line, code in made
    ]
    # All in one go: a large school's list has thousands of lines.
    await session.execute(insert(Slip), [same | row for row in rows])
    await audit.record(
        session,
        Action.SLIPS_MADE,
        now,
        actor_id=viewer.id,
        subject=("school", school_id),
        address=address,
        after={"slips": len(made)},
    )
    return made


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
    return await make_slips(session, viewer, school.id, lines, now, address)


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
    return await make_slips(session, viewer, school.id, lines, now, address)


async def withdraw(
    session: AsyncSession, viewer: Viewer, public_id: str, now: datetime, address: str
) -> School:
    """Take back a slip of an approved list that nobody has used; returns its school. Raises Missing."""
    slip = await session.scalar(select(Slip).where(Slip.public_id == public_id, Slip.member_id.is_(None)))
    if slip is None or not runs_school(viewer, slip.school_id):
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


async def make_way_back(
    session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str
) -> str:
    """A new slip for a member without an address; older ones die. `member` is held. Raises Refused."""
    if member.email or member.login_name is None or member.school_id is None:
        raise Refused(HAS_ADDRESS)
    await session.execute(delete(Slip).where(Slip.member_id == member.id, Slip.used_at.is_(None)))
    code = ids.spoken_code()
    session.add(
        Slip(
            code_hash=code_hash(code),
            school_id=member.school_id,
            member_id=member.id,
            made_by_id=viewer.id,
            created_at=now,
            expires_at=now + rules.WAY_BACK_LASTS,
        )
    )
    await session.flush()
    await audit.record(
        session, Action.SLIPS_MADE, now, actor_id=viewer.id, member_id=member.id, address=address
    )
    return code


async def forget_old(session: AsyncSession, _job: Job) -> None:
    """The job: delete slips that nobody used in time, and with them the names of who never joined."""
    await session.execute(delete(Slip).where(Slip.used_at.is_(None), Slip.expires_at < clock.now()))

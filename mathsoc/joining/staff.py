"""What staff change about joining: who is let in, under which name, and by which codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids, mail
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.joining import rules
from mathsoc.joining.models import Slip
from mathsoc.joining.queries import code_hash, looks_taken
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import School, SchoolClass
from mathsoc.scoring import service as scoring

NOT_WAITING = "This account does not wait for approval."
NO_WISH = "No other name is asked for."
LOOKS_TAKEN = (
    "Somebody else has this name, or one that looks like it. Refuse it: they can ask for another one."
)
WONT_DO = "This name cannot be given any more: {} Refuse it: they can ask for another one."
HAS_ADDRESS = "This account has an e-mail address: make a link for a lost password instead."


@dataclass(frozen=True)
class Line:
    """One pupil of a school's approved list."""

    real_name: str
    year: int | None
    class_id: int | None


async def approve(session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str) -> None:
    """Let a pending member in; `member` is held. Raises Refused for anybody else."""
    if member.state != "pending":
        raise Refused(NOT_WAITING)
    await _let_in(session, viewer, member, now, address)
    # Last, since it takes the locks of boards and topics.
    await scoring.set_listed(session, member)


async def approve_all(
    session: AsyncSession, viewer: Viewer, found: Sequence[Member], now: datetime, address: str
) -> list[Member]:
    """Let those in who wait, all in one transaction; all are held. Returns whom that let in."""
    waiting = [member for member in found if member.state == "pending"]
    for member in waiting:
        await _let_in(session, viewer, member, now, address)
    for member in waiting:
        await scoring.set_listed(session, member)
    return waiting


async def _let_in(session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str) -> None:
    member.state = "active"
    await session.flush()
    await audit.record(
        session, Action.APPROVED, now, actor_id=viewer.id, member_id=member.id, address=address
    )
    if member.email:
        await mail.queue(session, "approved", {"member_id": member.id})


async def decide_name(
    session: AsyncSession, viewer: Viewer, member: Member, now: datetime, address: str, *, accepted: bool
) -> None:
    """Give a member the display name that they asked for, or not; `member` is held.

    Raises Refused where none is asked for, and for a name that will not do any more.
    """
    if not member.wished_name:
        raise Refused(NO_WISH)
    wished, before = member.wished_name, member.display_name
    if accepted:
        await _check_wish(session, member)
        await _give_name(session, member, wished)
    member.wished_name = ""
    await session.flush()
    action = Action.NAME_CHANGED if accepted else Action.NAME_REFUSED
    await audit.record(
        session,
        action,
        now,
        actor_id=viewer.id,
        member_id=member.id,
        address=address,
        before={"display_name": before},
        after={"display_name": wished},
    )
    if accepted:
        await scoring.announce_boards_of(session, member.id)


async def _check_wish(session: AsyncSession, member: Member) -> None:
    school = await session.get(School, member.school_id) if member.school_id is not None else None
    problem = rules.problem_with_name(
        member.wished_name, member.real_name, real_names=school is not None and school.real_names
    )
    if problem is not None:
        raise Refused(WONT_DO.format(problem))
    if await looks_taken(session, member.wished_name, member.id):
        raise Refused(LOOKS_TAKEN)


async def _give_name(session: AsyncSession, member: Member, name: str) -> None:
    try:
        async with session.begin_nested():
            member.display_name = name
    except IntegrityError as clash:
        raise Refused(LOOKS_TAKEN) from clash


async def new_code(
    session: AsyncSession,
    viewer: Viewer,
    one: SchoolClass,
    now: datetime,
    until: datetime | None,
    address: str,
) -> str:
    """Another code for a class, in place of the one before; returns it as it is written on the board."""
    one.join_code, one.code_until = ids.class_code(), until
    await session.flush()
    await audit.record(
        session, Action.CODE_MADE, now, actor_id=viewer.id, subject=("class", one.id), address=address
    )
    return ids.spoken(one.join_code)


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

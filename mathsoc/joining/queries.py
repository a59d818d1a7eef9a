"""Reading what somebody may join by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc import ids
from mathsoc.joining import names, rules
from mathsoc.members import rules as member_rules
from mathsoc.members.models import Member
from mathsoc.schools.models import School, SchoolClass, SchoolDomain
from mathsoc.slips import queries as slips
from mathsoc.slips.models import Slip

SUGGESTIONS = 4


@dataclass(frozen=True)
class Way:
    """How somebody comes in, and what of the account is settled by it."""

    kind: str  # "mail", "class", "slip" or "return"
    school: School
    year: int | None = None
    real_name: str = ""
    school_class: SchoolClass | None = None
    slip: Slip | None = None


async def domains(session: AsyncSession) -> dict[str, int]:
    """Each domain whose addresses belong to a school, with the school's id."""
    found = await session.execute(select(SchoolDomain.domain, SchoolDomain.school_id))
    return {domain: school_id for domain, school_id in found}


async def by_address(session: AsyncSession, address: str) -> Way | None:
    """The way in for an address that is proved; None when its school is no longer here."""
    school_id = rules.school_of(address, await domains(session))
    return Way("mail", await session.get_one(School, school_id)) if school_id is not None else None


async def by_code(session: AsyncSession, code: str, now: datetime) -> Way | None:
    """The way in by a slip or by the code of a class; None for one that cannot be used."""
    slip = await session.scalar(
        select(Slip)
        .where(Slip.code_hash == slips.code_hash(code), Slip.used_at.is_(None), Slip.expires_at > now)
        .options(joinedload(Slip.school), joinedload(Slip.school_class), joinedload(Slip.member))
    )
    if slip is not None:
        if slip.member is not None and (slip.member.email or not member_rules.signs_in(slip.member.state)):
            return None
        kind = "return" if slip.member_id is not None else "slip"
        return Way(kind, slip.school, slip.year, slip.real_name, slip.school_class, slip)
    one = await session.scalar(select(SchoolClass).where(SchoolClass.join_code == ids.folded(code)))
    if one is None:
        return None
    members = await members_of_class(session, one.id)
    if not rules.class_open(until=one.code_until, now=now, members=members, places=one.places):
        return None
    return Way("class", await session.get_one(School, one.school_id), one.year, school_class=one)


async def members_of_class(session: AsyncSession, class_id: int) -> int:
    """How many places of a class are taken; who was refused or erased takes none."""
    chosen = select(func.count()).where(Member.class_id == class_id, Member.state != "erased")
    return int(await session.scalar(chosen) or 0)


async def name_taken(session: AsyncSession, name: str) -> bool:
    """Whether a member is shown under this name already, however it is capitalised."""
    key = member_rules.name_key(name, "member", "active")
    return await session.scalar(select(Member.id).where(Member.name_key == key)) is not None


async def just_joined(session: AsyncSession, name: str, since: datetime) -> Member | None:
    """Who has joined under this name since then."""
    key = member_rules.name_key(name, "member", "active")
    joined = (Member.joined_by != "", Member.state.in_(("active", "pending")), Member.created_at > since)
    return await session.scalar(select(Member).where(Member.name_key == key, *joined))


async def looks_taken(session: AsyncSession, name: str, own_id: int) -> bool:
    """Whether somebody else, staff too, has a name that looks like this one: for a wish, which is rare.

    `own_id` is whose wish it is.
    """
    others = select(Member.display_name).where(Member.id != own_id, Member.state != "erased")
    wanted = rules.look(name)
    return any(rules.look(one) == wanted for one in await session.scalars(others))


async def suggestions(session: AsyncSession, offered: Sequence[str] = ()) -> list[str]:
    """Display names of ours that nobody has: those that were `offered`, in their order, then new ones."""
    kept = [one for one in offered if names.is_ours(one)][:SUGGESTIONS]
    drawn = [names.display_name() for _ in range(SUGGESTIONS * 5)]
    keys = {one: member_rules.name_key(one, "member", "active") for one in (*kept, *drawn)}
    found = select(Member.name_key).where(Member.name_key.in_(keys.values()))
    taken = set(await session.scalars(found))
    return [one for one, key in keys.items() if key not in taken][:SUGGESTIONS]

"""What staff change about a school: whom its pupils turn to, its domains, its classes and their codes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.members.rules import Viewer
from mathsoc.school_admin import rules
from mathsoc.schools.models import School, SchoolClass, SchoolDomain

HAS_DOMAIN = "This domain is on the list already."
OTHERS = "This domain belongs to {} already."
HAS_CLASS = "There is a class of this name in that year already."


async def change_settings(
    session: AsyncSession,
    viewer: Viewer,
    school: School,
    now: datetime,
    address: str,
    *,
    staff_contact: str,
    real_names: bool,
) -> None:
    """Set whom members turn to, and whether real names may be shown; `school` is held."""
    before = {"staff_contact": school.staff_contact, "real_names": school.real_names}
    after = {"staff_contact": staff_contact, "real_names": real_names}
    if before == after:
        return
    school.staff_contact, school.real_names = staff_contact, real_names
    changed = [name for name in after if before[name] != after[name]]
    await session.flush()
    await _note(
        session,
        viewer,
        school,
        now,
        address,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


async def add_domain(
    session: AsyncSession, viewer: Viewer, school: School, typed: str, now: datetime, address: str
) -> str:
    """Let whoever has an address at this domain ask to join; returns it as it is kept. Raises Refused."""
    domain = rules.normal(typed)
    problem = rules.problem(domain)
    if problem is not None:
        raise Refused(problem, "domain")
    chosen = select(School).join(SchoolDomain).where(SchoolDomain.domain == domain)
    owner = await session.scalar(chosen)
    if owner is not None:
        raise Refused(HAS_DOMAIN if owner.id == school.id else OTHERS.format(owner.name), "domain")
    try:
        async with session.begin_nested():
            session.add(SchoolDomain(domain=domain, school_id=school.id))
    except IntegrityError as clash:
        owner = (await session.scalars(chosen)).one()
        raise Refused(OTHERS.format(owner.name), "domain") from clash
    await _note(session, viewer, school, now, address, after={"domain": domain})
    return domain


async def remove_domain(
    session: AsyncSession, viewer: Viewer, school: School, domain: str, now: datetime, address: str
) -> None:
    """Nobody joins by this domain any more; accounts stay. Does nothing where the school has no such."""
    gone = await session.execute(
        delete(SchoolDomain)
        .where(SchoolDomain.domain == rules.normal(domain), SchoolDomain.school_id == school.id)
        .returning(SchoolDomain.domain)
    )
    if gone.first() is not None:
        await _note(session, viewer, school, now, address, before={"domain": domain})


async def add_class(
    session: AsyncSession,
    viewer: Viewer,
    school: School,
    name: str,
    year: int | None,
    places: int,
    lasts: timedelta,
    now: datetime,
    address: str,
) -> SchoolClass:
    """A class with a code that ends; `school` is held, so that one name is given once. Raises Refused."""
    same_year = SchoolClass.year == year if year is not None else SchoolClass.year.is_(None)
    taken = select(SchoolClass.id).where(
        SchoolClass.school_id == school.id, func.lower(SchoolClass.name) == name.lower(), same_year
    )
    if await session.scalar(taken.limit(1)) is not None:
        raise Refused(HAS_CLASS, "name")
    one = SchoolClass(school_id=school.id, name=name, year=year, places=places)
    session.add(one)
    await session.flush()
    await _note(session, viewer, school, now, address, after={"class": name, "places": places})
    await new_code(session, viewer, one, now, now + lasts, address)
    return one


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


async def close_code(
    session: AsyncSession, viewer: Viewer, one: SchoolClass, school: School, now: datetime, address: str
) -> None:
    """Nobody joins by the code any more; `one` is held. Does nothing where it is over."""
    if one.code_until is not None and one.code_until <= now:
        return
    one.code_until = now
    await session.flush()
    await _note(session, viewer, school, now, address, after={"class": one.name, "code": "closed"})


async def set_places(
    session: AsyncSession,
    viewer: Viewer,
    one: SchoolClass,
    school: School,
    places: int,
    now: datetime,
    address: str,
) -> None:
    """How many a class takes by its code; `one` is held. Those who are in stay."""
    if one.places == places:
        return
    before, one.places = one.places, places
    await session.flush()
    await _note(
        session,
        viewer,
        school,
        now,
        address,
        before={"class": one.name, "places": before},
        after={"class": one.name, "places": places},
    )


async def _note(
    session: AsyncSession,
    viewer: Viewer,
    school: School,
    now: datetime,
    address: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    await audit.record(
        session,
        Action.SCHOOL_CHANGED,
        now,
        actor_id=viewer.id,
        subject=("school", school.id),
        address=address,
        before=before,
        after=after,
    )

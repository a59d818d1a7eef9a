"""Reading schools and their classes through the viewer: leads have their own school, administrators all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.errors import Missing
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer, runs_school
from mathsoc.schools.models import School, SchoolClass, SchoolDomain


@dataclass(frozen=True)
class SchoolLine:
    """A school with how much of everything it has."""

    school: School
    members: int
    waiting: int
    classes: int


@dataclass(frozen=True)
class ClassLine:
    one: SchoolClass
    members: int


async def school(session: AsyncSession, viewer: Viewer, slug: str, *, locked: bool = False) -> School:
    """The school, held until the end of the transaction where asked; Missing unless this viewer has it.

    The hold lets others refer to the school meanwhile: whoever joins holds a class and then refers to it.
    """
    chosen = select(School).where(School.slug == slug)
    if locked:
        chosen = chosen.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = await session.scalar(chosen)
    if found is None or not runs_school(viewer, found.id):
        raise Missing
    return found


async def own_school(session: AsyncSession, viewer: Viewer) -> School:
    """A lead's own; Missing for whoever has none."""
    found = await session.get(School, viewer.school_id) if viewer.school_id is not None else None
    if found is None:
        raise Missing
    return found


async def school_class(
    session: AsyncSession, viewer: Viewer, public_id: str, *, locked: bool = False
) -> tuple[SchoolClass, School]:
    """A class and its school; Missing unless this viewer has them."""
    chosen = (
        select(SchoolClass, School)
        .join(School, School.id == SchoolClass.school_id)
        .where(SchoolClass.public_id == public_id)
    )
    if locked:
        chosen = chosen.with_for_update(of=SchoolClass).execution_options(populate_existing=True)
    found = (await session.execute(chosen)).one_or_none()
    if found is None or not runs_school(viewer, found[1].id):
        raise Missing
    return found[0], found[1]


async def schools(session: AsyncSession) -> list[SchoolLine]:
    """Every school, by name."""
    found = await session.execute(
        select(School, _members("active"), _members("pending"), _classes()).order_by(School.name)
    )
    return [SchoolLine(*row) for row in found]


async def counted(session: AsyncSession, school_id: int) -> SchoolLine:
    """One school as in the list of all."""
    found = await session.execute(
        select(School, _members("active"), _members("pending"), _classes()).where(School.id == school_id)
    )
    return SchoolLine(*found.one())


async def domains(session: AsyncSession, school_id: int) -> Sequence[str]:
    chosen = select(SchoolDomain.domain).where(SchoolDomain.school_id == school_id)
    return (await session.scalars(chosen.order_by(SchoolDomain.domain))).all()


async def classes(session: AsyncSession, school_id: int) -> list[ClassLine]:
    """The school's classes by year and name, each with how many of its places are taken."""
    taken = (
        select(func.count(Member.id))
        .where(Member.class_id == SchoolClass.id, Member.state != "erased")
        .correlate(SchoolClass)
        .scalar_subquery()
    )
    found = await session.execute(
        select(SchoolClass, taken)
        .where(SchoolClass.school_id == school_id)
        .order_by(func.coalesce(SchoolClass.year, 0), SchoolClass.name, SchoolClass.id)
    )
    return [ClassLine(*row) for row in found]


def _members(state: str) -> ScalarSelect[int]:
    return (
        select(func.count(Member.id))
        .where(Member.school_id == School.id, Member.role == "member", Member.state == state)
        .correlate(School)
        .scalar_subquery()
    )


def _classes() -> ScalarSelect[int]:
    return (
        select(func.count(SchoolClass.id))
        .where(SchoolClass.school_id == School.id)
        .correlate(School)
        .scalar_subquery()
    )

"""Reading the society's settings, stages and schools."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.schools.models import School, Society, Stage, YearStage


async def society(session: AsyncSession) -> Society | None:
    return await session.get(Society, 1)


async def society_and_contact(session: AsyncSession, school_id: int | None) -> tuple[Society | None, str]:
    """The society, and the address of the staff whom somebody of this school turns to."""
    joined = select(Society, School.staff_contact).outerjoin(School, School.id == school_id)
    found = (await session.execute(joined)).first()
    if found is None:
        return None, ""
    society, contact = found
    return society, contact or society.staff_contact


async def stages(session: AsyncSession) -> Sequence[Stage]:
    return (await session.scalars(select(Stage).order_by(Stage.position))).all()


async def stage_of_year(session: AsyncSession, year: int | None) -> int | None:
    """The id of the stage that the society's map gives a school year; None for staff."""
    if year is None:
        return None
    return await session.scalar(select(YearStage.stage_id).where(YearStage.year == year))


async def years(session: AsyncSession) -> list[int]:
    """The school years that the society has a board for."""
    return list(await session.scalars(select(YearStage.year).order_by(YearStage.year)))

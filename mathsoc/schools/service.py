"""What changes about the society."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.schools import rules
from mathsoc.schools.models import School, Society, Stage, YearStage


async def found(
    session: AsyncSession, name: str, staff_contact: str, preset: str, school: str, now: datetime
) -> None:
    """Make the society with its stages (a key of rules.PRESETS) and, unless the name is empty, a school."""
    session.add(Society(name=name, staff_contact=staff_contact))
    for position, band in enumerate(rules.PRESETS[preset].bands):
        stage = Stage(slug=band.slug, name=band.name, position=position)
        session.add(stage)
        await session.flush()
        session.add_all(YearStage(year=year, stage_id=stage.id) for year in band.years)
    if school:
        session.add(School(slug=rules.slug(school, "school"), name=school, created_at=now))
    await session.flush()

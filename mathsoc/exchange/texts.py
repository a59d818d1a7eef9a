"""Texts that an import changes: what was there stays in the history, pictures are noted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.db import insert_ignoring
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Region, RegionUpload, Revision
from mathsoc.writing.service import AS_IT_WAS, OUTSIDE

IMPORTED = "Imported from files"


async def revised(
    session: AsyncSession, owner: str, id: int, field: str, before: str | None, after: str, now: datetime
) -> None:
    """Note that a text becomes `after`; `before` is None for a thing that is new.

    The region's row is locked, so that whoever has the editor open is told of a newer revision.
    """
    pictures = {one.public_id for one in richtext.pictures(after)}
    if before == after or (before is None and not pictures):
        return
    column = Region.__table__.c[owner]
    await insert_ignoring(session, Region, {owner: id, "field": field, "revision": 0}, [owner, "field"])
    chosen = select(Region).where(column == id, Region.field == field).with_for_update(key_share=True)
    region = (await session.scalars(chosen.execution_options(populate_existing=True))).one()
    if before is not None:
        await _add_revisions(session, region, before, after, now)
    await session.execute(delete(RegionUpload).where(RegionUpload.region_id == region.id))
    shown = await session.scalars(select(Upload.id).where(Upload.public_id.in_(pictures)))
    session.add_all(RegionUpload(region_id=region.id, upload_id=one) for one in sorted(shown))
    await session.flush()


async def _add_revisions(
    session: AsyncSession, region: Region, before: str, after: str, now: datetime
) -> None:
    newest = await session.scalar(
        select(Revision.text).where(Revision.region_id == region.id, Revision.number == region.revision)
    )
    if newest != before:
        region.revision += 1
        note = AS_IT_WAS if region.revision == 1 else OUTSIDE
        session.add(
            Revision(region_id=region.id, number=region.revision, text=before, note=note, saved_at=now)
        )
    region.revision += 1
    session.add(
        Revision(region_id=region.id, number=region.revision, text=after, note=IMPORTED, saved_at=now)
    )

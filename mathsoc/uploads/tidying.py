"""The jobs of this slice: files that nothing uses go after thirty days, and files without a row go too."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, jobs
from mathsoc.db import Database
from mathsoc.errors import Busy, Refused
from mathsoc.jobs import Job, NotDone, Outside, goes_outside
from mathsoc.uploads import queries, rules, service
from mathsoc.uploads.models import Upload
from mathsoc.uploads.store import Store

FORGET, SWEEP = "forget-uploads", "sweep-uploads"
SINCE = "unused since"  # what the job remembers: public id → when it first saw nobody using it
PAUSES = (60.0, 600.0)


def forget(texts: queries.Texts) -> jobs.Step:
    """The daily job: delete the rows of files that nothing has used for long, then have the store swept."""

    async def step(session: AsyncSession, job: Job) -> datetime | None:
        now = clock.now()
        unused = await _unused(session, texts)
        before: dict[str, str] = job.progress.get(SINCE, {})
        since = {name: before.get(name, now.isoformat()) for name in unused}
        for name, upload in unused.items():
            if rules.forgotten(datetime.fromisoformat(since[name]), now):
                try:
                    await service.remove(session, upload, texts, now)
                    del since[name]
                except Refused:
                    continue  # used again, this very moment
        job.progress = {SINCE: since}
        await jobs.plan(session, SWEEP, "", now)
        return None

    return step


def sweep(database: Database, store: Store) -> jobs.Step:
    """The job after it: delete files that have no row and are not just being added."""

    @goes_outside
    async def step(_session: AsyncSession, _job: Job) -> Outside:
        return Outside(partial(_sweep, database, store), PAUSES)

    return step


async def goes_on(session: AsyncSession) -> dict[str, datetime]:
    """When the job will delete what is unused, as far as it knows; by public id."""
    progress = await session.scalar(select(Job.progress).where(Job.name == FORGET))
    known = (progress or {}).get(SINCE, {})
    return {name: datetime.fromisoformat(since) + rules.FORGOTTEN_AFTER for name, since in known.items()}


async def _unused(session: AsyncSession, texts: queries.Texts) -> dict[str, Upload]:
    rows = await session.scalars(select(Upload).where(~queries.referenced()).order_by(Upload.id))
    found = {upload.public_id: upload for upload in rows}
    mentioned = await queries.mentioned(session, texts, list(found))
    return {name: upload for name, upload in found.items() if name not in mentioned}


async def _sweep(database: Database, store: Store) -> None:
    try:
        async for names in store.old(clock.now() - rules.STRAY_AFTER):
            async with database.reading() as session:
                rows = await session.scalars(select(Upload.public_id).where(Upload.public_id.in_(names)))
                kept = set(rows)
            for name in names:
                if name not in kept:
                    await store.delete(name)
    except Busy as away:
        raise NotDone("the store does not answer") from away

"""What is erased leaves the file of the database too.

SQLite writes zeros over what is deleted (`secure_delete` in db.py). Copies of it stay in the write-ahead log,
and in pages that were split or merged meanwhile: only writing the file anew is rid of those.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import jobs
from mathsoc.db import Database
from mathsoc.jobs import Job, NotDone, Outside, goes_outside

JOB = "scrub-file"
PAUSES = (60.0, 300.0, 900.0, 3_600.0, 3_600.0, 10_800.0)  # seconds, while somebody reads


async def plan(session: AsyncSession, now: datetime) -> None:
    """Have the file written anew after the caller's transaction."""
    await jobs.plan(session, JOB, "", now)


def step(database: Database) -> jobs.Step:
    """The job. PostgreSQL looks after its files by itself (docs/operating.md)."""

    @goes_outside
    async def scrub(_session: AsyncSession, _job: Job) -> Outside | None:
        return Outside(partial(_scrub, database), PAUSES) if database.sqlite else None

    return scrub


async def _scrub(database: Database) -> None:
    if not await database.write_anew():
        raise NotDone("the write-ahead log is in use")

"""One table of small repeatable steps and one runner in each server process.

A slice registers a step by name; planning a job names the step, a subject and the moment it is due.
A step runs in one transaction with its job's row locked, so a killed process leaves the job as it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import clock
from mathsoc.db import Base, Database, insert_ignoring
from mathsoc.errors import MathsocError

log = logging.getLogger(__name__)

# A step returns None when the job is done, or the moment of its next step.
Step = Callable[[AsyncSession, "Job"], Awaitable[datetime | None]]

POLL = 1.0  # seconds between looks at the table
STOP_WITHIN = 1.0  # seconds for the step in hand when the server stops
MOST_TRIES = 8


class Job(Base):
    """A piece of work that is due at a moment. `progress` is what a repeated step continues from."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("name", "subject"), Index("ix_jobs_due", "done_at", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    # At most one job of this name and subject: planning it again moves it.
    subject: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]


async def plan(
    session: AsyncSession, name: str, subject: str, due_at: datetime, payload: dict[str, Any] | None = None
) -> None:
    """Plan a job in the caller's transaction; one of the same name and subject is moved instead."""
    values = {"name": name, "subject": subject, "payload": payload or {}, "progress": {}, "due_at": due_at}
    values |= {"tries": 0, "error": ""}
    if await insert_ignoring(session, Job, values, ["name", "subject"]):
        return
    job = (await session.scalars(select(Job).where(Job.name == name, Job.subject == subject))).one()
    job.due_at, job.payload, job.progress = due_at, payload or {}, {}
    job.tries, job.error, job.done_at = 0, "", None


class Runner:
    """Runs due jobs of one process, one after the other."""

    def __init__(self, database: Database, steps: dict[str, Step]) -> None:
        self.database = database
        self.steps = steps
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Let the step that runs come to its end; one that takes too long is rolled back."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_WITHIN)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run_due(self) -> int:
        """Run every step that is due now; returns how many ran."""
        ran = 0
        while not self._stopping.is_set() and await self._next():
            ran += 1
        return ran

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.run_due()
            except (SQLAlchemyError, OSError) as error:
                log.warning("jobs: the database does not answer (%s); trying again", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), POLL)

    async def _next(self) -> bool:
        now = clock.now()
        due = select(Job.id).where(Job.done_at.is_(None), Job.due_at <= now, Job.tries < MOST_TRIES).limit(1)
        async with self.database.reading() as session:
            if await session.scalar(due) is None:
                return False
        failed: tuple[int, str] | None = None
        async with self.database.writing() as session:
            job = await session.scalar(
                select(Job)
                .where(Job.done_at.is_(None), Job.due_at <= now, Job.tries < MOST_TRIES)
                .order_by(Job.due_at, Job.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if job is None:
                return False
            try:
                async with session.begin_nested():
                    again_at = await self.steps[job.name](session, job)
            except (MathsocError, SQLAlchemyError, OSError, LookupError) as error:
                # The savepoint's rollback has expired the row.
                await session.refresh(job)
                failed = (job.id, type(error).__name__)
                job.tries += 1
                job.error = type(error).__name__
                job.due_at = now + timedelta(seconds=2**job.tries)
            else:
                job.tries = 0
                job.done_at, job.due_at = (now, job.due_at) if again_at is None else (None, again_at)
        if failed:
            log.error("job %s failed: %s", *failed)
        return True

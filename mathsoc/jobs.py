"""One table of small repeatable steps and one runner in each server process.

A slice registers a step by name; planning a job names the step, a subject and the moment it is due.
A step runs in one transaction with its job's row locked, so a killed process leaves the job as it was.
What talks to other servers is returned as `Outside` and runs after that commit, beside the other jobs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Index, Select, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import clock
from mathsoc.db import Base, Database, insert_ignoring, insert_or_update
from mathsoc.errors import MathsocError

log = logging.getLogger(__name__)

# Seconds between looks at the table: what is scheduled appears within two seconds of its time everywhere.
POLL = 0.5
STOP_WITHIN = 1.0  # seconds for the step in hand when the server stops
MOST_TRIES = 8
MOST_OUTSIDE = 4  # pieces of outside work at once in one process
LEASE = timedelta(minutes=2)  # how long outside work is left to the process that began it
OUTSIDE_WITHIN = 90.0  # seconds for one try of it: well before another process takes it for dead
NOTE_EVERY = 2.0  # seconds between tries to note what became of it, when the database is away
NOTE_TRIES = 10
TIDY = "tidy-jobs"
KEPT = timedelta(days=30)  # done jobs, to be looked at


@dataclass(frozen=True)
class Outside:
    """Work that a step leaves to be done after its commit, with no transaction held.

    A job whose process is killed meanwhile is begun again, by its step, when LEASE is over. `pauses` are the
    seconds between tries, at most MOST_TRIES - 1 of them; after the last the job ends as failed. The step's
    function is marked by `goes_outside`. `noted` is called in the transaction that notes how a try ended,
    with the reason, empty where it went well, and whether it was the last.
    """

    work: Callable[[], Awaitable[None]]
    pauses: tuple[float, ...]
    noted: Callable[[AsyncSession, str, bool], Awaitable[None]] | None = None


class NotDone(MathsocError):
    """Outside work that did not succeed. The reason is logged: nothing personal in it.

    With `final` it is not tried again.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


# A step returns None when the job is done, the moment of its next step, or what is to be done outside.
Step = Callable[[AsyncSession, "Job"], Awaitable[datetime | Outside | None]]
AnyStep = TypeVar("AnyStep", bound=Callable[..., Any])


def goes_outside(step: AnyStep) -> AnyStep:
    """Marks a step that returns Outside, so that it is not begun while there is no room for its work."""
    step.goes_outside = True  # type: ignore[attr-defined]
    return step


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
    """Plan a job in the caller's transaction; one of the same name and subject is moved instead.

    One that runs just now is waited for, and then runs again: it may not have seen what the caller writes.
    """
    values = _values(name, subject, due_at) | {"payload": payload or {}}
    await insert_or_update(session, Job, values, ["name", "subject"])


async def keep(session: AsyncSession, name: str, due_at: datetime) -> None:
    """Plan a standing job unless it is planned already."""
    await insert_ignoring(session, Job, _values(name, "", due_at), ["name", "subject"])


async def tidy(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: forget jobs that were done long ago, and give up those whose process died at every try."""
    now = clock.now()
    await session.execute(delete(Job).where(Job.done_at < now - KEPT))
    given_up = (Job.done_at.is_(None), Job.tries >= MOST_TRIES, Job.due_at < now - timedelta(days=1))
    await session.execute(update(Job).where(*given_up).values(done_at=now, payload={}))
    return None


def _values(name: str, subject: str, due_at: datetime) -> dict[str, Any]:
    values = {"name": name, "subject": subject, "payload": {}, "progress": {}, "due_at": due_at}
    return values | {"tries": 0, "error": "", "done_at": None}


class Runner:
    """Runs due jobs of one process, one after the other; outside work runs beside them.

    `standing` are jobs that come round again by themselves, with the time between two rounds; the first round
    of those `at_start` is when the process starts.
    """

    def __init__(
        self,
        database: Database,
        steps: Mapping[str, Step],
        standing: Mapping[str, timedelta] | None = None,
        at_start: Collection[str] = (),
    ) -> None:
        self.database = database
        self.steps = steps
        self.standing = standing or {}
        self.at_start = at_start
        self._task: asyncio.Task[None] | None = None
        self._outside: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Let what runs come to its end; a step that takes too long is rolled back, outside work is left."""
        self._stopping.set()
        tasks = [*self._outside, *([self._task] if self._task else [])]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_WITHIN)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run_due(self) -> int:
        """Run every step that is due now; returns how many ran."""
        ran = 0
        while not self._stopping.is_set() and await self._next():
            ran += 1
        return ran

    async def outside_done(self) -> None:
        """Wait for the outside work in hand."""
        while self._outside:
            await asyncio.wait(set(self._outside))

    async def _run(self) -> None:
        planned = False
        while not self._stopping.is_set():
            try:
                if not planned:
                    await self._plan_standing()
                    planned = True
                await self.run_due()
            except (MathsocError, SQLAlchemyError, OSError) as error:
                log.warning("jobs: the database does not answer (%s); trying again", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), POLL)

    async def _plan_standing(self) -> None:
        if self.standing:
            async with self.database.writing() as session:
                for name, interval in self.standing.items():
                    await keep(session, name, clock.now() + interval)
                for name in self.at_start:
                    await plan(session, name, "", clock.now())

    async def _next(self) -> bool:
        now = clock.now()
        due = self._due(now)
        async with self.database.reading() as session:
            if await session.scalar(due.with_only_columns(Job.id)) is None:
                return False
        async with self.database.writing() as session:
            job = await session.scalar(due.with_for_update(skip_locked=True))
            if job is None:
                return False
            # Whatever a step raises, it must not end the runner of all the others.
            (outcome,) = await asyncio.gather(self._step(session, job), return_exceptions=True)
            if isinstance(outcome, Exception):
                # The savepoint's rollback has expired the row.
                await session.refresh(job)
                self._failed(job, outcome, now)
            elif isinstance(outcome, BaseException):
                raise outcome
            elif isinstance(outcome, Outside):
                job.tries += 1
                job.due_at = now + LEASE
            else:
                self._went_well(job, outcome, now)
        if isinstance(outcome, Outside):
            task = asyncio.create_task(self._go_outside(job.id, job.due_at, outcome))
            self._outside.add(task)
            task.add_done_callback(self._outside.discard)
        return True

    def _due(self, now: datetime) -> Select[Job]:
        due = select(Job).where(Job.done_at.is_(None), Job.due_at <= now, Job.tries < MOST_TRIES)
        if len(self._outside) >= MOST_OUTSIDE:
            full = [name for name, step in self.steps.items() if getattr(step, "goes_outside", False)]
            due = due.where(Job.name.not_in(full))
        return due.order_by(Job.due_at, Job.id).limit(1)

    async def _step(self, session: AsyncSession, job: Job) -> datetime | Outside | None:
        async with session.begin_nested():
            return await self.steps[job.name](session, job)

    def _went_well(self, job: Job, again_at: datetime | None, now: datetime) -> None:
        job.tries = 0
        job.error = ""
        if again_at is None and job.name in self.standing:
            again_at = now + self.standing[job.name]
        job.done_at, job.due_at = (now, job.due_at) if again_at is None else (None, again_at)

    def _failed(self, job: Job, error: Exception, now: datetime) -> None:
        expected = isinstance(error, MathsocError | SQLAlchemyError | OSError)
        log.error("job %s failed: %s", job.id, type(error).__name__, exc_info=None if expected else error)
        job.tries += 1
        job.error = type(error).__name__
        job.due_at = now + timedelta(seconds=2**job.tries)
        if isinstance(error, NotDone) and error.final:
            job.done_at, job.payload = now, {}
        elif job.tries >= MOST_TRIES and job.name in self.standing:
            job.tries, job.due_at = 0, now + self.standing[job.name]
        elif job.tries >= MOST_TRIES:
            job.done_at, job.payload = now, {}

    async def _go_outside(self, job_id: int, lease: datetime, outside: Outside) -> None:
        work = asyncio.wait_for(outside.work(), OUTSIDE_WITHIN)
        (error,) = await asyncio.gather(work, return_exceptions=True)
        if error is not None and not isinstance(error, NotDone | OSError):
            log.error("job %s failed outside: %s", job_id, type(error).__name__, exc_info=error)
        # Work that is done and not noted would be done again, so a database that is away is waited for.
        for _ in range(NOTE_TRIES):
            try:
                async with self.database.writing() as session:
                    await _note(session, job_id, lease, outside, error)
                return
            except (MathsocError, SQLAlchemyError, OSError) as away:
                log.warning("job %s: what became of it is not noted yet: %s", job_id, type(away).__name__)
                await asyncio.sleep(NOTE_EVERY)


async def _note(
    session: AsyncSession,
    job_id: int,
    lease: datetime,
    outside: Outside,
    error: BaseException | None,
) -> None:
    """Note what became of outside work, unless its lease ran out and it is somebody else's now."""
    job = await session.scalar(
        select(Job).where(Job.id == job_id, Job.due_at == lease, Job.done_at.is_(None)).with_for_update()
    )
    if job is None:
        return
    now, pauses = clock.now(), outside.pauses
    reason = "" if error is None else str(error) if isinstance(error, NotDone) else type(error).__name__
    job.error = reason
    final = error is None or (isinstance(error, NotDone) and error.final) or job.tries > len(pauses)
    if final:
        job.done_at, job.payload = now, {}
    else:
        job.due_at = now + timedelta(seconds=pauses[job.tries - 1])
    if outside.noted is not None:
        await outside.noted(session, reason, final)
    if error is not None:
        again = "given up" if final else f"again in {pauses[job.tries - 1]:.0f} s"
        log.warning("job %s (%s) not done: %s; %s", job_id, job.name, reason, again)

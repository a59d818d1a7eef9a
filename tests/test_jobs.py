"""Jobs: due once, kept when they fail, shared between processes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, jobs
from mathsoc.challenges import service as challenges
from mathsoc.db import Database
from mathsoc.errors import Refused
from mathsoc.jobs import Job, Runner
from tests.support.world import World, noon


async def test_a_release_is_announced_when_it_comes(world: World) -> None:
    """Nothing in the challenge changes at its release; the job tells open pages."""
    told: list[str] = []

    async def announcer(topics: frozenset[str]) -> None:
        told.extend(topics)

    world.database.announcer = announcer
    challenge = await world.add_challenge(
        "soon", release_at=world.now + timedelta(hours=1), lock_at=world.now + timedelta(hours=2)
    )
    async with world.database.writing() as session:
        await challenges.plan_announcements(session, challenge)
    runner = Runner(world.database, {challenges.ANNOUNCE: challenges.announce_open})
    for hours, expected in ((0.5, 0), (1, 1), (1.5, 1), (2, 2), (3, 2)):
        with clock.moved_to(world.now + timedelta(hours=hours)):
            await runner.run_due()
        assert told == [challenges.OPEN_TOPIC] * expected


async def test_planning_again_moves_the_job(database: Database) -> None:
    for day in (1, 2):
        async with database.writing() as session:
            await jobs.plan(session, "once", "subject", noon(day), {"day": day})
    async with database.reading() as session:
        (job,) = await session.scalars(select(Job))
        assert (job.due_at, job.payload) == (noon(2), {"day": 2})


async def test_a_step_that_fails_is_rolled_back_and_tried_again_later(database: Database) -> None:
    tries: list[datetime] = []

    async def fails_twice(session: AsyncSession, job: Job) -> datetime | None:
        job.progress = {"half": "done"}
        tries.append(clock.now())
        if len(tries) < 3:
            raise Refused("not yet")
        return None

    async with database.writing() as session:
        await jobs.plan(session, "fails", "", noon())
    runner = Runner(database, {"fails": fails_twice})
    for seconds in (0, 1, 2, 3, 6, 10):
        with clock.moved_to(noon() + timedelta(seconds=seconds)):
            await runner.run_due()
        async with database.reading() as session:
            (job,) = await session.scalars(select(Job))
            assert bool(job.progress) == (len(tries) >= 3), "a failed step leaves nothing behind"
    assert len(tries) == 3 and job.done_at is not None


async def test_a_job_of_several_steps_goes_on_where_it_was(database: Database) -> None:
    async def three_steps(session: AsyncSession, job: Job) -> datetime | None:
        job.progress = {"steps": job.progress.get("steps", 0) + 1}
        return None if job.progress["steps"] == 3 else clock.now()

    async with database.writing() as session:
        await jobs.plan(session, "steps", "", noon())
    with clock.moved_to(noon()):
        assert await Runner(database, {"steps": three_steps}).run_due() == 3


async def test_many_runners_do_each_job_once(database: Database) -> None:
    done: list[str] = []

    async def step(session: AsyncSession, job: Job) -> None:
        done.append(job.subject)

    async with database.writing() as session:
        for n in range(20):
            await jobs.plan(session, "each", str(n), noon())
    runners = [Runner(database, {"each": step}) for _ in range(4)]
    with clock.moved_to(noon() + timedelta(minutes=1)):
        # A runner that finds everything locked goes home; the next look finds what is left.
        while sum(await asyncio.gather(*[runner.run_due() for runner in runners])):
            pass
    assert sorted(done, key=int) == [str(n) for n in range(20)]

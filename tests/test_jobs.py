"""Jobs: due once, kept when they fail, shared between processes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, jobs
from mathsoc.challenges import service as challenges
from mathsoc.competitions.models import Competition
from mathsoc.db import Database
from mathsoc.errors import Refused
from mathsoc.jobs import Job, Runner
from tests.live.fakes import true
from tests.support.locks import postgres_only, waits_for_a_lock
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
        assert sorted(told) == sorted([challenges.LIST_TOPIC, challenges.OPEN_TOPIC] * expected)


async def test_a_challenge_comes_and_goes_with_its_competition(world: World) -> None:
    """Released before the competition starts it is seen from that start on, and locks with its end."""
    ladder, hour = world.competitions["ladder"], timedelta(hours=1)
    starts, ends = world.now + 2 * hour, world.now + 4 * hour
    early = await world.add_challenge("early", release_at=world.now - hour, lock_at=None)
    draft = await world.add_challenge("draft", release_at=None, lock_at=None)
    async with world.database.writing() as session:
        await session.execute(
            update(Competition).where(Competition.id == ladder.id).values(starts_at=starts, ends_at=ends)
        )
        for challenge in (early, draft):
            await challenges.plan_announcements(session, challenge)
    async with world.database.reading() as session:
        planned = {job.subject: job.due_at for job in await session.scalars(select(Job))}
    assert planned == {"release:early": starts, "end:early": ends}


async def test_planning_again_moves_the_job(database: Database) -> None:
    for day in (1, 2):
        async with database.writing() as session:
            await jobs.plan(session, "once", "subject", noon(day), {"day": day})
    async with database.reading() as session:
        (job,) = await session.scalars(select(Job))
        assert (job.due_at, job.payload) == (noon(2), {"day": 2})


@postgres_only
async def test_a_job_planned_while_it_runs_runs_again(database: Database) -> None:
    """Else what was written during its run would never be read."""
    began, planned, runs = asyncio.Event(), asyncio.Event(), list[dict[str, Any]]()

    async def step(_session: AsyncSession, job: Job) -> None:
        runs.append(job.payload)
        began.set()
        if len(runs) == 1:
            await planned.wait()

    async def plan(number: int) -> None:
        async with database.writing() as session:
            await jobs.plan(session, "read", "post:1", noon(), {"number": number})

    await plan(1)
    runner = Runner(database, {"read": step})
    with clock.moved_to(noon(2)):
        running = asyncio.create_task(runner.run_due())
        await began.wait()
        planning = asyncio.create_task(plan(2))
        await true(lambda: waits_for_a_lock(database))
        planned.set()
        await asyncio.gather(running, planning)
        await runner.run_due()
    assert runs == [{"number": 1}, {"number": 2}]


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


async def test_a_fault_nobody_expected_does_not_end_the_runner(database: Database) -> None:
    ran: list[str] = []

    async def faulty(session: AsyncSession, job: Job) -> None:
        raise TypeError("a slip")

    async def sound(session: AsyncSession, job: Job) -> None:
        ran.append(job.subject)

    async with database.writing() as session:
        await jobs.plan(session, "faulty", "", noon())
        await jobs.plan(session, "sound", "after it", noon())
    with clock.moved_to(noon()):
        assert await Runner(database, {"faulty": faulty, "sound": sound}).run_due() == 2
    assert ran == ["after it"]


async def test_a_standing_job_comes_round_again_even_after_failing(database: Database) -> None:
    rounds: list[datetime] = []

    async def step(session: AsyncSession, job: Job) -> None:
        rounds.append(clock.now())
        if len(rounds) > 2:
            raise Refused("broken from now on")

    runner = Runner(database, {"daily": step}, {"daily": timedelta(days=1)})
    for _ in range(2):
        with clock.moved_to(noon()):
            await runner._plan_standing()
    for day in range(1, 4):
        with clock.moved_to(noon(1 + day) + timedelta(minutes=day)):
            await runner.run_due()
    assert len(rounds) == 3
    for minute in range(60):
        with clock.moved_to(noon(4) + timedelta(minutes=3 + minute)):
            await runner.run_due()
    assert len(rounds) == 2 + jobs.MOST_TRIES
    with clock.moved_to(noon(6)):
        await runner.run_due()
    assert len(rounds) == 3 + jobs.MOST_TRIES


async def test_a_job_that_never_works_is_given_up_and_keeps_nothing(database: Database) -> None:
    """What it was about may be somebody's address."""

    async def step(session: AsyncSession, job: Job) -> None:
        raise Refused("never works")

    runner = Runner(database, {"never": step, jobs.TIDY: jobs.tidy})
    async with database.writing() as session:
        for subject in ("fails", "killed at each try"):
            await jobs.plan(session, "never", subject, noon(), {"email": "child@school.example"})
        killed = await session.scalar(select(Job).where(Job.subject == "killed at each try"))
        assert killed is not None
        killed.tries = jobs.MOST_TRIES
    for minute in range(20):
        with clock.moved_to(noon() + timedelta(minutes=minute)):
            await runner.run_due()
    async with database.writing() as session:
        await jobs.plan(session, jobs.TIDY, "", noon(3))
    with clock.moved_to(noon(3)):
        await runner.run_due()
    async with database.reading() as session:
        for job in await session.scalars(select(Job).where(Job.name == "never")):
            assert job.done_at is not None and job.payload == {}, job.subject


async def test_done_jobs_are_forgotten_after_a_while(database: Database) -> None:
    async def step(session: AsyncSession, job: Job) -> None:
        return None

    runner = Runner(database, {"once": step, jobs.TIDY: jobs.tidy}, {jobs.TIDY: timedelta(days=1)})
    async with database.writing() as session:
        await jobs.plan(session, "once", "", noon())
    with clock.moved_to(noon()):
        await runner._plan_standing()
        await runner.run_due()
    for day, left in ((29, 2), (32, 1)):
        with clock.moved_to(noon() + timedelta(days=day)):
            await runner.run_due()
        async with database.reading() as session:
            assert len((await session.scalars(select(Job))).all()) == left

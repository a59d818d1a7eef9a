"""An officer and the job of one mailing, or two processes with it, at the same moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from mathsoc import clock
from mathsoc.config import Config
from mathsoc.mailings import service
from mathsoc.mailings.models import Mailing
from mathsoc.publishing.models import Post
from tests.live.fakes import true
from tests.mailings.stage import add_newsletter, add_readers, ask, begin, run, sends, states
from tests.support.locks import postgres_only, waits_for_a_lock
from tests.support.smtp import MailServer
from tests.support.world import World


@postgres_only
async def test_an_officer_and_the_job_do_not_wait_for_each_other(
    config: Config,
    world: World,
    smtp: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = await add_newsletter(world)
    await ask(world, "ada")
    await begin(world, post)
    await ask(world, "bob")
    locked, met = asyncio.Event(), asyncio.Event()
    lock = service._locked

    async def and_meet(session: Any, which: Post) -> Mailing:
        found = await lock(session, which)
        locked.set()
        await met.wait()
        return found

    monkeypatch.setattr(service, "_locked", and_meet)
    officer = asyncio.create_task(begin(world, post))
    await locked.wait()
    runner = sends(config, world, smtp)
    job = asyncio.create_task(runner.run_due())

    async def has_met() -> bool:
        return job.done() or await waits_for_a_lock(world.database)

    await true(has_met)
    met.set()
    await asyncio.gather(officer, job)
    assert not [one for one in caplog.records if one.levelname == "ERROR"], "the job was not cut off"
    await run(runner)
    assert await states(world) == Counter(sent=2)


@postgres_only
async def test_two_processes_with_one_mailing_send_nobody_two(
    config: Config, world: World, smtp: MailServer
) -> None:
    addresses = await add_readers(world, 30)
    await begin(world, await add_newsletter(world))
    runners = [sends(config, world, smtp) for _ in range(3)]
    moment = clock.now()
    for number in range(10):
        with clock.moved_to(moment + timedelta(seconds=31 * number)):
            while sum(await asyncio.gather(*(runner.run_due() for runner in runners))):
                await asyncio.gather(*(runner.outside_done() for runner in runners))
    assert await states(world) == Counter(sent=30)
    assert sorted(smtp.recipients) == sorted(addresses), "each of them once"

"""A mail is sent once and none is lost, whatever fails and however slow the mail server is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, jobs, mail
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.jobs import Job
from tests.mail.sending import job, queue, run, runner
from tests.support.serving import Server
from tests.support.smtp import MailServer
from tests.support.world import World


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("MESSAGE", "451 later zoe@pupils.example"),
        ("RCPT", "450 greylisted zoe@pupils.example"),
        ("CONNECT", "421 busy"),
        ("MAIL", "550 sender zoe@pupils.example"),
    ],
)
async def test_it_is_tried_again_with_growing_pauses(
    config: Config,
    database: Database,
    smtp: MailServer,
    caplog: pytest.LogCaptureFixture,
    verb: str,
    answer: str,
) -> None:
    smtp.answers[verb] = [answer] * 2
    own = runner(config, database, smtp)
    await queue(database)
    start = clock.now()
    for seconds, sent in ((0, 0), (59, 0), (61, 0), (300, 0), (362, 1), (400, 1)):
        with clock.moved_to(start + timedelta(seconds=seconds + 1)):
            await run(own)
        assert len(smtp.mails) == sent, seconds
    assert "again in 60 s" in caplog.text and "again in 300 s" in caplog.text
    assert "zoe@" not in caplog.text and "t0ken" not in caplog.text


@pytest.mark.parametrize(("verb", "code"), [("RCPT", 550), ("MESSAGE", 554)])
async def test_a_refusal_of_recipient_or_message_ends_it(
    config: Config,
    database: Database,
    smtp: MailServer,
    caplog: pytest.LogCaptureFixture,
    verb: str,
    code: int,
) -> None:
    smtp.answers[verb] = [f"{code} zoe@pupils.example is nobody"]
    await queue(database)
    await run(runner(config, database, smtp))
    ended = await job(database)
    assert ended.done_at is not None and ended.payload == {} and str(code) in ended.error
    assert "given up" in caplog.text and "zoe@" not in caplog.text + ended.error


async def test_it_is_given_up_after_a_day(config: Config, database: Database, smtp: MailServer) -> None:
    own = runner(config, database, smtp)
    smtp.answers["CONNECT"] = ["421 closed"] * 20
    await queue(database)
    start = moment = (await job(database)).due_at
    for _ in range(jobs.MOST_TRIES):
        with clock.moved_to(moment):
            assert await run(own) == 1
        moment = (await job(database)).due_at
    ended = await job(database)
    assert ended.done_at is not None and ended.payload == {}
    assert timedelta(hours=20) < ended.done_at - start < timedelta(hours=26)


async def test_no_mail_server_there(config: Config, database: Database, smtp: MailServer) -> None:
    own = runner(config, database, smtp)
    smtp_gone = replace(config, mail_url="smtp://127.0.0.1:1?from=a@b.example")
    await queue(database)
    with clock.moved_to(clock.now()):
        await run(runner(smtp_gone, database, None))
    assert "Connect" in (await job(database)).error
    with clock.moved_to(clock.now() + timedelta(minutes=2)):
        await run(own)
    assert len(smtp.mails) == 1


async def test_a_slow_mail_server_is_in_nobodys_way(
    config: Config, database: Database, smtp: MailServer
) -> None:
    """No transaction is held, other jobs go on, and at most four mails are under way."""
    smtp.answering.clear()
    ran: list[str] = []

    async def other(_session: AsyncSession, job: Job) -> None:
        ran.append(job.subject)

    own = runner(config, database, smtp)
    own.steps = {**own.steps, "other": other}
    for _ in range(6):
        await queue(database)
    async with database.writing() as session:
        await jobs.plan(session, "other", "x", clock.now())
    assert await own.run_due() == jobs.MOST_OUTSIDE + 1
    await asyncio.wait_for(smtp.reached.wait(), 10)
    assert ran == ["x"]
    async with asyncio.timeout(5), database.writing() as session:
        await mail.queue(session, "note", {})
    smtp.answering.set()
    await own.outside_done()
    assert await run(own) == 3
    assert len(smtp.mails) == 7 and smtp.most_at_once <= jobs.MOST_OUTSIDE


async def test_many_processes_send_it_once(config: Config, database: Database, smtp: MailServer) -> None:
    for _ in range(12):
        await queue(database)
    runners = [runner(config, database, smtp) for _ in range(4)]
    while sum(await asyncio.gather(*[run(one) for one in runners])):
        pass
    assert len(smtp.mails) == 12


async def test_what_a_killed_process_left_is_sent_by_the_next(
    config: Config, database: Database, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its lease runs nobody else takes it."""
    monkeypatch.setattr(jobs, "STOP_WITHIN", 0)
    smtp.answering.clear()
    killed, other = runner(config, database, smtp), runner(config, database, smtp)
    await queue(database)
    await killed.run_due()
    await asyncio.wait_for(smtp.reached.wait(), 10)
    await killed.stop()
    smtp.answering.set()
    assert await run(other) == 0
    with clock.moved_to(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert await run(other) == 1
    assert len(smtp.mails) >= 1 and (await job(database)).done_at is not None


async def test_it_is_noted_though_the_database_was_away(
    config: Config, database: Database, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "NOTE_EVERY", 0.01)
    own = runner(config, database, smtp)
    note, fails = jobs._note, [OSError(), OSError()]

    async def away(*given: Any) -> None:
        if fails:
            raise fails.pop()
        await note(*given)

    monkeypatch.setattr(jobs, "_note", away)
    await queue(database)
    await run(own)
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        await run(own)
    assert not fails and len(smtp.mails) == 1


async def test_a_process_killed_while_it_sends_loses_no_mail(
    world: World, server: Callable[..., Awaitable[Server]], smtp: MailServer, tmp_path: Path
) -> None:
    """Two real processes, the first killed without warning: the link that arrives works."""
    smtp.answering.clear()
    moment = tmp_path / "clock"
    settings = {
        "MAIL_URL": f"smtp://127.0.0.1:{smtp.port}?from=maths@school.example",
        "MATHSOC_CLOCK_FILE": str(moment),
    }
    moment.write_text(world.now.isoformat())
    first = await server(world.database.url, **settings)
    async with httpx.AsyncClient(base_url=first.url) as client:
        asked = await client.post("/forgot-password", data={"email": world.members["alice"].email})
    assert asked.status_code == 200
    async with asyncio.timeout(20):
        await smtp.reached.wait()
    first.kill()
    smtp.reached.clear()
    smtp.answering.set()
    moment.write_text((world.now + jobs.LEASE + timedelta(seconds=1)).isoformat())
    second = await server(world.database.url, **settings)
    # The killed one's message may have been taken too: its link died when the next was made.
    async with asyncio.timeout(30):
        await smtp.reached.wait()
    body = smtp.mails[-1].get_content()
    link = re.search(r"/reset-password/[\w-]+", body)
    assert link is not None and smtp.recipients[-1] == world.members["alice"].email
    async with httpx.AsyncClient(base_url=second.url) as client:
        assert (await client.get(link[0])).status_code == 200

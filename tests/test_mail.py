"""Mail: sent after the commit and only then, once, tried again, never in the way of anybody."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from jinja2 import DictLoader
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import mathsoc.app
from mathsoc import clock, jobs, mail
from mathsoc.app import Mathsoc
from mathsoc.config import FILES, Config
from mathsoc.db import Database
from mathsoc.errors import ConfigError
from mathsoc.jobs import Job, Runner
from mathsoc.mail import Delivery, KeptMail, Message
from mathsoc.schools.models import Society
from tests.support.mails import arrived
from tests.support.serving import Server
from tests.support.smtp import MailServer, mail_server
from tests.support.world import World, noon

TEXTS = {
    "note/subject.txt": "A note for {{ name }}",
    "note/body.txt": "Dear {{ name }},\n\n{{ site }}/reset/{{ token }}\n",
}


@pytest_asyncio.fixture(loop_scope="session")
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


async def society(_session: AsyncSession) -> str:
    return 'Fermat & "Friends" ∑'


async def note(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """A builder as a slice has it: ids come in, whom they mean and a token are found at sending time."""
    await session.execute(select(Society))
    if payload.get("gone"):
        return None
    to = payload.get("to", "zoë@pupils.example".replace("ë", "e"))
    return Message(to, "note", {"name": payload.get("name", "Zoë <&>"), "token": "t0ken-t0ken"})


def delivery(config: Config, builders: Mapping[str, mail.Builder] | None = None) -> Delivery:
    made = Delivery(config, builders or {"note": note}, society)
    made.templates.loader = DictLoader(TEXTS)
    return made


def runner(config: Config, database: Database, smtp: MailServer | None) -> Runner:
    if smtp is not None:
        config = replace(config, mail_url=f"smtp://127.0.0.1:{smtp.port}?from=maths@school.example")
    return Runner(database, {mail.JOB: delivery(config)})


async def queue(database: Database, **payload: Any) -> None:
    async with database.writing() as session:
        await mail.queue(session, "note", payload)


async def run(one: Runner) -> int:
    ran = await one.run_due()
    await one.outside_done()
    return ran


async def job(database: Database) -> Job:
    async with database.reading() as session:
        return (await session.scalars(select(Job).where(Job.name == mail.JOB))).one()


async def test_it_is_sent_once_after_the_commit(config: Config, database: Database, smtp: MailServer) -> None:
    own = runner(config, database, smtp)
    async with database.writing() as session:
        await mail.queue(session, "note", {"member": 1})
        assert await own.run_due() == 0
    assert await run(own) == 1 and await run(own) == 0
    (got,) = smtp.mails
    assert got["Subject"] == "A note for Zoë <&>" and smtp.recipients == ["zoe@pupils.example"]
    body = got.get_content()
    assert "Dear Zoë <&>," in body and "http://localhost/reset/t0ken-t0ken" in body
    assert got["From"] == '"Fermat & \\"Friends\\" ∑" <maths@school.example>'
    assert got["Message-ID"].endswith("@localhost>") and got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime is not None and got.get_content_type() == "text/plain"
    done = await job(database)
    assert done.done_at is not None and done.payload == {} and not done.error


async def test_a_rollback_sends_nothing(config: Config, database: Database, smtp: MailServer) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as session:
            await mail.queue(session, "note", {})
            raise ZeroDivisionError
    assert await run(runner(config, database, smtp)) == 0 and not smtp.commands


async def test_nothing_left_to_send(config: Config, database: Database, smtp: MailServer) -> None:
    await queue(database, gone=True)
    await run(runner(config, database, smtp))
    assert not smtp.commands and (await job(database)).payload == {}


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
    config: Config, database: Database, smtp: MailServer
) -> None:
    """While its lease runs nobody else takes it."""
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


@pytest.mark.parametrize(
    "to",
    [
        "zoe@pupils.example\r\nBcc: all@pupils.example",
        "zoe@pupils.example>\r\nDATA",
        "zoe@pupils.example, all@pupils.example",
        "not an address",
        "zoe..m@pupils.example",
        "zo\u00eb@pupils.example",
        "zoe:m@pupils.example",
        "=?utf-8?q?zoe?=@pupils.example",
        "",
        "@x",
    ],
)
async def test_no_address_adds_a_line_or_a_recipient(
    config: Config, database: Database, smtp: MailServer, caplog: pytest.LogCaptureFixture, to: str
) -> None:
    await queue(database, to=to)
    await run(runner(config, database, smtp))
    ended = await job(database)
    assert ended.done_at is not None and ended.payload == {} and not smtp.commands
    assert "pupils" not in caplog.text


async def test_a_name_adds_no_line_to_the_head(config: Config, database: Database, smtp: MailServer) -> None:
    await queue(database, name="Zoe\r\nBcc: all@pupils.example\r\n\r\nOther body")
    await run(runner(config, database, smtp))
    (got,) = smtp.mails
    assert got["Bcc"] is None and smtp.recipients == ["zoe@pupils.example"]
    assert got["Subject"] == "A note for Zoe Bcc: all@pupils.example Other body"


async def test_user_and_password_are_given(config: Config, database: Database, smtp: MailServer) -> None:
    url = f"smtp://us%40er:pa%2Fss@127.0.0.1:{smtp.port}?from=maths@school.example"
    await queue(database)
    await run(runner(replace(config, mail_url=url), database, None))
    assert "AUTH" in smtp.commands and len(smtp.mails) == 1
    assert "pa/ss" not in repr(mail.server_of(url, "x.example"))


async def test_development_keeps_the_newest_instead(
    config: Config, database: Database, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    own = runner(replace(config, environment="development"), database, None)
    async with database.writing() as session:
        session.add_all(
            KeptMail(at=noon(), recipient="a@b", subject=str(number), body="x") for number in range(mail.KEPT)
        )
    await queue(database)
    await run(own)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(KeptMail)) == mail.KEPT
        newest = (await session.scalars(select(KeptMail).order_by(KeptMail.id.desc()))).first()
        oldest = await session.scalar(select(KeptMail.subject).order_by(KeptMail.id).limit(1))
    assert newest is not None and oldest == "1"
    assert (newest.recipient, newest.subject) == ("zoe@pupils.example", "A note for Zoë <&>")
    assert "http://localhost/reset/t0ken-t0ken" in newest.body
    assert "http://localhost/reset/t0ken-t0ken\n" in capsys.readouterr().out
    assert "mail to zoe@pupils.example: A note for Zoë <&>" in caplog.text and "t0ken" not in caplog.text
    assert (await job(database)).payload == {}


async def test_production_without_a_server_sends_keeps_and_tells_nothing(
    config: Config, database: Database, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    config = replace(config, environment="production")
    assert not mail.sends(config) and not mail.keeps(config)
    await queue(database)
    delivery(config).warn()
    await run(runner(config, database, None))
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(KeptMail)) == 0
    assert (await job(database)).payload == {} and (await job(database)).done_at is not None
    assert caplog.text.count("MAIL_URL is not set") == 2
    assert "zoe@" not in caplog.text + capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "port", "tls", "start_tls", "sender"),
    [
        ("smtp://mail.school.example", 587, False, True, "no-reply@maths.example"),
        ("smtp://mail.school.example:25?from=m@s.example&tls=start", 25, False, True, "m@s.example"),
        ("smtps://mail.school.example", 465, True, False, "no-reply@maths.example"),
        ("smtp://localhost", 25, False, False, "no-reply@maths.example"),
        ("smtp://[::1]:2525", 2525, False, False, "no-reply@maths.example"),
        ("smtp://127.0.0.1?tls=start", 25, False, True, "no-reply@maths.example"),
    ],
)
def test_mail_url(url: str, port: int, tls: bool, start_tls: bool, sender: str) -> None:
    read = mail.server_of(url, "maths.example")
    assert (read.port, read.tls, read.start_tls, read.sender) == (port, tls, start_tls, sender)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://host?tls=none",
        "smtp://host?form=a@b.example",
        "smtp://host?from=nobody",
        "smtp://host:x",
        "smtp://?from=a@b.example",
        "smtp://host?from=a@b.example%0d%0aBcc:c@d.example",
    ],
)
def test_a_mail_url_that_cannot_be_used_stops_the_start(url: str) -> None:
    with pytest.raises(ConfigError, match="MAIL_URL"):
        mail.server_of(url, "maths.example")


async def test_a_server_without_tls_gets_no_mail(
    config: Config, database: Database, smtp: MailServer
) -> None:
    url = f"smtp://127.0.0.1:{smtp.port}?from=maths@school.example&tls=start"
    await queue(database)
    await run(runner(replace(config, mail_url=url), database, None))
    assert "MAIL" not in smtp.commands and (await job(database)).done_at is None


def test_every_mail_has_a_subject_and_a_body(config: Config) -> None:
    made = Delivery(config, {}, society)
    for folder in (FILES / "templates" / "emails").glob("*"):
        for part in ("subject", "body"):
            made.templates.get_template(f"{folder.name}/{part}.txt")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_application_delivers(app: Mathsoc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mathsoc.app.MAIL, "note", note)
    delivering = app.jobs.steps[mail.JOB]
    assert isinstance(delivering, Delivery)
    delivering.templates.loader = DictLoader(TEXTS)
    await queue(app.database)
    (got,) = await arrived(app)
    assert got.subject == "A note for Zoë <&>"


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

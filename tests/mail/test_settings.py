"""What MAIL_URL may say, and where mail goes without it."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from mathsoc import mail
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.errors import ConfigError
from mathsoc.mail import KeptMail
from tests.mail.sending import delivery, job, queue, run, runner
from tests.support.smtp import MailServer
from tests.support.world import noon


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

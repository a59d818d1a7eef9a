"""Mail: sent after the commit and only then, to nobody else."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader

from mathsoc import mail
from mathsoc.app import Mathsoc
from mathsoc.config import FILES, Config
from mathsoc.db import Database
from mathsoc.mail import Delivery
from tests.mail.sending import TEXTS, job, note, queue, run, runner
from tests.support.mails import arrived
from tests.support.smtp import MailServer


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_mail_has_a_subject_and_a_body(app: Mathsoc) -> None:
    made = app.jobs.steps[mail.JOB]
    assert isinstance(made, Delivery)
    for folder in (FILES / "templates" / "emails").glob("*"):
        for part in ("subject", "body"):
            made.templates.get_template(f"{folder.name}/{part}.txt")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_application_delivers(app: Mathsoc, monkeypatch: pytest.MonkeyPatch) -> None:
    delivering = app.jobs.steps[mail.JOB]
    assert isinstance(delivering, Delivery) and isinstance(delivering.builders, dict)
    monkeypatch.setitem(delivering.builders, "note", note)
    delivering.templates.loader = DictLoader(TEXTS)
    await queue(app.database)
    (got,) = await arrived(app)
    assert got.subject == "A note for Zoë <&>"

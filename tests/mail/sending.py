"""A mail of the tests' own, its builder and its delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import mail
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.jobs import Job, Runner
from mathsoc.mail import Delivery, Message
from mathsoc.schools.models import Society
from tests.support.smtp import MailServer

TEXTS = {
    "note/subject.txt": "A note for {{ name }}",
    "note/body.txt": "Dear {{ name }},\n\n{{ site }}/reset/{{ token }}\n",
}


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

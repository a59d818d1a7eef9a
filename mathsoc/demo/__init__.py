"""The demonstration society: three schools, 60 invented members, a season and a cup with their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts.passwords import hash_password
from mathsoc.db import Database
from mathsoc.demo import history, people, setting, writing
from mathsoc.schools import queries as schools
from mathsoc.uploads.store import Store

PASSWORD = "demo-society-2026"  # noqa: S105 - printed at each start, and refused in production


@dataclass(frozen=True)
class Login:
    """A log-in of the demonstration, for the start to print."""

    role: str
    email: str
    password: str = PASSWORD

    def __str__(self) -> str:
        return f"  {self.role:<7} {self.email:<22} {self.password}"


LOGINS = (
    *(Login(role, f"{role}@demo.example") for role in ("admin", "editor", "lead", "member")),
    Login("pupil", people.SIGN_IN_NAME),  # who has no address
)


async def load(database: Database, store: Store | None = None) -> tuple[Login, ...]:
    """Load the demonstration into an empty database; leave one that has a society as it is.

    Returns the log-ins that exist by it, none where the society is a real one. The command line refuses
    to call this in production. Without a store the newsletter has no PDF.
    """
    async with database.reading() as session:
        society = await schools.society(session)
    if society is not None:
        return LOGINS if society.demo else ()
    password_hash = await hash_password(PASSWORD)
    async with database.writing() as session:
        await _fill(session, clock.now(), password_hash, store)
    return LOGINS


async def _fill(session: AsyncSession, now: datetime, password_hash: str, store: Store | None) -> None:
    plan = setting.read()
    await setting.add_society(session, plan, now)
    members = await people.add(session, now, password_hash)
    await setting.add_competitions(session, plan, now)
    await setting.add_challenges(session, plan, now, author_id=members["editor"][0].id)
    await history.play(session, members["member"], now)
    await writing.add(session, members["editor"][0], now, store)

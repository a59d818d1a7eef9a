"""After two members have gone, nothing of who they were is in any file: database, uploads, log, counters."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from sqlalchemy import func, select, text

from mathsoc import clock
from mathsoc.accounts.passwords import hash_password
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.jobs import Job
from mathsoc.members.models import Member
from mathsoc.privacy import scrub, service
from mathsoc.schools.models import SchoolDomain
from mathsoc.scoring import audit as standings
from mathsoc.scoring.models import Award, Standing
from tests.privacy.everything import ELSEWHERE, PLANTED, WORDS, add_zoe
from tests.rights.canaries import SECRET_KEY
from tests.support import spelling
from tests.support.forms import forms_in
from tests.support.serving import Server
from tests.support.smtp import MailServer, mail_server
from tests.support.valkey import Valkey
from tests.support.world import PASSWORD, World

Start = Callable[..., Awaitable[Server]]
# Yan joins, and is known by these from then on.
YAN = "zqmail-yan@northfield.example"
NAMED = ["zqmail-yan", "Zqgivén", "Zqsürname", "Zqanother"]
NEW, CLIENT = "violet otters hum in tune", "2001:db8:feed::7"
PREFIX = "2001:db8:feed"
# The wish before the one that stands.
REPLACED = "Zqwishful"
ALL = [*PLANTED, *ELSEWHERE, *NAMED, "ZQSECRET", PREFIX]
MANY = 300


def in_files(folder: Path) -> bytes:
    """Every byte of what servers leave on the disk; logs are looked at apart."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".log"]
    return b"\n".join(path.read_bytes() for path in files)


async def everywhere(database: Database, folder: Path) -> bytes:
    """The files, with SQLite's among them, or besides them a dump of PostgreSQL's tables."""
    found = await asyncio.to_thread(in_files, folder)
    if database.sqlite:
        assert b"SQLite format 3" in found
        return found
    async with database.reading() as session:
        tables = await session.scalars(
            text("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in tables.all():
            rows = await session.scalars(text(f"SELECT t::text FROM {table} t"))
            found += "\n".join(rows.all()).encode()
    return found


def left_in(data: bytes, names: list[str]) -> list[str]:
    """The names in so many bytes: in the codings that databases use, in capitals or not."""
    data = data.lower()

    def codings(name: str) -> set[bytes]:
        spellings = {name, unicodedata.normalize("NFD", name), name.upper(), json.dumps(name)[1:-1]}
        return {one.encode(coding).lower() for one in spellings for coding in ("utf-8", "utf-16-le")}

    return [name for name in names if any(one in data for one in codings(name))]


async def a_full_society(database: Database, world: World) -> None:
    """So many others that pages of the file were split and filled again; Zoe among them."""
    hashed = await hash_password(PASSWORD)
    async with database.writing() as session:
        session.add(SchoolDomain(domain="northfield.example", school_id=world.schools["northfield"].id))
        for number in range(MANY):
            session.add(_other(world, number))
            if number == MANY // 2:
                await session.flush()
    await add_zoe(world, password_hash=hashed)
    async with database.writing() as session:
        for number in range(MANY, 2 * MANY):
            session.add(_other(world, number))


def _other(world: World, number: int) -> Member:
    name = f"{number * 7919 % 1000:03}"
    return Member(
        email=f"m{name}-{number}@northfield.example",
        display_name=f"Other {name} {number}",
        real_name="Somebody Else " * (1 + number % 5),
        created_at=world.now,
    )


async def link_in(mails: MailServer, to: str, path: str) -> str:
    """The newest link of this kind that came to an address."""
    async with asyncio.timeout(20):
        while True:
            for one in reversed(mails.mails):
                found = re.search(rf"https?://[^/\s]+(/{path}/\S+)", one.get_content())
                if one["To"] == to and found:
                    mails.mails.remove(one)
                    return found[1]
            await asyncio.sleep(0.05)


async def join_and_go(client: httpx.AsyncClient, mails: MailServer, points: str) -> None:
    """Yan joins by mail, wants another name, mistypes the password, forgets it, and asks to be deleted."""

    async def post(path: str, fields: dict[str, str], status: int = 303) -> httpx.Response:
        reply = await client.post(path, data=fields)
        assert reply.status_code == status, reply.text
        return reply

    await post("/register", {"email": YAN}, 200)
    link = await link_in(mails, YAN, "verify-email")
    (form,) = [one for one in forms_in((await client.get(link)).text, link) if one.action == link]
    said = {
        "real_name": "Zqgivén Zqsürname",
        "year": "10",
        "wished_name": "Zqwishful",
        "new_password": PASSWORD,
    }
    # A button for other names stands in the form too; it is not pressed.
    fields = {name: value for name, value in form.fields.items() if name != "names"}
    await post(link, {**fields, **said})
    copy = await post("/profile/export", {"format": "html"}, 200)
    assert "Zqgivén" in copy.text
    await post("/profile/name/wish", {"wished_name": "Zqanother"})
    await post("/logout", {})
    await post("/login", {"email": YAN, "password": "Zqgivén is not it"}, 422)
    await post("/forgot-password", {"email": YAN}, 200)
    link = await link_in(mails, YAN, "reset-password")
    await post(link, {"new_password": NEW})
    await post("/login", {"email": YAN, "password": NEW})
    await post("/profile/delete", {"points": points})


async def the_week_passes(config: Config, database: Database) -> None:
    """A process that runs eight days later erases, and writes a SQLite file anew."""
    with clock.moved_to(clock.now() + timedelta(days=8)):
        app = create_app(config)
        async with app.test_app(), asyncio.timeout(60):
            while not await _done(database):
                await app.jobs.run_due()
                await app.jobs.outside_done()


async def _done(database: Database) -> bool:
    async with database.reading() as session:
        waiting = await session.scalar(select(func.count()).where(Member.erase_at.is_not(None)))
        scrubs = select(Job.done_at).where(Job.name == scrub.JOB)
        return waiting == 0 and (await session.scalars(scrubs)).first() is not None


# The other two pairs are in test_walk.py, table by table.
@pytest.mark.parametrize(
    ("database_url", "points"), [("sqlite", "keep"), ("postgresql", "remove")], indirect=["database_url"]
)
async def test_nothing_is_left_of_who_has_gone(
    server: Start, world: World, config: Config, valkey: Valkey, tmp_path: Path, points: str
) -> None:
    database = world.database
    valkey.flush()
    await a_full_society(database, world)
    async with mail_server() as mails:
        running = await server(
            database.url,
            MATHSOC_ENV="production",
            SECRET_KEY=SECRET_KEY,
            TRUSTED_PROXIES="1",
            REDIS_URL=valkey.url,
            MAIL_URL=f"smtp://127.0.0.1:{mails.port}?from=maths@northfield.example",
        )
        headers = {"X-Forwarded-For": CLIENT, "User-Agent": "Mozilla/5.0 (Android) Firefox/140.0"}
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=20) as client:
            await join_and_go(client, mails, points)
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=20) as client:
            form = {"email": WORDS["email"], "password": PASSWORD}
            assert (await client.post("/login", data=form)).status_code == 303
            assert (await client.post("/profile/delete", data={"points": points})).status_code == 303
        await running.stop()
    before = await everywhere(database, tmp_path)
    assert [one for one in ALL if one not in left_in(before, ALL)] == [], "the trap can catch"
    log = running.logs()
    assert "mathsoc is at" in log and spelling.told_in(log.encode(), [*ALL, REPLACED]) == [], log
    with closing(redis.Redis.from_url(valkey.url)) as kept:
        counted = [(name, kept.dump(name)) for name in kept.scan_iter()]
    assert counted and spelling.told_in(repr(counted).encode(), ALL) == []

    await the_week_passes(config, database)
    after = await everywhere(database, tmp_path)
    assert left_in(after, [*ALL, REPLACED]) == []
    assert left_in(after, ["Real Alice", "Somebody Else"]) == ["Real Alice", "Somebody Else"]
    await the_sums_agree(database, points)


async def the_sums_agree(database: Database, points: str) -> None:
    async with database.reading() as session:
        assert await standings.check(session) == []
        gone = select(Member.id).where(Member.state == "erased")
        assert len((await session.scalars(gone)).all()) == 2
        total = select(func.sum(Award.points)).where(Award.member_id.in_(gone))
        assert await session.scalar(total) == (4 if points == "keep" else 0)
        listed = select(func.count()).where(Standing.member_id.in_(gone), Standing.listed)
        assert await session.scalar(listed) == 0
        assert await session.scalar(select(Job.id).where(Job.name == service.ERASE)) is not None

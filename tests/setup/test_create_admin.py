"""`mathsoc create-admin` and the code that `mathsoc run` prints, as real processes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from mathsoc import clock
from mathsoc.accounts.links import make_link
from mathsoc.accounts.passwords import verify
from mathsoc.accounts.queries import member_of_link
from mathsoc.audit import AuditEntry
from mathsoc.db import Database
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.schools.models import Society, Stage
from mathsoc.setup.models import SetupCode
from tests.conftest import SECRET
from tests.live.fakes import true
from tests.second_factor.support import audited, enrol, live_sessions
from tests.setup.test_first_start import FORM, STRONG, printed_code
from tests.support.commands import KEPT, mathsoc
from tests.support.serving import Server, plain
from tests.support.world import build

Start = Callable[..., Awaitable[Server]]
PRINTED = re.compile(
    r"^Open (http\S+)/setup and enter this code: ([2-9A-Z]{4}(?:-[2-9A-Z]{4}){3})$", re.MULTILINE
)


async def printed(server: Server) -> tuple[str, str]:
    """The address and the code of a start, which are printed once every process serves."""
    await true(lambda: "mathsoc is at " in server.logs())
    (found,) = PRINTED.findall(server.logs())
    return found


def settings(database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": plain(database_url), "SECRET_KEY": SECRET}


async def the_member(database: Database, email: str) -> Member:
    async with database.reading() as session:
        return (await session.scalars(select(Member).where(Member.email == email))).one()


async def test_it_makes_the_first_administrator(database: Database, database_url: str) -> None:
    await printed_code(database)
    words = ("Okoro@Riverside.example", "--name", "Ms  Okoro", "--society", "Riverside Maths")
    done = mathsoc("create-admin", *words, typed=f"{STRONG}\n", **settings(database_url))
    assert (done.returncode, done.stderr) == (0, "")
    assert "okoro@riverside.example is an administrator." in done.stdout and STRONG not in done.stdout
    made = await the_member(database, "okoro@riverside.example")
    assert (made.role, made.state, made.display_name) == ("admin", "active", "Ms Okoro")
    assert await verify(STRONG, made.password_hash)
    async with database.reading() as session:
        (society,) = await session.scalars(select(Society))
        assert (society.name, society.staff_contact) == ("Riverside Maths", "okoro@riverside.example")
        assert len((await session.scalars(select(Stage))).all()) == 3
        assert (await session.scalars(select(SetupCode))).all() == [], "the code of a start is spent too"
    assert len(await audited_of(database)) == 1


async def audited_of(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(AuditEntry.action)))


async def test_a_fresh_sqlite_file_is_made_ready(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'maths.db'}"
    done = mathsoc(
        "create-admin", "a@school.example", typed=f"{STRONG}\n", DATABASE_URL=url, SECRET_KEY=SECRET
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "typed", "line"),
    [
        (["nobody"], STRONG, "'nobody' is no e-mail address."),
        (["a@school.example", "--name", " "], STRONG, "--name must have 1 to 60 letters."),
        (["a@school.example", "--society", "x" * 121], STRONG, "--society must have 1 to 120 letters."),
        (["a@school.example"], "", "the password will not do. Use at least 15"),
        (["a@school.example"], "short", "the password will not do. Use at least 15"),
        (["a@school.example"], "passwordpassword", "the password will not do."),
    ],
)
def test_what_will_not_do_is_one_line(sqlite_url: str, arguments: list[str], typed: str, line: str) -> None:
    done = mathsoc("create-admin", *arguments, typed=f"{typed}\n", **settings(sqlite_url))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"mathsoc: {line}") and done.stderr.count("\n") == 1


async def test_an_existing_account_is_taken_only_when_asked(database: Database, database_url: str) -> None:
    """Who lost password, app and codes comes back in this way."""
    world = await build(database)
    await enrol(world, "carol", clock.now())
    async with database.writing() as session:
        carol = await session.get_one(Member, world.members["carol"].id)
        await members.start_session(session, carol, clock.now() - timedelta(minutes=1))
        link = await make_link(session, carol, "reset", clock.now())
    email = world.members["carol"].email or ""
    refused = mathsoc("create-admin", email, typed=f"{STRONG}\n", **settings(database_url))
    assert refused.returncode == 1 and refused.stderr.startswith("mathsoc: There is an account with this")
    before = await the_member(database, email)
    assert before.role == "editor" and before.totp_since is not None
    done = mathsoc("create-admin", email, "--replace", typed=f"{STRONG}\n", **settings(database_url))
    assert done.returncode == 0
    after = await the_member(database, email)
    assert (after.role, after.state, after.display_name) == ("admin", "active", before.display_name)
    assert after.totp_secret is None and after.totp_since is None
    assert await verify(STRONG, after.password_hash)
    assert await live_sessions(world, "carol") == 0
    async with database.reading() as session:
        assert await member_of_link(session, link, "reset", clock.now()) is None
    assert (await audited(world))[-2:] == ["second-factor-removed", "admin-created"]
    async with database.reading() as session:
        assert [one.name for one in await session.scalars(select(Society))] == ["Test Society"]


@pytest.mark.parametrize(
    ("second", "code", "said"), [(STRONG, 0, "is an administrator"), ("other", 1, "differ")]
)
def test_at_a_terminal_it_asks_twice_and_shows_nothing(
    sqlite_url: str, second: str, code: int, said: str
) -> None:
    parent, child = pty.openpty()
    environment = {**{name: os.environ[name] for name in KEPT if name in os.environ}, **settings(sqlite_url)}
    command = [sys.executable, "-m", "mathsoc", "create-admin", "a@school.example"]
    process = subprocess.Popen(
        command, env=environment, stdin=child, stdout=child, stderr=child, start_new_session=True
    )
    os.close(child)
    seen = until(parent, "Password (at least 15 characters): ")
    os.write(parent, f"{STRONG}\n".encode())
    seen += until(parent, "The same again: ")
    os.write(parent, f"{second}\n".encode())
    seen += until(parent, said)
    assert process.wait(20) == code
    os.close(parent)
    assert STRONG not in seen


def until(terminal: int, words: str) -> str:
    seen = ""
    while words not in seen:
        seen += os.read(terminal, 1000).decode()
    return seen


async def test_a_start_prints_the_code_and_the_newest_one_counts(
    server: Start, database: Database, database_url: str
) -> None:
    first = await server(database_url)
    site, old = await printed(first)
    assert site == first.url
    await first.stop()
    running = await server(database_url)
    _, code = await printed(running)
    assert code != old
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.get("/challenges")).headers["Location"] == "/setup"
        assert (await client.post("/setup", data={**FORM, "code": old})).status_code == 422
        assert (await client.post("/setup", data={**FORM, "code": code})).status_code == 303
        assert "Ms Okoro" in (await client.get("/")).text
        assert (await client.get("/setup")).status_code == 404
    assert old not in running.logs() and STRONG not in running.logs()
    await running.stop()
    again = await server(database_url)
    await true(lambda: "mathsoc is at " in again.logs())
    assert not PRINTED.search(again.logs()), "there is an administrator"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_process_of_a_server_opens_at_once(
    server: Start, database: Database, database_url: str
) -> None:
    running = await server(database_url, "--workers=2")
    _, code = await printed(running)

    async def ask(path: str, **sent: str) -> httpx.Response:
        """On a connection of its own, so that either process may take it."""
        async with httpx.AsyncClient(base_url=running.url) as client:
            return await (client.post(path, data=sent) if sent else client.get(path))

    for _ in range(6):
        assert (await ask("/")).headers["Location"] == "/setup"
    assert (await ask("/setup", **FORM, code=code)).status_code == 303
    assert {(await ask("/")).status_code for _ in range(12)} == {200}
    assert {(await ask("/setup")).status_code for _ in range(12)} == {404}


async def test_a_start_that_finds_its_port_taken_leaves_the_code_of_the_other(
    server: Start, sqlite_url: str
) -> None:
    running = await server(sqlite_url)
    _, code = await printed(running)
    done = mathsoc("run", f"--port={running.port}", **settings(sqlite_url))
    assert done.returncode == 1 and "listens there already" in done.stderr
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.post("/setup", data={**FORM, "code": code})).status_code == 303

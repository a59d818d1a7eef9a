"""Keys, real names, addresses, passwords and tokens stand in no byte that others can get, nor in a log."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from quart import Quart
from sqlalchemy import select

from mathsoc import logs
from mathsoc.config import FILES, Config
from mathsoc.db import Database
from mathsoc.members.models import LoginSession, Member
from tests.rights.canaries import KEY, PASSWORDS, SECRET_KEY, SHOWN_KEY, Planted, codings, plant, seen_in
from tests.rights.crawl import crawl
from tests.rights.scene import CAST
from tests.support.serving import Server
from tests.support.turns import in_turns
from tests.support.world import HTMX, World, already_signed_in, build

Canaried = tuple[World, Planted, dict[str, str]]
SENDS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/challenges/{slug}/boxes/{box}/{what}", {"form": {"answer": answer}})
    for answer in ("1", "x", "", "((", "9^9^9", "x=1")
]


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, secret_key=SECRET_KEY)


@pytest_asyncio.fixture(loop_scope="session")
async def canaried(world: World) -> Canaried:
    return (world, *await plant(world))


def sends(names: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Wrong, unreadable and hopeless answers at every box; each has its own reply."""
    return [
        (method, path.format(slug=slug, box=names[f"{slug}_box"], what=what), given)
        for slug in ("squares", "later", "draft")
        for what in ("reading", "attempts")
        for method, path, given in SENDS
    ]


@in_turns(CAST, later=("ada", "carol", "suspended"))
async def test_no_reply_holds_what_its_reader_has_no_right_to(
    app: Quart, canaried: Canaried, who: str
) -> None:
    world, planted, names = canaried
    names |= {f"{name}_session": f"b{name}session" for name in CAST}
    clients = {name: await already_signed_in(app, world, name) for name in CAST[1:]}
    await _add_sessions(world, planted)
    client = clients.get(who) or app.test_client()
    forbidden = planted.for_nobody(who)
    found = {}
    async for seen in crawl(client, names, more=sends(names)):
        if leak := seen_in(seen.text, forbidden):
            found[seen.asked] = leak
    assert not found


async def _add_sessions(world: World, planted: Planted) -> None:
    """What the server keeps of everybody's sessions is for nobody."""
    async with world.database.reading() as session:
        for token_hash in await session.scalars(select(LoginSession.token_hash)):
            planted.add(token_hash)


async def test_the_trap_catches_what_the_entitled_are_given(app: Quart, canaried: Canaried) -> None:
    """Staff with the right do see a draft; after the lock everybody sees the accepted answer."""
    world, planted, _names = canaried
    carol, ada = [await already_signed_in(app, world, name) for name in ("carol", "ada")]
    draft = await (await carol.get("/challenges/draft")).get_data()
    assert {"Zqdrafttitle", "zqdraftstatement"} <= set(seen_in(draft, planted.for_nobody("alice")))
    locked = await (await app.test_client().get("/challenges/done")).get_data()
    assert seen_in(locked, [SHOWN_KEY, "zqshownsolution"]) == [SHOWN_KEY, "zqshownsolution"]
    await world.give("alice", 4)
    board = await (await ada.get("/leaderboards/ladder?stage=ks4")).get_data()
    assert seen_in(board, ["Zqrealalice"])


@pytest.mark.parametrize("how", range(len(codings(KEY))))
def test_every_coding_is_recognised(how: int) -> None:
    coded = sorted(codings(KEY))[how]
    assert seen_in(b"before " + coded + b" after", [KEY]) == [KEY]
    assert not seen_in(b"before " + coded[1:-1][:-1] + b" after", [KEY + "0"])


PHASES = (
    "mathsoc.web.rights.allows",
    "mathsoc.competitions.queries.visible",
    "mathsoc.schools.queries.society_and_contact",
    "mathsoc.web.pages.render_template",
    "mathsoc.db.UnitOfWork.finish",
)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_failure_in_any_phase_tells_nothing(
    app: Quart, canaried: Canaried, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error's own text is all the canaries; neither the page nor the production log repeats it."""
    world, planted, _names = canaried
    alice = await already_signed_in(app, world, "alice")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.OneLine(messages=False))
    logging.getLogger().addHandler(handler)
    app.logger.addHandler(handler)
    failed = []

    def fail(*_given: object, **_more: object) -> None:
        failed.append(phase)
        raise ZeroDivisionError(" ".join(planted.may))

    with monkeypatch.context() as broken:
        broken.setattr(phase, fail)
        for path in ("/", "/competitions", "/leaderboards"):
            for headers in ({}, HTMX):
                with suppress(ZeroDivisionError):  # where even the error page cannot be made
                    reply = await alice.get(path, headers=headers)
                    text = await reply.get_data()
                    assert reply.status_code == 500 or path != "/"
                    assert not seen_in(text, list(planted.may)) and b"Traceback" not in text
    logging.getLogger().removeHandler(handler)
    app.logger.removeHandler(handler)
    assert failed and not seen_in(log.getvalue().encode(), list(planted.may))


class Over:
    """A client of a real server with the face of Quart's."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str, *, method: str, headers: dict[str, str], **given: Any) -> Any:
        body = {"form": "data", "data": "content"}
        given = {body.get(name, name): value for name, value in given.items()}
        reply = await self.client.request(method, path, headers=headers, **given)
        return Reply(reply)


class Reply:
    def __init__(self, reply: httpx.Response) -> None:
        self.status_code = reply.status_code
        self.headers = reply.headers
        self.content = reply.content

    async def get_data(self) -> bytes:
        return self.content


@pytest_asyncio.fixture(loop_scope="session")
async def production(
    server: Callable[..., Awaitable[Server]], database_url: str
) -> AsyncIterator[tuple[Server, Canaried]]:
    """A real process in production mode, on this machine's own address."""
    database = Database(database_url)
    world = await build(database)
    planted, names = await plant(world)
    running = await server(database_url, MATHSOC_ENV="production", SECRET_KEY=SECRET_KEY)
    yield running, (world, planted, names)
    await database.close()


async def test_a_production_server_tells_nothing_in_reply_or_log(
    production: tuple[Server, Canaried],
) -> None:
    running, (world, planted, names) = production
    names |= {f"{name}_session": f"b{name}session" for name in CAST}
    found: dict[str, list[str]] = {}
    tokens = []
    for who in ("anonymous", "alice", "bob", "suspended"):
        async with httpx.AsyncClient(base_url=running.url, timeout=20) as client:
            if who in PASSWORDS:
                await _set_state(world, who, "active")
                form = {"email": world.members[who].email or "", "password": PASSWORDS[who]}
                assert (await client.post("/login", data=form)).status_code == 303
                await _set_state(world, who, "suspended" if who == "suspended" else "active")
            tokens += [cookie.value or "-" for cookie in client.cookies.jar]
            forbidden = planted.for_nobody(who)
            async for seen in crawl(Over(client), names, more=sends(names), streams=False):  # type: ignore[arg-type]
                if leak := seen_in(seen.text, forbidden):
                    found[f"{who}: {seen.asked}"] = leak
            for path in _static_files():
                if leak := seen_in((await client.get(path)).content, list(planted.may)):
                    found[path] = leak
    await running.stop()
    log = running.logs()
    assert not found
    assert "mathsoc is at" in log
    assert not seen_in(log.encode(), [*planted.may, *tokens]), log


async def _set_state(world: World, who: str, state: str) -> None:
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members[who].id)).state = state


def _static_files() -> list[str]:
    """Every static file, and the source map that might stand beside it."""
    folder = FILES / "static"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return [f"/static/{name}" for name in files] + [f"/static/{name}.map" for name in files]

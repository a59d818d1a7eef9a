"""No byte that the public and members can fetch has anybody else's real name, address or sign-in name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from quart import Quart
from quart.testing.connections import HTTPDisconnectError

from mathsoc import clock
from mathsoc.config import FILES
from mathsoc.joining import staff
from mathsoc.members import service as members
from tests.rights.crawl import ERRORS, Seen, ask, stream
from tests.rights.table import ROWS
from tests.support import images, spelling
from tests.support.names import Named, name_everybody
from tests.support.turns import in_turns
from tests.support.world import HTMX, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

# Everybody who is no staff: the public, two of one school, one of another, one who waits, one who opted out.
VIEWERS = ("anonymous", "alice", "bob", "pending", "pia", "hidden")
LINK = re.compile(rb"""\b(?:href|src|hx-get|hx-sse-connect|action)="(/[^"]*)\"""")
MOST_LINKS = 400
BOARDS = ("board:ladder:ks4", "board:cup:ks4", "challenges:open")
REFUSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/register", {"form": {"email": "somebody@nowhere.example"}}),
    ("POST", "/register", {"form": {"code": "AAAA-AAAA"}}),
    ("POST", "/login", {"form": {"email": "nobody@northfield.example", "password": "a guess at it"}}),
    ("POST", "/forgot-password", {"form": {"email": "nobody"}}),
    ("POST", "/profile/delete", {"form": {"your_password": ""}}),
    ("POST", "/profile/password", {"form": {"current_password": "x"}}),
    ("POST", "/profile/export", {"form": {"format": "html"}}),
    ("POST", "/profile/export", {"form": {"format": "json"}}),
    ("POST", "/challenges/squares/boxes/{squares_box}/attempts", {"form": {"answer": "((", "token": "t"}}),
    ("POST", "/challenges/squares/boxes/{squares_box}/reading", {"form": {"answer": "x", "token": "t"}}),
)


@pytest_asyncio.fixture(loop_scope="session")
async def named(world: World) -> Named:
    return await name_everybody(world)


async def client_of(app: Quart, world: World, who: str) -> TestClientProtocol:
    return app.test_client() if who == "anonymous" else await already_signed_in(app, world, who)


async def everything(client: TestClientProtocol, names: dict[str, str]) -> AsyncIterator[Seen]:
    """Each rule that is read, what all of them lead to, errors and streams; pages and fragments."""
    paths = list(dict.fromkeys(row.path.format(**names) for row in ROWS if row.method == "GET"))
    known = set(paths)
    for path in paths:
        for htmx in (False, True):
            yield (seen := await ask(client, "GET", path, {}, htmx=htmx))
            for link in LINK.findall(seen.body):
                found = unescape(link.decode()).partition("#")[0]
                if found not in known and not found.startswith(("/live", "//")):
                    known.add(found)
                    paths.append(found)
    assert len(paths) < MOST_LINKS
    for method, path, given in (*REFUSED, *ERRORS):
        for htmx in (False, True):
            yield await ask(client, method, path.format(**names), given, htmx=htmx)
    for topic in BOARDS:
        yield await stream(client, topic)


@in_turns(VIEWERS, later=("alice",))
async def test_nobody_reads_who_somebody_else_is(app: Quart, world: World, named: Named, who: str) -> None:
    client = await client_of(app, world, who)
    secret = named.hidden_from(who)
    found, statuses = {}, set()
    async for seen in everything(client, named.paths):
        statuses.add(seen.status)
        if told := spelling.told_in(seen.text, secret):
            found[seen.asked] = told
    assert found == {}
    assert {200, 303, 400, 403, 404, 405, 413, 415, 422} <= statuses


async def test_the_search_finds_what_staff_are_shown(app: Quart, world: World, named: Named) -> None:
    """The same bytes asked for by an administrator and a lead have them: the trap can catch."""
    ada, lead = [await client_of(app, world, who) for who in ("ada", "lead")]
    everybody = spelling.told_in(await (await ada.get("/console/members")).get_data(), named.all())
    for who in ("alice", "bob", "pending", "hidden", "left", "suspended"):
        assert {*named.of[who].real} <= {*everybody}, who
    assert not {*named.of["erased"].real} & {*everybody}
    own = spelling.told_in(await (await lead.get("/console/members.csv")).get_data(), named.all())
    assert {*named.of["alice"].real} <= {*own} and not {*named.of["bob"].real} & {*own}


async def test_a_copy_of_ones_own_data_names_nobody_else(app: Quart, world: World, named: Named) -> None:
    client = await client_of(app, world, "alice")
    for kind in ("html", "json"):
        reply = await client.post("/profile/export", form={"format": kind})
        text = await reply.get_data()
        assert {*named.of["alice"].all()} <= {*spelling.told_in(text, named.all())}
        assert spelling.told_in(text, named.hidden_from("alice")) == []


async def test_open_streams_tell_nobody_either(app: Quart, world: World, named: Named) -> None:
    """Points are given, somebody is let in and renamed while the public and members watch."""
    here = replace(world, database=app.database)  # type: ignore[attr-defined]
    watching = {who: await Watch.open(await client_of(app, world, who)) for who in ("anonymous", "bob")}
    viewer, now = world.viewer("lead"), clock.now()
    async with here.database.writing() as session:
        pending = await members.locked(session, world.members["pending"].id)
        await staff.approve(session, viewer, pending, now, "")
    await here.give("pending", 90)
    async with here.database.writing() as session:
        renamed = await members.locked(session, world.members["wishes"].id)
        await staff.decide_name(session, viewer, renamed, now, "", accepted=True, seen=renamed.wished_name)
    for who, watch in watching.items():
        await watch.until(f"row-{named.paths['pending']}".encode(), b"Granted Wish")
        assert spelling.told_in(watch.body, named.hidden_from(who)) == []
        await watch.connection.disconnect()


class Watch:
    """One stream of the boards, read as it comes."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.body = b""

    @classmethod
    async def open(cls, client: TestClientProtocol) -> Watch:
        watch = cls(client.request(f"/live?topics={BOARDS[0]},{BOARDS[2]}"))
        await watch.connection.__aenter__()
        await watch.connection.send_complete()
        await watch.until(b"ranking")
        return watch

    async def until(self, *wanted: bytes) -> None:
        async with asyncio.timeout(20):
            while not all(one in self.body for one in wanted):
                try:
                    self.body += await self.connection.receive()
                except HTTPDisconnectError as error:
                    raise AssertionError("the stream has ended") from error


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_too_many_and_failures_tell_nobody(
    app: Quart, world: World, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 by limits of one, 500 by an error whose own text is all the names."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    secret = named.hidden_from("alice")
    client = await client_of(app, world, "alice")
    replies = []
    with monkeypatch.context() as tight:
        tight.setattr("mathsoc.web.limits.Limiter.count", lambda _self, _number: 1)
        for htmx in ({}, HTMX):
            for _ in range(2):
                replies.append(await client.post("/profile/export", form={"format": "none"}, headers=htmx))
    with monkeypatch.context() as broken:

        def fail(*_given: object, **_more: object) -> None:
            raise ZeroDivisionError(" ".join(secret))

        broken.setattr("mathsoc.leaderboards.drawing.board", fail)
        replies += [await client.get("/leaderboards/ladder?stage=ks4", headers=one) for one in ({}, HTMX)]
    assert {429, 500} <= {reply.status_code for reply in replies}
    for reply in replies:
        text = f"{reply.headers}".encode() + await reply.get_data()
        assert spelling.told_in(text, secret) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_file_of_the_site_tells(app: Quart, named: Named) -> None:
    client, folder = app.test_client(), FILES / "static"
    pictures = 0
    for file in [path for path in sorted(folder.rglob("*")) if path.is_file()]:
        name = file.relative_to(folder).as_posix()
        reply = await client.get(f"/static/{name}")
        data = await reply.get_data()
        assert reply.status_code == 200 and spelling.told_in(data, named.all()) == [], name
        if name.endswith(images.KINDS):
            pictures += 1
            assert images.besides(name, data) == [], name
    assert pictures


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + b"\0\0\0\0"


def test_notes_in_pictures_are_found() -> None:
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13)
    assert images.besides("a.png", png + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")) == []
    assert images.besides("a.png", png + chunk(b"tEXt", b"Author\0Zoe") + chunk(b"IEND", b"")) == ["tEXt"]
    assert images.besides("a.png", png + chunk(b"eXIf", b"") + chunk(b"IEND", b"")) == ["eXIf"]
    jpeg = b"\xff\xd8\xff\xe0\0\x04JF"
    assert images.besides("a.jpg", jpeg + b"\xff\xda\0\x02") == []
    assert images.besides("a.jpg", jpeg + b"\xff\xe1\0\x08Exif\0\0\xff\xda") == ["segment 0xe1"]
    assert images.besides("a.svg", b"<svg><metadata>by Zoe</metadata></svg>") == ["<metadata"]
    assert images.besides("a.heic", b"what is this") != []


@pytest.mark.parametrize(
    "written",
    [
        *("Zqaliceélodie", "Zqalicee\u0301lodie", "ZQALICEÉLODIE", "Zqalic-eélodie", "zqaliceelodie"),
        *("Zqalice&eacute;lodie", "Zqalice&#233;lodie", "Zqalice&#xE9;lodie", "Zqalice&amp;eacute;lodie"),
        *("Zqalice%C3%A9lodie", "Zqalice%25C3%25A9lodie", r"Zqalice\u00e9lodie", r"Zqalicee\u0301lodie"),
        *("Zqalice=C3=A9lodie", "WnFhbGljZcOpbG9kaWU=", "eCBacWFsaWNlw6lsb2RpZSB4"),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str) -> None:
    assert spelling.told_in(f"<p>{written}</p>".encode(), ["Zqaliceélodie"]) == ["Zqaliceélodie"]
    assert spelling.told_in(b"<p>Zqalic</p>\xff", ["Zqaliceélodie"]) == []
    assert spelling.told_in("Zqaliceélodie".encode("latin-1"), ["Zqaliceélodie"]) == ["Zqaliceélodie"]

"""Every hostile input at every rule and field of its place, over a real socket, on both databases.

No 500, no trace, nobody sent to another site, nothing slower than two seconds, and the log keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import quote_from_bytes

import pytest
import pytest_asyncio

from mathsoc import clock
from mathsoc.app import create_app
from mathsoc.challenges.models import AnswerBox
from mathsoc.competitions.models import Competition
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.members import service as members
from mathsoc.members.models import Member
from tests.bad_inputs.raw import Caller
from tests.rights.scene import CAST, challenges, people, unreleased
from tests.rights.table import ASKS, ROWS, Row
from tests.support.payloads import GIVEN, OWN, PLACES, payloads, rows
from tests.support.serving import Server
from tests.support.world import World, build

pytestmark = pytest.mark.timed

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ [\w.]+ |mathsoc is at |.*one-time code")
PARAMETERS = ("next", "stage", "page", "q", "topics", "year", "school", "action", "since")
POSTS = [row for row in ROWS if row.method == "POST"]
PARTS = 3  # so that no test takes too long
JSON = b"Content-Type: application/json"


@pytest_asyncio.fixture(loop_scope="session")
async def attacked(
    server: Callable[..., Awaitable[Server]], database_url: str, config: Config
) -> AsyncIterator[Attacked]:
    database = Database(database_url)
    world = await build(database)
    await people(world)
    made = await challenges(world) | await unreleased(world)
    async with database.writing() as session:
        # So many tries that every answer is marked.
        (await session.get_one(Competition, world.competitions["ladder"].id)).attempt_limit = 100
        for challenge in made.values():
            (await session.get_one(AnswerBox, challenge.boxes[0].id)).attempt_limit = 100
    names = {name: member.handle for name, member in world.members.items()}
    names |= {f"{slug}_box": challenge.boxes[0].public_id for slug, challenge in made.items()}
    running = await server(database_url)
    yield Attacked(running, world, names | {f"{name}_session": "bnobodys" for name in CAST}, config)
    await database.close()


class Attacked:
    """A running server, and callers with a session each."""

    def __init__(self, server: Server, world: World, names: dict[str, str], config: Config) -> None:
        self.server = server
        self.world = world
        self.names = names
        self.config = config

    async def caller(self, who: str) -> Caller:
        """Signed in by a session of its own."""
        if who in ("anonymous", "suspended"):
            return Caller(self.server)
        async with self.world.database.writing() as session:
            member = await session.get_one(Member, self.world.members[who].id)
            token = await members.start_session(session, member, clock.now())
        app = create_app(replace(self.config, site_url=self.server.url))
        (auth,) = app.extensions["QUART_AUTH"]
        await app.database.close()
        return Caller(self.server, f"{auth.cookie_name}={auth.dump_token(token, app)}")

    def target(self, row: Row) -> bytes:
        return row.path.format(**self.names).encode()

    def fields(self, row: Row) -> dict[str, bytes]:
        body = {name: value.format(**self.names).encode() for name, value in row.body.items()}
        return dict.fromkeys(row.more, b"1") | body


def entitled(row: Row) -> str:
    """Somebody whom the door of this rule lets through, pupils first."""
    for who in ("alice", "ada", "lead", "carol", "anonymous"):
        if row.answers[who] not in (401, 403, 404) and row.answers[who] is not ASKS:
            return who
    return "ada"


def the_callers(row: Row, who: str) -> str:
    return entitled(row) if who == "entitled" else who


async def every_form(attacked: Attacked, who: str, part: int) -> None:
    """Every payload in every field of every form, also as a field's name, and as JSON."""
    wrong, sent = [], 0
    everything = payloads("form", "csv")
    for row in POSTS[part::PARTS]:
        caller = await attacked.caller(the_callers(row, who))
        plain, target = attacked.fields(row), attacked.target(row)
        closed = row.answers[the_callers(row, who)] in (403, ASKS)
        # Behind a closed door no field is read: all of them at once.
        places: Iterator[dict[str, bytes]]
        for payload in everything:
            if len(payload.raw) > 2_000_000:
                continue
            if closed or not plain:
                places = iter([dict.fromkeys(plain, payload.raw)])
            else:
                places = ({**plain, name: payload.raw} for name in plain)
            for fields in places:
                await caller.post(target, fields)
            if row.json or payload.raw[:1] in b'{["':
                await caller.ask("POST", target, JSON, body=payload.raw)
        name = quote_from_bytes(everything[0].raw, safe="")
        kind = b"Content-Type: application/x-www-form-urlencoded"
        await caller.ask("POST", target, kind, body=name.encode() + b"=1")
        sent, wrong = sent + caller.sent, wrong + caller.wrong
        await caller.close()
    await _judge(attacked, wrong, sent, len(POSTS) // PARTS)


async def every_answer(attacked: Attacked, who: str) -> None:
    """Every answer in every box: open, practice, locked, before its release; read and sent."""
    wrong, sent = [], 0
    for row in [row for row in POSTS if "answer" in row.body]:
        caller = await attacked.caller(the_callers(row, who))
        for number, payload in enumerate(payloads("answer", "form")):
            if payload.where == "form" and who != "entitled":
                continue
            fields = {**attacked.fields(row), "answer": payload.raw, "token": b"t%d" % number}
            await caller.post(attacked.target(row), fields, b"HX-Request: true")
        sent, wrong = sent + caller.sent, wrong + caller.wrong
        await caller.close()
    await _judge(attacked, wrong, sent, 20)


async def every_address(attacked: Attacked, who: str) -> None:
    """Every payload as an address, in the place of every id, and as a value of every parameter."""
    caller = await attacked.caller("alice" if who == "entitled" else who)
    for payload in payloads("url"):
        await caller.ask("GET", quote_from_bytes(payload.raw, safe="/?&=%;:+,()[]\\^$!@~'*.-_").encode())
    patterns = {row.rule for row in ROWS}
    values = payloads("url", "form", "answer")
    for rule in sorted(patterns):
        if "<" in rule:
            before, _, rest = rule.partition("<")
            after = re.sub(r"<[^>]*>", "b234567890", rest.partition(">")[2])
            for payload in values:
                value = quote_from_bytes(payload.raw, safe="").encode()
                method = next(row.method for row in ROWS if row.rule == rule)
                await caller.ask(method, before.encode() + value + after.encode())
    for path in sorted({row.path for row in ROWS if row.method == "GET" and "{" not in row.path}):
        for payload in payloads("url"):
            value = quote_from_bytes(payload.raw, safe="")
            query = "&".join(f"{name}={value}" for name in PARAMETERS)
            await caller.ask("GET", f"{path.partition('?')[0]}?{query}".encode())
    await caller.close()
    await _judge(attacked, caller.wrong, caller.sent, 200)


async def every_header(attacked: Attacked, who: str) -> None:
    """Every header at every rule; where something would change, a foreign origin is refused."""
    caller = await attacked.caller("alice" if who == "entitled" else who)
    for payload in payloads("header"):
        lines = payload.raw.replace(b" + ", b"\r\n")
        for row in ROWS:
            if row.ends:
                continue
            body = b"" if row.method == "POST" else None
            got = await caller.ask(row.method, attacked.target(row), lines, body=body)
            if row.method == "POST" and payload.id in ("header-09", "header-10") and got is not None:
                assert got.status == 403, (row.path, payload.id)
            if payload.id == "header-01" and got is not None:
                assert got.status == 400, row.path
    await caller.close()
    await _judge(attacked, caller.wrong, caller.sent, 100)


async def _judge(attacked: Attacked, wrong: list[str], sent: int, least: int) -> None:
    assert not wrong, "\n".join(wrong[:40])
    assert sent >= least
    logs = attacked.server.logs()
    assert "Traceback" not in logs and " ERROR " not in logs, logs[-3000:]
    assert [line for line in logs.splitlines() if not LOG_LINE.match(line)] == []


PROOFS: dict[str, Callable[..., Awaitable[None]]] = {
    **{f"forms-{part}": partial(every_form, part=part) for part in range(PARTS)},
    "answers": every_answer,
    "addresses": every_address,
    "headers": every_header,
}


@pytest.mark.parametrize("who", ["anonymous", "entitled"])
@pytest.mark.parametrize("where", PROOFS)
async def test_bad_inputs(attacked: Attacked, where: str, who: str) -> None:
    await PROOFS[where](attacked, who)


@pytest.mark.drill
@pytest.mark.parametrize("who", [name for name in CAST if name != "anonymous"])
@pytest.mark.parametrize("where", PROOFS)
async def test_bad_inputs_of_every_role(attacked: Attacked, where: str, who: str) -> None:
    await PROOFS[where](attacked, who)


async def test_the_judge_sees_what_is_wrong(attacked: Attacked) -> None:
    caller = Caller(attacked.server)
    for away in ("//evil.example", "https://evil.example", "/\\evil.example", "\t//evil.example", "x:y"):
        assert not caller._on_this_site(away), away
    for here in ("/", "/login?next=//evil.example", f"{attacked.server.url}/a", "?page=2"):
        assert caller._on_this_site(here), here


def test_the_rows_are_many_and_of_every_place() -> None:
    assert len(rows(OWN)) >= 40 and len(rows(GIVEN)) >= 130
    assert {row["where"] for row in rows(GIVEN)} == set(PLACES)
    ids = [row["id"] for row in rows(GIVEN) + rows(OWN)]
    assert len(ids) == len(set(ids))

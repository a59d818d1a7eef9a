"""Every hostile input at every rule and field of its place, over a real socket.

The given ones as somebody entitled and as nobody, half of them on each database; in the drills our own too,
as everybody, and all on both.

No 500, no trace, nobody sent to another site, and the log keeps its lines; nothing slower than two seconds
where no other test runs beside it (in the drills, and of hard answers always).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
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
from tests.rights.scene import CAST, challenges, for_staff, people, unreleased
from tests.rights.table import ASKS, ROWS, Row
from tests.support.payloads import GIVEN, OWN, PLACES, Payload, payloads, rows
from tests.support.serving import Server
from tests.support.world import World, build

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ [\w.]+ |mathsoc is at |.*one-time code")
PARAMETERS = ("next", "stage", "page", "q", "topics", "year", "school", "action", "since")
POSTS = [row for row in ROWS if row.method == "POST"]
PARTS = 3  # so that no test takes too long
AT_ONCE = 3  # callers: a server that only ever answers one shows nothing of how they hold each other up
JSON = b"Content-Type: application/json"
FORM = b"Content-Type: application/x-www-form-urlencoded"
HTMX = b"HX-Request: true"


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
    names |= await for_staff(world)
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
        self.files: tuple[Path, ...] = (GIVEN,)
        # Which half of the requests is sent; None for all.
        self.half: int | None = None

    def payloads(self, *where: str) -> list[Payload]:
        return payloads(*where, files=self.files)

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


Request = Callable[[Caller], Awaitable[object]]


async def ask_all(attacked: Attacked, who: str, requests: Sequence[Request]) -> tuple[list[str], int]:
    """Some callers share the requests; what was wrong with the replies, and how many came."""
    if attacked.half is not None:
        requests = [one for number, one in enumerate(requests) if turn(number) == attacked.half]

    async def some(part: Sequence[Request]) -> Caller:
        caller = await attacked.caller(who)
        for request in part:
            await request(caller)
        await caller.close()
        return caller

    callers = await asyncio.gather(*[some(requests[number::AT_ONCE]) for number in range(AT_ONCE)])
    return [one for caller in callers for one in caller.wrong], sum(caller.sent for caller in callers)


def turn(number: int) -> int:
    """Whose turn the request of this number is. A prime, so that no field falls to one database alone."""
    return (number + number // 7) % 2


async def every_form(attacked: Attacked, who: str, part: int) -> None:
    """Every payload in every field of every form, also as a field's name, and as JSON."""
    wrong, sent = [], 0
    for row in POSTS[part::PARTS]:
        caller = the_callers(row, who)
        found = await ask_all(attacked, caller, list(form_requests(attacked, row, caller)))
        wrong, sent = wrong + found[0], sent + found[1]
    await _judge(attacked, wrong, sent, len(POSTS) // PARTS // 2)


def form_requests(attacked: Attacked, row: Row, who: str) -> Iterator[Request]:
    plain, target = attacked.fields(row), attacked.target(row)
    closed = row.answers[who] in (403, ASKS)
    everything = [one for one in attacked.payloads("form", "csv") if len(one.raw) <= 2_000_000]
    for payload in everything:
        # Behind a closed door no field is read: all of them at once.
        places = [dict.fromkeys(plain, payload.raw)]
        if plain and not closed:
            places = [{**plain, name: payload.raw} for name in plain]
        for fields in places:
            yield partial(_post, target, fields)
        if row.json or payload.raw[:1] in b'{["':
            yield partial(_ask, "POST", target, JSON, payload.raw)
    name = quote_from_bytes(everything[0].raw, safe="").encode()
    yield partial(_ask, "POST", target, FORM, name + b"=1")


async def every_answer(attacked: Attacked, who: str) -> None:
    """Every answer in every box: open, practice, locked, before its release; read and sent."""
    wrong, sent = [], 0
    answers = attacked.payloads("answer", *(["form"] if who == "entitled" else []))
    for row in [row for row in POSTS if "answer" in row.body]:
        plain, target = attacked.fields(row), attacked.target(row)
        requests = [
            partial(_post, target, {**plain, "answer": one.raw, "token": b"t%d" % number}, HTMX)
            for number, one in enumerate(answers)
        ]
        found = await ask_all(attacked, the_callers(row, who), requests)
        wrong, sent = wrong + found[0], sent + found[1]
    await _judge(attacked, wrong, sent, 10)


async def every_address(attacked: Attacked, who: str) -> None:
    """Every payload as an address, in the place of every id, and as a value of every parameter."""
    requests = list(address_requests(attacked))
    wrong, sent = await ask_all(attacked, "alice" if who == "entitled" else who, requests)
    await _judge(attacked, wrong, sent, 100)


def address_requests(attacked: Attacked) -> Iterator[Request]:
    for payload in attacked.payloads("url"):
        path = quote_from_bytes(payload.raw, safe="/?&=%;:+,()[]\\^$!@~'*.-_").encode()
        yield partial(_ask, "GET", path)
    methods = {row.rule: row.method for row in reversed(ROWS)}
    # What is meant for fields stands in addresses too, in the drills.
    values = attacked.payloads("url", *(["form", "answer"] if OWN in attacked.files else []))
    for rule in sorted(rule for rule in methods if "<" in rule):
        before, _, rest = rule.partition("<")
        after = re.sub(r"<[^>]*>", "b234567890", rest.partition(">")[2])
        for payload in values:
            value = quote_from_bytes(payload.raw, safe="").encode()
            yield partial(_ask, methods[rule], before.encode() + value + after.encode())
    for path in sorted({row.path for row in ROWS if row.method == "GET" and "{" not in row.path}):
        for payload in attacked.payloads("url"):
            value = quote_from_bytes(payload.raw, safe="")
            query = "&".join(f"{name}={value}" for name in PARAMETERS)
            yield partial(_ask, "GET", f"{path.partition('?')[0]}?{query}".encode())


async def every_header(attacked: Attacked, who: str) -> None:
    """Every header at every rule; where something would change, a foreign origin is refused."""
    requests = [
        partial(_with_header, attacked.target(row), row, payload)
        for payload in attacked.payloads("header")
        for row in ROWS
        # Removing a second factor ends the member's other sessions, which are those of the other callers.
        if not row.ends and not row.rule.endswith("/second-factor/removal")
    ]
    wrong, sent = await ask_all(attacked, "alice" if who == "entitled" else who, requests)
    await _judge(attacked, wrong, sent, 50)


async def _with_header(target: bytes, row: Row, payload: Payload, caller: Caller) -> None:
    lines = payload.raw.replace(b" + ", b"\r\n")
    body = b"" if row.method == "POST" else None
    got = await caller.ask(row.method, target, lines, body=body)
    if row.method == "POST" and payload.id in ("header-09", "header-10") and got is not None:
        assert got.status == 403, (row.path, payload.id)
    if payload.id == "header-01" and got is not None:
        assert got.status == 400, row.path


async def _post(target: bytes, fields: dict[str, bytes], *rest: object) -> None:
    *lines, caller = rest
    await caller.post(target, fields, *lines)


async def _ask(method: str, target: bytes, *rest: object) -> None:
    """`rest`: a header and a body, if there are any, and the caller."""
    *given, caller = rest
    await caller.ask(method, target, *given[:1], body=given[1] if len(given) > 1 else None)


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
# Hard answers come near their two seconds by design, so the machine is theirs; all others are far away.
PLACES_OF_PROOFS = [pytest.param(one, marks=pytest.mark.timed if one == "answers" else ()) for one in PROOFS]


@pytest.mark.parametrize("who", ["anonymous", "entitled"])
@pytest.mark.parametrize("where", PLACES_OF_PROOFS)
async def test_bad_inputs(attacked: Attacked, where: str, who: str) -> None:
    attacked.half = 0 if attacked.world.database.engine.dialect.name == "sqlite" else 1
    await PROOFS[where](attacked, who)


@pytest.mark.drill
@pytest.mark.parametrize("who", ["entitled", *CAST])
@pytest.mark.parametrize("where", PLACES_OF_PROOFS)
async def test_bad_inputs_of_every_role(attacked: Attacked, where: str, who: str) -> None:
    attacked.files = (GIVEN, OWN)
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

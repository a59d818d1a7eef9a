"""How often something may be done: the counters, the table, and what is answered beyond it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from quart import Quart, g

from mathsoc.config import Config
from mathsoc.errors import ConfigError, TooMany
from mathsoc.web import counters, limits, rights
from mathsoc.web.counters import Counters
from mathsoc.web.limits import LIMITS, Limit
from tests.live.fakes import true
from tests.support.valkey import Valkey
from tests.support.world import HTMX, World, already_signed_in, box_path

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest_asyncio.fixture(params=["memory", "redis", "unix"], loop_scope="session")
async def counting(request: pytest.FixtureRequest) -> AsyncIterator[Counters]:
    url = None
    if request.param != "memory":
        valkey = request.getfixturevalue("valkey")
        valkey.flush()
        url = valkey.url if request.param == "redis" else valkey.unix_url
    made = Counters(url)
    yield made
    await made.close()


async def test_of_many_at_once_exactly_as_many_pass_as_may(counting: Counters) -> None:
    for _ in range(5):
        passed = await asyncio.gather(*[counting.add("a", "alice", 7, 60) for _ in range(50)])
        assert Counter(passed) == {True: 7, False: 43}
        await counting.clear("a", "alice", 7, 60)


async def test_names_and_people_are_counted_apart(counting: Counters) -> None:
    assert await counting.add("a", "alice", 1, 60)
    assert await counting.add("a", "bob", 1, 60)
    assert await counting.add("b", "alice", 1, 60)
    assert not await counting.add("a", "alice", 1, 60)


async def test_a_window_ends_and_one_that_was_given_back_is_free_again(counting: Counters) -> None:
    assert await counting.add("a", "alice", 1, 1)
    left, seconds = await counting.left("a", "alice", 1, 1)
    assert left == 0 and 0 <= seconds <= 1
    await counting.add("a", "alice", 1, 1, cost=-1)
    assert await counting.add("a", "alice", 1, 1)
    assert not await counting.add("a", "alice", 1, 1)
    await true(lambda: counting.add("a", "alice", 1, 1), 5)


async def test_two_processes_count_together_and_close_their_connections(valkey: Valkey) -> None:
    valkey.flush()
    both = [Counters(valkey.url), Counters(valkey.url)]
    passed = await asyncio.gather(*[both[n % 2].add("a", "alice", 10, 60) for n in range(100)])
    assert Counter(passed)[True] == 10
    assert all(key.startswith(b"mathsoc:") for key in valkey.names())
    assert 0 < valkey.connections() <= 2 * counters.CONNECTIONS
    for one in both:
        await one.close()
    await true(lambda: not valkey.connections(), 5)


async def test_while_redis_is_away_this_process_counts(
    valkey: Valkey, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    valkey.flush()
    monkeypatch.setattr(counters, "AWAY", 0.05)
    counting = Counters(valkey.url)
    assert await counting.add("a", "alice", 3, 60)
    valkey.kill()
    try:
        passed = await asyncio.gather(*[counting.add("a", "alice", 3, 60) for _ in range(20)])
        assert Counter(passed) == {True: 3, False: 17}
        await asyncio.sleep(0.1)
        assert (await counting.left("a", "alice", 3, 60))[0] == 0
        assert caplog.text.count("Redis does not answer") == 1, "one line for one outage"
    finally:
        valkey.start()

    async def counted_there() -> bool:
        await counting.add("a", "alice", 3, 60)
        return bool(valkey.names())

    await true(counted_there, 5)
    assert "Redis answers again" in caplog.text
    await counting.close()


@pytest.mark.timed
async def test_a_redis_that_hangs_holds_nobody_up_for_long(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "REDIS_WITHIN", 0.1)

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    silent = await asyncio.start_server(never, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    counting = Counters(f"redis://127.0.0.1:{port}")
    began = time.monotonic()
    passed = await asyncio.gather(*[counting.add("a", "alice", 3, 60) for _ in range(50)])
    assert Counter(passed)[True] == 3
    assert time.monotonic() - began < 3
    await counting.close()
    silent.close()


def test_an_address_of_redis_that_cannot_be_read_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="REDIS_URL"):
        Counters("redis://127.0.0.1:port")


async def test_old_windows_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = counters.Memory()
    now = time.time()
    for number in range(1_000):
        await memory.incr(f"a{number}", 60)
    monkeypatch.setattr(counters.time, "time", lambda: now + 120)
    await memory.incr("b", 60)
    assert len(memory) == 1


# The table and the guard


@one_database
def test_a_rule_that_changes_something_without_a_row_stops_the_start(app: Quart) -> None:
    limits.check_complete(app)
    bare = Quart("bare")
    bare.add_url_rule("/read", "read", lambda: "")
    limits.check_complete(bare)
    bare.add_url_rule("/new", "new", lambda: "", methods=["POST"])
    with pytest.raises(LookupError, match="new"):
        limits.check_complete(bare)


@one_database
def test_the_table_speaks_of_rules_that_are_there(app: Quart) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert LIMITS.keys() | limits.FREE.keys() <= known
    assert not LIMITS.keys() & limits.FREE.keys()
    assert all(limits.FREE.values()), "each with its reason"
    assert "live.live" in LIMITS


def test_a_whole_school_behind_one_address_passes() -> None:
    """1,500 phones: each is counted for itself once signed in; until then the address lets all through."""
    assert LIMITS["live.live"][0].address >= 1_500
    assert limits.BUCKETS["login-address"][0] >= 1_500
    assert LIMITS["submissions.send"][0].member >= 20


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, rate_scale=1.0)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint in ("live.live", "submissions.send", "submissions.reading", "maths_api.validate"):
        monkeypatch.setitem(LIMITS, endpoint, (Limit(member=2, address=3),))


@one_database
@pytest.mark.usefixtures("few")
async def test_a_member_is_counted_for_oneself_and_reading_pages_is_free(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice, bob, carol = [await already_signed_in(app, world, name) for name in ("alice", "bob", "carol")]
    sent = [await alice.post(box_path(challenge), form={"answer": f"x+{n}"}) for n in range(3)]
    assert [one.status_code for one in sent] == [200, 200, 429]
    assert len(await world.attempts_of("alice")) == 2, "no attempt is used by what was refused"
    assert (await bob.post(box_path(challenge), form={"answer": "x"})).status_code == 200
    assert (await carol.post(box_path(challenge, what="reading"), form={"answer": "x"})).status_code == 200
    for _ in range(10):
        assert (await alice.get("/challenges/squares")).status_code == 200
    other = await already_signed_in(app, world, "alice")
    assert (await other.post(box_path(challenge), form={"answer": "x"})).status_code == 429


@one_database
@pytest.mark.usefixtures("few")
async def test_what_is_answered_to_too_many(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    for _ in range(2):
        await alice.post(box_path(challenge), form={"answer": "x"})
    page = await alice.post(box_path(challenge), form={"answer": "x"})
    text = (await page.get_data()).decode()
    assert (
        page.status_code == 429
        and "A little slower" in text
        and "again in a moment. No attempt was used." in text
    )
    assert "<!doctype html>" in text and 1 <= int(page.headers["Retry-After"]) <= 60
    part = await alice.post(box_path(challenge), form={"answer": "x"}, headers=HTMX)
    assert part.status_code == 429 and (await part.get_data()).startswith(b'<div id="notice"')
    assert part.headers["HX-Retarget"] == "#notices" and part.headers["Retry-After"]

    monkeypatch.setitem(LIMITS, "profile.end_other_sessions", (Limit(member=1, address=1, seconds=600),))
    for _ in range(2):
        page = await alice.post("/profile/sessions/endings")
    text = (await page.get_data()).decode()
    assert page.status_code == 429 and re.search(r"You can try again at \d\d:\d\d\.", text)
    assert "attempt" not in text, "none is counted there"

    carol = await already_signed_in(app, world, "carol")
    for _ in range(3):
        reply = await carol.post("/api/math/validate", json={"answer": "x", "kind": "expression"})
    assert reply.status_code == 429 and reply.mimetype == "application/problem+json"
    assert json.loads(await reply.get_data())["status"] == 429 and reply.headers["Retry-After"]

    client = app.test_client()
    replies = [await client.get("/live?topics=nothing") for _ in range(4)]
    assert [one.status_code for one in replies] == [404, 404, 404, 429]
    assert (await replies[-1].get_data(), replies[-1].headers["hx-reswap"]) == (b"", "none")
    assert int(replies[-1].headers["Retry-After"]) >= 1


@one_database
@pytest.mark.usefixtures("few")
async def test_1500_members_behind_one_address_send_and_stream(app: Quart, world: World) -> None:
    """The guard alone, asked as each of them would; none of them meets another's count."""
    for path, method in (
        ("/live?topics=board:ladder:ks4", "GET"),
        ("/challenges/a/boxes/b/attempts", "POST"),
    ):
        for number in range(1_500):
            async with app.test_request_context(path, method=method) as context:
                context.match_request()
                g.viewer = replace(world.viewer("alice"), id=number)
                await limits._count()
        with pytest.raises(TooMany):
            async with app.test_request_context(path, method=method) as context:
                context.match_request()
                g.viewer = replace(world.viewer("alice"), id=7)
                await limits._count()
                await limits._count()


@one_database
async def test_buckets(app: Quart) -> None:
    async with app.app_context():
        for _ in range(5):
            assert not await limits.seen("code", "alice@northfield.example")
            assert await limits.take("code", "alice@northfield.example")
        assert await limits.seen("code", "alice@northfield.example")
        assert await limits.take("code", "bob")
        with pytest.raises(TooMany) as raised:
            await limits.must_take("code", "alice@northfield.example")
        assert 290 <= raised.value.retry_after <= 300
        await limits.clear("code", "alice@northfield.example")
        await limits.must_take("code", "alice@northfield.example")
        await limits.refund("code", "alice@northfield.example")
        assert not await limits.seen("code", "alice@northfield.example")


@one_database
async def test_nobody_can_be_read_from_a_key(app: Quart) -> None:
    limiter = app.extensions["limiter"]
    key = limiter.key("alice@northfield.example", "192.0.2.1")
    assert "alice" not in key and len(key) == 32
    assert key != limiter.key("alice@northfield.example192.0.2.1")
    other = limits.Limiter(replace(app.settings, secret_key="another"))  # type: ignore[attr-defined]
    assert key != other.key("alice@northfield.example", "192.0.2.1")


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("<local>", "<local>"),
    ],
)
def test_an_address_that_one_client_may_change_at_will_is_its_network(given: str, counted: str) -> None:
    assert limits.counted_as(given) == counted


def test_every_limited_rule_has_its_right() -> None:
    assert LIMITS.keys() <= rights.RIGHTS.keys()

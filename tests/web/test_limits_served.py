"""Limits where several processes serve: counted together through a real Redis-compatible server."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import httpx
import pytest

from mathsoc import server as launcher
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.web.limits import BUCKETS
from tests.live.fakes import true
from tests.support.serving import Server
from tests.support.valkey import Valkey
from tests.support.world import World

postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def wrong_log_ins(server: Server, email: str, count: int) -> list[httpx.Response]:
    """At once, each on a connection of its own, so that both processes get some."""

    async def one(number: int) -> httpx.Response:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            return await client.post("/login", data={"email": email, "password": f"wrong password {number}"})

    return list(await asyncio.gather(*[one(number) for number in range(count)]))


@pytest.mark.timed
@postgres_only
async def test_fifty_log_ins_at_once_against_two_processes(
    world: World, database_url: str, server, valkey: Valkey
) -> None:
    """Ten passwords are looked at, and the one of this minute that follows them."""
    valkey.flush()
    serving = await server(database_url, "--workers=2", RATE_SCALE="1", REDIS_URL=valkey.url)
    slow, within = BUCKETS["login-slow"]
    allowed = BUCKETS["login-pair"][0] + slow
    assert (slow, allowed) == (1, 11)
    replies = await wrong_log_ins(serving, "alice@northfield.example", 50)
    assert Counter(one.status_code for one in replies) == {422: allowed, 429: 50 - allowed}
    assert "Redis does not answer" not in serving.logs()
    refused = [one for one in replies if one.status_code == 429]
    assert all(1 <= int(one.headers["Retry-After"]) <= within == 60 for one in refused)
    assert valkey.names() and not any(b"alice" in name for name in valkey.names())
    # Somebody else behind the same address is not held up, nor is anybody whose answer is right elsewhere.
    assert (await wrong_log_ins(serving, "bob@eastgate.example", 1))[0].status_code == 422


@postgres_only
async def test_redis_is_killed_in_the_middle_and_everything_still_answers(
    world: World, database_url: str, server, valkey: Valkey
) -> None:
    valkey.flush()
    serving = await server(database_url, "--workers=2", RATE_SCALE="1000", REDIS_URL=valkey.url)
    half = asyncio.create_task(wrong_log_ins(serving, "alice@northfield.example", 20))
    await asyncio.wait([half], timeout=0.1)
    valkey.kill()
    try:
        replies = await half + await wrong_log_ins(serving, "bob@eastgate.example", 10)
        assert Counter(one.status_code for one in replies) == {422: 30}
        assert 1 <= serving.logs().count("Redis does not answer") <= 2, "one line for each process"
    finally:
        valkey.start()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("workers", "redis_url", "lines"), [(2, None, 1), (1, None, 0), (2, "redis://a", 0)])
def test_several_processes_that_count_alone_say_so(
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    workers: int,
    redis_url: str | None,
    lines: int,
) -> None:
    class Nobody:
        def __init__(self, *_given: object) -> None: ...

        def run(self, _ready: object) -> int:
            return 0

    monkeypatch.setattr(launcher, "Workers", Nobody)
    monkeypatch.setattr(launcher, "_serve_here", lambda *_given: 0)
    monkeypatch.setattr(launcher.logs, "set_up", lambda **_given: None)
    launcher.run(create_app, replace(config, redis_url=redis_url), "127.0.0.1", 0, workers)
    assert caplog.text.count("without REDIS_URL") == lines


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_connections_to_redis_end_with_the_application(
    world: World, config: Config, valkey: Valkey
) -> None:
    app = create_app(replace(config, redis_url=valkey.unix_url))
    async with app.test_app():
        assert (await app.test_client().post("/logout")).status_code == 303
        assert valkey.connections() == 1
    await true(lambda: not valkey.connections(), 5)

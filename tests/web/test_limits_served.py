"""Limits where several processes serve: counted together through a real Redis-compatible server."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from mathsoc.web.limits import BUCKETS
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


@postgres_only
async def test_fifty_log_ins_at_once_against_two_processes(
    world: World, database_url: str, server, valkey: Valkey
) -> None:
    valkey.flush()
    serving = await server(database_url, "--workers=2", RATE_SCALE="1", REDIS_URL=valkey.url)
    allowed, within = BUCKETS["login-pair"]
    replies = await wrong_log_ins(serving, "alice@northfield.example", 50)
    assert Counter(one.status_code for one in replies) == {422: allowed, 429: 50 - allowed}
    refused = [one for one in replies if one.status_code == 429]
    assert all(within - 60 <= int(one.headers["Retry-After"]) <= within for one in refused)
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


async def test_several_processes_that_count_alone_say_so(postgres_url: str, server) -> None:
    serving = await server(postgres_url, "--workers=2")
    assert serving.logs().count("without REDIS_URL") == 1


async def test_connections_to_redis_end_with_the_server(postgres_url: str, server, valkey: Valkey) -> None:
    serving = await server(postgres_url, REDIS_URL=valkey.unix_url)
    async with httpx.AsyncClient(base_url=serving.url) as client:
        assert (await client.post("/logout")).status_code == 303
    assert valkey.connections() == 1
    code, _ = await serving.stop()
    assert code == 0 and valkey.connections() == 0
    assert "Unclosed" not in serving.logs() and "Traceback" not in serving.logs()

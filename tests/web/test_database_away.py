"""A database that is locked or held up: say so, lose nothing, go on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

import httpx
import pytest
from quart import Quart

from mathsoc.db import Database
from tests.support.serving import Server
from tests.support.world import World, already_signed_in, box_path, build


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_locked_database_is_a_moments_patience(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    locker = sqlite3.connect(world.database.url.partition("//")[2], isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    reply = await alice.post(box_path(challenge), form={"answer": "x^2/2"})
    assert reply.status_code == 503 and reply.headers["Retry-After"]
    assert (await alice.get("/challenges/squares")).status_code == 200, "readers go on"
    locker.execute("ROLLBACK")
    locker.close()
    assert (await alice.post(box_path(challenge), form={"answer": "x^2/2"})).status_code == 200


async def test_forms_that_never_arrive_hold_no_connection(
    server: Callable[..., Awaitable[Server]], database_url: str
) -> None:
    database = Database(database_url)
    world = await build(database)
    challenge = await world.add_challenge("squares")
    running = await server(database_url)
    head = (
        f"POST {box_path(challenge)} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nContent-Length: 9\r\n\r\n"
    )
    held = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(60)]
    for _, writer in held:
        writer.write(head.encode())
        await writer.drain()
    async with httpx.AsyncClient(base_url=running.url, timeout=2) as somebody:
        for _ in range(5):
            assert (await somebody.get("/challenges")).status_code == 200
    for _, writer in held:
        writer.close()
    await database.close()

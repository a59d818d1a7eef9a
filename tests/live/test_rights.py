"""Open streams of the real application end within five seconds of the rights they were opened with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from mathsoc.db import Database
from tests.support.serving import Server
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.timed
WITHIN = 5.0
TOPIC = "/live?topics=board:ladder:ks4"

CHANGES = {
    "role": "UPDATE members SET role = 'editor' WHERE id = :member",
    "state": "UPDATE members SET state = 'suspended' WHERE id = :member",
    "session": "UPDATE sessions SET ended_at = created_at WHERE member_id = :member",
    "idle": "UPDATE sessions SET seen_at = :long_ago WHERE member_id = :member",
}


class Watcher:
    """One open stream: `closed` once the server has ended it properly."""

    def __init__(self, response: httpx.Response) -> None:
        self.begun = asyncio.Event()
        self.closed = asyncio.create_task(self._read(response))

    async def _read(self, response: httpx.Response) -> None:
        async for _ in response.aiter_bytes():
            self.begun.set()


@asynccontextmanager
async def watching(server: Server, cookies: httpx.Cookies | None, count: int) -> AsyncIterator[list[Watcher]]:
    """So many streams, each on a connection of its own, that have sent something."""
    async with AsyncExitStack() as stack:
        watchers = []
        for _ in range(count):
            client = httpx.AsyncClient(base_url=server.url, cookies=cookies, timeout=30)
            await stack.enter_async_context(client)
            response = await stack.enter_async_context(client.stream("GET", TOPIC))
            assert response.status_code == 200
            watchers.append(Watcher(response))
            stack.callback(watchers[-1].closed.cancel)
        await asyncio.wait_for(asyncio.gather(*[one.begun.wait() for one in watchers]), 20)
        yield watchers


async def cookies_of(server: Server, world: World, name: str) -> httpx.Cookies:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        form = {"email": world.members[name].email, "password": PASSWORD}
        assert (await client.post("/login", data=form)).status_code == 303
        return client.cookies


async def test_a_plain_update_from_outside_ends_the_streams_of_that_member_alone(
    world: World, database: Database, server
) -> None:
    hashed = world.members["alice"].password_hash
    for what in CHANGES:
        await world.add_member(what, password_hash=hashed)
    serving = await server(database.url, *(() if database.sqlite else ("--workers=2",)))
    async with AsyncExitStack() as stack:
        ending, staying = [], []
        for who in (*CHANGES, "bob", None):
            cookies = await cookies_of(serving, world, who) if who else None
            streams = await stack.enter_async_context(watching(serving, cookies, 3))
            (ending if who in CHANGES else staying).extend(streams)
        async with database.writing() as session:
            for what, statement in CHANGES.items():
                values = {"member": world.members[what].id, "long_ago": moment(database, world)}
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
        _, open_still = await asyncio.wait([one.closed for one in ending], timeout=WITHIN)
        assert not open_still
        for one in ending:
            one.closed.result()  # ended properly, not cut
        assert not any(one.closed.done() for one in staying)


def moment(database: Database, world: World) -> Any:
    """A moment beyond every idle limit, as the driver of a plain statement takes it."""
    found = world.now - timedelta(days=20)
    return found.replace(tzinfo=None).isoformat(" ") if database.sqlite else found


async def test_changing_the_password_ends_the_streams_of_the_other_browsers(
    world: World, database: Database, server
) -> None:
    serving = await server(database.url)
    here, there = [await cookies_of(serving, world, "alice") for _ in range(2)]
    async with watching(serving, there, 1) as streams:
        async with httpx.AsyncClient(base_url=serving.url, cookies=here, timeout=30) as client:
            new = "another correct horse of mine"
            form = {"current_password": PASSWORD, "new_password": new}
            assert (await client.post("/profile/password", data=form)).status_code == 303
        await asyncio.wait_for(streams[0].closed, WITHIN)

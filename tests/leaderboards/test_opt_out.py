"""Whoever opts out of leaderboards is gone from every page, fragment and open stream, and moves nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc.scoring import audit
from mathsoc.scoring.models import Award
from tests.accounts.browsers import logged
from tests.leaderboards.test_views import rows
from tests.support.world import HTMX, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

BOARD = "/leaderboards/ladder?stage=ks4"
BOARDS = {None: BOARD, "bob": BOARD, "ada": BOARD, "dan": "/leaderboards/cup?stage=ks4"}


async def text(client: TestClientProtocol, path: str, **given: Any) -> str:
    return (await (await client.get(path, **given)).get_data()).decode()


async def shown(client: TestClientProtocol, wanted: str) -> str:
    reply = await client.post("/profile/boards", form={"shown": wanted})
    assert reply.status_code == 303
    return reply.headers["Location"]


class Stream:
    """An open stream in this process; `newest` is the last event that came whole."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.body = b""

    async def until(self, holds: bool, words: bytes) -> None:
        """Wait for an event in which these words stand, or stand no more."""
        async with asyncio.timeout(20):
            while b"data:" not in self.newest or (words in self.newest) is not holds:
                self.body += await self.connection.receive()

    @property
    def newest(self) -> bytes:
        whole = self.body.rpartition(b"\n\n")[0].split(b"\n\n")
        return next((one for one in reversed(whole) if b"data:" in one), b"")


@asynccontextmanager
async def stream(client: TestClientProtocol, topic: str) -> AsyncIterator[Stream]:
    connection = client.request(f"/live?topics={topic}")
    await connection.__aenter__()
    await connection.send_complete()
    yield Stream(connection)
    await connection.disconnect()


async def scored(app: Quart, world: World) -> dict[str | None, TestClientProtocol]:
    """Alice leads on two boards, before Bob of another school and Dan; Ada sees real names."""
    await world.add_member("dan")
    for points, name in ((5, "alice"), (3, "bob"), (2, "dan")):
        for competition in ("ladder", "cup"):
            await world.give(name, points, competition=competition)
    clients = {name: await already_signed_in(app, world, name) for name in ("alice", "bob", "ada", "dan")}
    return {**clients, None: app.test_client()}


async def test_gone_from_every_page_fragment_and_api_and_back_again(app: Quart, world: World) -> None:
    clients = await scored(app, world)
    alice, handle = clients["alice"], world.members["alice"].handle
    seen = {who: rows(await text(clients[who], path)) for who, path in BOARDS.items()}
    assert seen[None] == [(1, "Display Alice", 5), (2, "Display Bob", 3), (3, "Display Dan", 2)]

    assert await shown(alice, "no") == "/profile?notice=hidden"
    for who, path in BOARDS.items():
        for headers in ({}, HTMX):
            board = await text(clients[who], path, headers=headers)
            assert handle not in board and "Alice" not in board, who
            assert [place for place, _, _ in rows(board)] == [1, 2], "the others move up"
    assert (await clients["bob"].get(f"/members/{handle}")).status_code == 404
    assert "You: 1st" in await text(clients["bob"], "/leaderboards/ladder/place?stage=ks4")
    own = await text(alice, BOARD)
    assert "You: not on the board" in own and "5 points" in own
    assert handle not in own.replace(f'data-me="{handle}"', "")
    for path in ("/", "/challenges", "/competitions", "/competitions/ladder", "/api/openapi.json"):
        assert handle not in await text(clients["bob"], path)
    assert "Real Alice" in await text(clients["ada"], "/console/members.csv"), "staff still look after her"

    assert await shown(alice, "yes") == "/profile?notice=shown"
    assert {who: rows(await text(clients[who], path)) for who, path in BOARDS.items()} == seen
    assert (await clients["bob"].get(f"/members/{handle}")).status_code == 200
    done = [row[:3] for row in await logged(world.database) if row[0] == "hidden"]
    assert done == [("hidden", world.members["alice"].id, world.members["alice"].id)] * 2


async def test_open_streams_of_others_lose_the_row_and_get_it_back(app: Quart, world: World) -> None:
    clients = await scored(app, world)
    row = f'id="row-{world.members["alice"].handle}"'.encode()
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(stream(clients[who], topic))
            for who, topic in ((None, "board:ladder:ks4"), ("bob", "board:cup:ks4"), ("ada", "board:cup:ks4"))
        ]
        for wanted in ("yes", "no", "yes"):
            await shown(clients["alice"], wanted)
            await asyncio.gather(*[one.until(wanted == "yes", row) for one in streams])


async def test_points_won_meanwhile_show_nowhere_and_the_school_keeps_them_all(
    app: Quart, world: World
) -> None:
    """The league of schools is the sum of the ledger, which an opt-out does not touch."""
    clients = await scored(app, world)

    async def of_the_ledger() -> int | None:
        async with world.database.reading() as session:
            return await session.scalar(select(func.sum(Award.points)))

    before = await of_the_ledger()
    await shown(clients["alice"], "no")
    assert await of_the_ledger() == before
    await world.give("alice", 4, stage="ks3")
    await world.give("alice", 4)
    for stage in ("ks3", "ks4"):
        assert "Alice" not in await text(clients[None], f"/leaderboards/ladder?stage={stage}")
    async with world.database.reading() as session:
        assert await audit.check(session) == []
    await shown(clients["alice"], "yes")
    assert (1, "Display Alice", 9) in rows(await text(clients[None], BOARD))
    async with world.database.reading() as session:
        assert await audit.check(session) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_for_oneself(app: Quart, world: World) -> None:
    """There is no field for anybody else; the public is refused; a word that is neither changes nothing."""
    clients = await scored(app, world)
    form = {"shown": "no", "handle": world.members["alice"].handle}
    assert (await clients["bob"].post("/profile/boards", form=form)).status_code == 303
    assert (await clients[None].post("/profile/boards", form=form)).status_code == 403
    assert await shown(clients["dan"], "perhaps") == "/profile"
    assert rows(await text(clients[None], BOARD)) == [(1, "Display Alice", 5), (2, "Display Dan", 2)]

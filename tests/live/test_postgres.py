"""Several processes on one PostgreSQL: hints, lost hints, lost links."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from mathsoc.live.postgres import PostgresBridge
from tests.live.fakes import true
from tests.live.process import Toy
from tests.support.run import Run

pytestmark = pytest.mark.timed

StartToy = Callable[..., Awaitable[Toy]]

CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()"
LISTENERS = f"{CUT} and application_name = 'mathsoc live'"


class Listening:
    """A hub that writes down what the bridge tells it."""

    def __init__(self, *topics: str) -> None:
        self.topics = list(topics)
        self.hints: list[str] = []
        self.read: dict[str, int] = {}

    def hint(self, topic: str) -> None:
        self.hints.append(topic)

    def watched(self) -> list[str]:
        return self.topics

    def moved(self, versions: Mapping[str, int]) -> None:
        self.read.update(versions)

    async def read_versions(self, topics: Collection[str]) -> Mapping[str, int]:
        raise AssertionError("the bridge reads on its own connection")


@asynccontextmanager
async def bridged(url: str, *topics: str, **given: float) -> AsyncIterator[tuple[PostgresBridge, Listening]]:
    hub = Listening(*topics)
    bridge = PostgresBridge(url, **given)
    await bridge.start(hub)
    try:
        if topics:
            await true(lambda: bool(hub.read))
        yield bridge, hub
    finally:
        await bridge.stop()


async def sql(url: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


def name_of(url: str) -> str:
    return urlsplit(url).path.strip("/")


MOVE = """insert into live_topics values ($1, 1)
on conflict (topic) do update set version = live_topics.version + 1"""


async def test_a_hint_reaches_the_others_coalesced_and_not_oneself(postgres_url: str) -> None:
    async with (
        bridged(postgres_url, "board:x") as (here, own),
        bridged(postgres_url, "board:x") as (_, other),
    ):
        for _ in range(200):
            here.notify({"board:a"})
        here.notify({"board:b"})
        await true(lambda: "board:b" in other.hints)
        for number in range(20):
            here.notify({f"board:{number}"})
            await asyncio.sleep(0.005)
        await true(lambda: "board:19" in other.hints)
        assert other.hints.count("board:a") <= 2
        assert own.hints == []


async def test_a_version_that_moved_without_a_hint_is_read(postgres_url: str) -> None:
    async with bridged(postgres_url, "board:a") as (_, hub):
        await sql(postgres_url, MOVE, "board:a")
        await true(lambda: hub.read["board:a"] == 1, 5.0)
        assert hub.hints == []


class Relay:
    """A TCP relay to the database whose existing connections can be frozen: open, and silent."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.flowing = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.opened = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        flowing = self.flowing
        there = await asyncio.open_connection(*self.target)
        for source, sink in ((reader, there[1]), (there[0], writer)):
            self.tasks.append(asyncio.create_task(self.pump(source, sink, flowing)))

    async def pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, flowing: asyncio.Event
    ) -> None:
        while data := await source.read(65536):
            await flowing.wait()
            sink.write(data)
        sink.close()

    def freeze(self) -> None:
        """Freeze what is open; a connection made from now on flows."""
        self.flowing.clear()
        self.flowing = asyncio.Event()
        self.flowing.set()


async def test_a_frozen_link_is_noticed_and_replaced(postgres_url: str) -> None:
    relay = Relay(postgres_url)
    relay.flowing.set()
    server = await asyncio.start_server(relay.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    through = postgres_url.replace(f":{relay.target[1]}/", f":{port}/")
    try:
        async with bridged(through, "board:a", reread=1.0, answer=1.0) as (_, hub):
            assert relay.opened == 1
            relay.freeze()
            await sql(postgres_url, MOVE, "board:a")
            await true(lambda: hub.read["board:a"] == 1, 5.0)
    finally:
        server.close()
        for task in relay.tasks:
            task.cancel()


async def test_two_processes_show_each_others_changes(toy: StartToy, postgres_url: str) -> None:
    one, two = await asyncio.gather(toy(postgres_url), toy(postgres_url))
    streams = [await one.stream("count:a"), await two.stream("count:a")]
    for stream in streams:
        await stream.until("<b>0</b>")
    for number, server in enumerate((one, two), start=1):
        await asyncio.sleep(1.0)  # past the pause after a value, so that this is a first change again
        began = time.monotonic()
        await server.ask("POST", "/count/a")
        for stream in streams:
            await stream.until(f"<b>{number}</b>")
        assert time.monotonic() - began < 1.0
    for stream in streams:
        assert stream.text.count("data: ") == 3, "0, 1 and 2, each once"
        stream.close()


async def test_a_killed_listener_catches_up_and_hears_again(toy: StartToy, postgres_url: str) -> None:
    one, two = await asyncio.gather(toy(postgres_url), toy(postgres_url))
    stream = await two.stream("count:a")
    await stream.until("<b>0</b>")
    await sql(postgres_url, LISTENERS, name_of(postgres_url))
    began = time.monotonic()
    await one.ask("POST", "/count/a")
    await stream.until("<b>1</b>")
    assert time.monotonic() - began < 5.0
    await asyncio.sleep(1.0)
    began = time.monotonic()
    await one.ask("POST", "/count/a")
    await stream.until("<b>2</b>")
    assert time.monotonic() - began < 1.0
    stream.close()


@pytest.mark.parametrize("away", [1.5])
async def test_a_restart_of_the_database_is_survived(
    toy: StartToy, postgres_url: str, run: Run, away: float
) -> None:
    """Nobody can connect, every connection is cut; then the database is back."""
    one, two = await asyncio.gather(toy(postgres_url), toy(postgres_url))
    stream = await two.stream("count:a")
    await stream.until("<b>0</b>")
    name = name_of(postgres_url)
    await asyncio.to_thread(run.postgres.execute, f"alter database {name} allow_connections false")
    await sql(run.postgres.admin_url(), CUT, name)
    await asyncio.sleep(away)
    await asyncio.to_thread(run.postgres.execute, f"alter database {name} allow_connections true")
    began = time.monotonic()
    reply = await one.ask("POST", "/count/a")
    assert reply.startswith("HTTP/1.1 200")
    await stream.until("<b>1</b>")
    assert time.monotonic() - began < 5.0
    assert two.process.returncode is None
    stream.close()

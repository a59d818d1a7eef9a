"""Hints between processes through PostgreSQL: LISTEN and NOTIFY on one connection outside the pool.

A notification can be lost (a dead link, a restart), so the connection also re-reads the versions of topics
on show every few seconds; the same query is its heartbeat, since a frozen link calls nothing back.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from mathsoc.live.bridge import Listener

CHANNEL = "mathsoc_live"
REREAD = 2.0  # seconds between two re-reads
ANSWER = 2.0  # seconds in which the database must answer; with REREAD, a frozen link costs under five
CONNECT = 3.0  # seconds for a new connection
COALESCE = 0.05  # seconds between two notifications: commits serialise on them inside PostgreSQL
BACKOFF = (0.1, 2.0)  # seconds: the first and the longest pause before connecting again

# asyncpg's parameters; what else stands in a SQLAlchemy URL speaks to its dialect.
DIALECT_ONLY = ("async_fallback", "async_creator_fn", "prepared_statement_cache_size")

log = logging.getLogger(__name__)


class PostgresBridge:
    """Carries topics between processes that share a PostgreSQL database; lives through its restarts.

    `url` is the SQLAlchemy URL of that database.
    """

    def __init__(self, url: str, *, reread: float = REREAD, answer: float = ANSWER) -> None:
        self._url = make_url(url)
        self._reread = reread
        self._answer = answer
        self._pending: set[str] = set()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, hub: Listener) -> None:
        self._task = asyncio.create_task(self._run(hub))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def notify(self, topics: Collection[str]) -> None:
        """Send these topics soon, on the bridge's own connection and outside any transaction."""
        self._pending.update(topics)
        self._woken.set()

    async def _run(self, hub: Listener) -> None:
        pause = BACKOFF[0]
        while True:
            connection = None
            try:
                connection = await self._connect()
                await self._follow(connection, hub)
                log.info("the live link to PostgreSQL stands")
                pause = BACKOFF[0]
                await self._carry(connection, hub)
            except Exception:
                # Named or not, no failure of the link may end it for good; the versions tell what was missed.
                log.exception("the live link to PostgreSQL is down; connecting again")
            finally:
                if connection is not None:
                    connection.terminate()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, BACKOFF[1])

    async def _connect(self) -> asyncpg.Connection[Any]:
        _, options = self._url.get_dialect()().create_connect_args(self._url)
        for name in DIALECT_ONLY:
            options.pop(name, None)
        # A hint need not reach the disk, and waiting for that would hold up every other notifier.
        settings = {"synchronous_commit": "off", "application_name": "mathsoc live"}
        return await asyncpg.connect(**options, timeout=CONNECT, server_settings=settings)

    async def _follow(self, connection: asyncpg.Connection[Any], hub: Listener) -> None:
        own = connection.get_server_pid()

        def heard(_connection: object, sender: int, _channel: str, topic: object) -> None:
            if sender != own:  # this process has told its own streams already
                hub.hint(str(topic))

        async with asyncio.timeout(self._answer):
            await connection.add_listener(CHANNEL, heard)
        connection.add_termination_listener(lambda _connection: self._woken.set())

    async def _carry(self, connection: asyncpg.Connection[Any], hub: Listener) -> None:
        """Send and re-read, one at a time, until the link is lost. Raises what the link raises."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not connection.is_closed():
            if loop.time() >= due:
                await self._compare(connection, hub)
                due = loop.time() + self._reread
            if self._pending:
                await self._send(connection)
                await asyncio.sleep(COALESCE)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(due - loop.time()):
                    await self._woken.wait()
            self._woken.clear()
        raise ConnectionResetError("PostgreSQL ended the connection")

    async def _compare(self, connection: asyncpg.Connection[Any], hub: Listener) -> None:
        topics = hub.watched()
        rows = await connection.fetch(
            "select topic, version from live_topics where topic = any($1::text[])",
            topics,
            timeout=self._answer,
        )
        hub.moved(dict.fromkeys(topics, 0) | {row["topic"]: row["version"] for row in rows})

    async def _send(self, connection: asyncpg.Connection[Any]) -> None:
        topics, self._pending = self._pending, set()
        try:
            await connection.execute(
                "select pg_notify($1, topic) from unnest($2::text[]) as topic",
                CHANNEL,
                sorted(topics),
                timeout=self._answer,
            )
        except BaseException:
            self._pending |= topics
            raise

"""Real PostgreSQL for tests: one server for the whole run, and a database of its own for each test.

`TEST_DATABASE_URL` names another server to use; its user must be allowed to create databases.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from mathsoc import config, schema
from tests.support import postgres_keeper
from tests.support.isolation import alone

OURS = re.compile(r"mathsoc_test_[0-9a-f]{16}")


class NotOurs(AssertionError):
    """A test was about to touch a database that this run did not make."""


class Postgres:
    """The server of this run; `run` is the run's folder."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.created = run / "postgres-databases"

    def admin_url(self) -> str:
        """The URL to create databases by; the first process that asks starts the server."""
        known = self.run / "postgres-url"
        with alone(self.run / "postgres.lock"):
            if not known.exists():
                given = os.environ.get("TEST_DATABASE_URL")
                if given:
                    waiting(lambda: refuse_used(given))
                known.write_text(given or start_keeper(self.run))
        return known.read_text()

    def create(self, template: str | None = None) -> str:
        """A new database of a random name; gives its URL."""
        name = f"mathsoc_test_{secrets.token_hex(8)}"
        with alone(self.run / "postgres-databases.lock"), open(self.created, "a") as file:
            file.write(f"{name}\n")
        self.execute(
            f"CREATE DATABASE {name}" + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else "")
        )
        return self.url(name)

    def create_migrated(self) -> str:
        """A new database at the newest schema: a copy of one that was migrated once for the whole run."""
        note = self.run / "postgres-template"
        with alone(self.run / "postgres-template.lock"):
            if not note.exists():
                url = self.create()
                waiting(lambda: schema.upgrade(config.database_url(url)))
                note.write_text(urlsplit(url).path.strip("/"))
        return self.create(note.read_text())

    def drop(self, url: str) -> None:
        """Drop a database that this run made; any other is refused."""
        name = urlsplit(url).path.strip("/")
        if not OURS.fullmatch(name) or name not in self.created.read_text().split():
            raise NotOurs(f"{name!r} was not made by this run of the tests, so it is not dropped")
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def drop_all(self) -> None:
        """At the end of the run: the template, and what a crashed test left."""
        if self.created.exists() and (self.run / "postgres-url").exists():
            for name in self.created.read_text().split():
                self.drop(self.url(name))

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.admin_url())._replace(path=f"/{name}"))

    def execute(self, statement: str) -> None:
        url = self.admin_url()

        async def run() -> None:
            connection = await asyncpg.connect(url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        waiting(run)


def waiting(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run async work to its end from a fixture that is not async (and whose thread may own a loop)."""

    async def run() -> Any:
        return await work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


async def refuse_used(url: str) -> None:
    """TEST_DATABASE_URL must name an empty database: one with tables is somebody's."""
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        tables = await connection.fetchval(query)
    finally:
        await connection.close()
    if tables:
        name = urlsplit(url).path.strip("/")
        raise NotOurs(f"TEST_DATABASE_URL names {name!r}, which has {tables} tables; name an empty database")


def start_keeper(run: Path) -> str:
    """Start the keeper in a session of its own, so that Ctrl-C reaches pytest and not the server."""
    with open(run / "keeper.log", "w") as log:
        keeper = subprocess.Popen(
            [sys.executable, postgres_keeper.__file__, str(run)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    if not url:
        raise RuntimeError(f"PostgreSQL did not start: {(run / 'keeper.log').read_text()[-3000:]}")
    return url

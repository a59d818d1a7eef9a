"""A marking worker knows no secret, holds no connection, and reaches nobody."""

from __future__ import annotations

import ast
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from mathsoc.marking import Reading
from mathsoc.marking.pool import MarkingPool
from tests.marking import misbehave

NOTHING = Reading(True)


@pytest_asyncio.fixture(loop_scope="session")
async def pool(tmp_path: Path) -> AsyncIterator[MarkingPool]:
    """Started beside an open database and an open connection, as a server has them."""
    database = sqlite3.connect(tmp_path / "mathsoc.db")
    database.execute("CREATE TABLE members (name TEXT)")
    listener = socket.create_server(("127.0.0.1", 0))
    connection = socket.create_connection(listener.getsockname())
    pool = MarkingPool(1, warm=False)
    yield pool
    pool.stop()
    for one in (connection, listener, database):
        one.close()


async def test_every_way_out_of_a_worker_is_shut(pool: MarkingPool) -> None:
    verdict = await pool.run(NOTHING, misbehave.outside)
    assert (verdict.method, verdict.reason) == ("told", "[]")


async def test_a_worker_holds_no_database_and_no_connection(pool: MarkingPool) -> None:
    held = ast.literal_eval((await pool.run(NOTHING, misbehave.open_files)).reason)
    assert held and not [name for name in held if ".db" in name]
    # Its own way to the server is a pipe, or a socket without a name; the server's own are not among them.
    assert len([name for name in held if name.startswith("socket:")]) <= 1, held


async def test_the_environment_of_a_worker_is_empty(pool: MarkingPool) -> None:
    environ, _ = ast.literal_eval((await pool.run(NOTHING, misbehave.everything_in_the_environment)).reason)
    assert environ == {}

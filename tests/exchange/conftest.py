"""Fixtures of the tests of export and import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from mathsoc.config import database_url
from mathsoc.db import Database
from tests.exchange.content import Shelf
from tests.support.run import Run


@pytest_asyncio.fixture(loop_scope="session")
async def other(run: Run, tmp_path: Path, database: Database, to_drop: list[str]) -> AsyncIterator[Database]:
    """An empty database of the same kind."""
    if database.sqlite:
        url = run.sqlite(tmp_path / "other.db")
    else:
        to_drop.append(run.postgres.create_migrated())
        url = database_url(to_drop[-1])
    made = Database(url)
    yield made
    await made.close()


@pytest.fixture
def store() -> Shelf:
    return Shelf()

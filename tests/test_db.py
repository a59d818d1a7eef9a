"""Units of work."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InvalidRequestError

from mathsoc.db import Database


async def test_a_unit_that_has_ended_is_not_begun_again(database: Database) -> None:
    """A connection that is begun after the end would be given back by nobody."""
    async with database.reading() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    with pytest.raises(InvalidRequestError):
        await session.scalar(text("SELECT 1"))
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]

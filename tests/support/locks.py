"""Who waits for whom in PostgreSQL, for tests in which two must meet."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from mathsoc.db import Database

postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def waits_for_a_lock(database: Database) -> bool:
    """Whether a transaction of this test waits for what another holds."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
        " wait_event_type = 'Lock'"
    )
    async with database.reading() as session:
        return bool(await session.scalar(query))

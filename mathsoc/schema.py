"""The tables as migrations make them: bring a database to the newest schema, or say that it is not there.

Every process that starts may call `upgrade`; a lock lets one of them do the work.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from mathsoc.config import FILES
from mathsoc.db import Base, Database
from mathsoc.errors import ConfigError, MathsocError

# Every module that declares tables; a new slice with tables is added here and nowhere else.
MODEL_MODULES = (
    "mathsoc.jobs",
    "mathsoc.mail",
    "mathsoc.audit",
    "mathsoc.live.models",
    "mathsoc.schools.models",
    "mathsoc.members.models",
    "mathsoc.second_factor.models",
    "mathsoc.accounts.models",
    "mathsoc.setup.models",
    "mathsoc.slips.models",
    "mathsoc.reports.models",
    "mathsoc.uploads.models",
    "mathsoc.writing.models",
    "mathsoc.competitions.models",
    "mathsoc.challenges.models",
    "mathsoc.publishing.models",
    "mathsoc.mailings.models",
    "mathsoc.scoring.models",
    "mathsoc.submissions.models",
    "mathsoc.search.models",
)
FULL_TEXT = {("search_entries", "words"), ("search_entries", "ix_search_entries_words")}
LOCK = 0x6D617468736F63  # "mathsoc": names our advisory lock among others of the same server
WAIT_FOR_OTHERS = 120  # seconds that a process waits for another one's migration of a SQLite file


class Unreachable(MathsocError):
    """The database does not answer, or not to us."""


class BrokenReferences(MathsocError):
    """A migration of SQLite would leave rows that point to nothing; it was rolled back."""


def metadata() -> MetaData:
    """All our tables."""
    for name in MODEL_MODULES:
        importlib.import_module(name)
    return Base.metadata


def compared(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:
    """For Alembic: whether what a database has is to be among our tables too.

    Full text is no part of SQLAlchemy; what each database has for it stands in mathsoc/search/models.py.
    """
    if kind == "table":
        return not (name or "").startswith("search_index")
    return (parents.get("table_name"), name) not in FULL_TEXT


def heads() -> tuple[str, ...]:
    """The newest revisions among the files (one, unless two migrations were written side by side)."""
    return tuple(ScriptDirectory.from_config(_alembic()).get_heads())


def known() -> set[str]:
    """Every revision among the files."""
    return {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


async def current(url: str) -> tuple[str, ...]:
    """The revision that the database is at; empty before the first migration."""
    async with _transaction(url) as connection:
        return await connection.run_sync(_current)


async def at_head(url: str) -> bool:
    return set(await current(url)) == set(heads())


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to the revision, in one transaction; does nothing when it is there."""
    await _locked(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to the revision; `base` is before the first."""
    await _locked(url, lambda config: command.downgrade(config, revision))


async def revise(url: str, message: str, number: str) -> None:
    """Write the migration from the database's schema to the models' (for developers)."""
    await _locked(url, lambda config: command.revision(config, message, autogenerate=True, rev_id=number))


async def make_ready(url: str, *, upgrades: bool) -> None:
    """See to it that the database is at the newest schema, where `upgrades` allows it by bringing it there.

    Raises ConfigError, with one line for the operator, where it is and stays at another schema.
    """
    found = set(await current(url))
    if found == set(heads()):
        return
    if found - known():
        raise ConfigError("the database is of a newer mathsoc; use that, or restore an older backup.")
    if not upgrades:
        raise ConfigError("the database is not at the newest schema; run `mathsoc migrate` first.")
    await upgrade(url)


async def must_write_ahead(url: str) -> None:
    """Raises ConfigError for a SQLite file without a write-ahead log: readers would wait for writers."""
    if not url.startswith("sqlite"):
        return
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            mode = await connection.scalar(text("PRAGMA journal_mode"))
    finally:
        await database.close()
    if mode != "wal":
        raise ConfigError("the SQLite file of DATABASE_URL cannot have a write-ahead log where it is.")


def upgrade_now(url: str) -> None:
    """`upgrade` for callers without an event loop."""
    asyncio.run(upgrade(url))


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(FILES / "migrations").replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


async def _locked(url: str, work: Callable[[AlembicConfig], Any]) -> None:
    async with _transaction(url) as connection:
        await connection.run_sync(_work, work)
        await connection.commit()


def _work(connection: Connection, work: Callable[[AlembicConfig], Any]) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    config = _alembic()
    config.attributes["connection"] = connection
    work(config)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BrokenReferences(f"the migration would leave rows of {broken[0][0]} that point to nothing")


def _current(connection: Connection) -> tuple[str, ...]:
    return tuple(MigrationContext.configure(connection).get_current_heads())


@asynccontextmanager
async def _transaction(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction (on SQLite the only writing one), rolled back unless committed."""
    engine = create_async_engine(url, poolclass=NullPool)
    if url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
        event.listen(engine.sync_engine, "begin", _on_sqlite_begin)
    connection = engine.connect()
    try:
        await _begin(connection)
        yield connection
    finally:
        if connection.sync_connection is not None:
            await connection.close()
        await engine.dispose()


async def _begin(connection: AsyncConnection) -> None:
    url = connection.engine.url
    try:
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        await connection.start()
        await connection.begin()
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise Unreachable(f"the database of DATABASE_URL cannot be opened: {reason}") from error


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # Foreign keys are off here, unlike in db.py: SQLite's way to change a table is to make a new one and drop
    # the old, and a drop with the keys on would delete the rows that refer to it. _work checks at the end.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={WAIT_FOR_OTHERS * 1000}")
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    # The write lock, taken at once: whoever comes second waits, then finds the work done.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

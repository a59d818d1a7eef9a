"""The engine, the declarative base and the unit of work; no tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, event, make_url
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from mathsoc.errors import Busy

# Zeros are written over what is deleted; some builds of SQLite do so by themselves.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
)
# PostgreSQL's words for: could not be serialised, deadlock, lock not available.
GAVE_WAY = ("40001", "40P01", "55P03")
ROWS_AT_ONCE = 500  # of one statement: each value is a parameter, and databases count those
WRITER_WITHIN = 25.0  # seconds that a write waits for those before it on SQLite

Announcer = Callable[[frozenset[str]], Awaitable[None]]


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both databases (SQLite keeps no zone of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment(), dict[str, Any]: Json, list[str]: Json}


class Database:
    """The engine of one process; makes units of work.

    `announcer` is told, after each commit, which topics that commit announced.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        # A unit of work that has ended refuses to be used: a connection begun in it anew would be nobody's.
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False, close_resets_only=False)
        self.announcer: Announcer | None = None
        # SQLite lets one writer in at a time; queueing here is fairer and faster than its busy loop.
        self.writer = asyncio.Lock() if self.sqlite else None

    @property
    def sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def reading(self) -> UnitOfWork:
        """A unit of work that is rolled back at its end."""
        return UnitOfWork(self, writes=False)

    def writing(self) -> UnitOfWork:
        """A unit of work that commits once at its end, or rolls back when an error passes through."""
        return UnitOfWork(self, writes=True)

    async def write_anew(self) -> bool:
        """Write SQLite's file anew and empty its write-ahead log, so that no deleted text is left in either.

        Writers wait meanwhile. Returns False when somebody was still reading; raises Busy.
        """
        assert self.writer is not None, "only SQLite keeps deleted text for so long"
        try:
            await asyncio.wait_for(self.writer.acquire(), WRITER_WITHIN)
        except TimeoutError as error:
            raise Busy from error
        try:
            async with self.engine.connect() as connection:
                alone = await connection.execution_options(alone=True)
                await alone.exec_driver_sql("VACUUM")
                left = await alone.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                return not left.scalar()
        finally:
            self.writer.release()

    async def close(self) -> None:
        await self.engine.dispose()


class UnitOfWork:
    """One session, one commit; what was announced on it leaves after the commit."""

    def __init__(self, database: Database, *, writes: bool) -> None:
        self.database = database
        self.writes = writes
        # What is kept for other requests must know whether this one may yet be rolled back.
        self.session: AsyncSession = database.sessions(info={"writes": writes})
        self._holds_writer = False

    async def __aenter__(self) -> AsyncSession:
        await self.begin()
        return self.session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.finish(commit=self.writes and kind is None)

    async def begin(self) -> None:
        """Start the transaction; a writing one takes SQLite's write lock at once, not half way."""
        if self.writes and self.database.writer is not None:
            try:
                await asyncio.wait_for(self.database.writer.acquire(), WRITER_WITHIN)
            except TimeoutError as error:
                raise Busy from error
            self._holds_writer = True
        try:
            if self.writes and self.database.sqlite:
                await self.session.connection(execution_options={"writes": True})
        except BaseException:
            await self._release()
            raise

    async def finish(self, *, commit: bool) -> None:
        """Commit or roll back, give the connection back, then send what was announced."""
        try:
            # Without a commit, closing rolls back; an explicit rollback would also expire what was read.
            if commit:
                await self.session.commit()
        finally:
            await self._release()
        topics = frozenset(self.session.info.pop("announced", ()))
        if commit and topics and self.database.announcer is not None:
            await self.database.announcer(topics)

    async def _release(self) -> None:
        try:
            await self.session.close()
        finally:
            if self._holds_writer and self.database.writer is not None:
                self._holds_writer = False
                self.database.writer.release()


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
    if path := make_url(url).database:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
    event.listen(engine.sync_engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own implicit BEGIN comes too late and is never IMMEDIATE; ours is in _on_sqlite_begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("alone"):  # what runs in no transaction
        return
    writes = options.get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def gave_way(error: DBAPIError) -> bool:
    """Whether a transaction only met another one: nothing is broken, and tried again it passes."""
    locked = getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")
    return locked or getattr(error.orig, "sqlstate", None) in GAVE_WAY


async def insert_ignoring(
    session: AsyncSession, model: type[Base], values: dict[str, Any], unique: list[str]
) -> bool:
    """Insert a row unless its unique key is taken; says whether this call inserted it."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = (
        insert(model)
        .values(values)
        .on_conflict_do_nothing(index_elements=unique)
        .returning(*model.__table__.primary_key)
    )
    return (await session.execute(statement)).first() is not None


async def insert_or_update(
    session: AsyncSession, model: type[Base], values: dict[str, Any], unique: list[str]
) -> None:
    """Insert a row; one that its unique key names is given all of these values.

    One statement: a row that another transaction holds is waited for, and then overwritten as it has become.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    new = {name: value for name, value in values.items() if name not in unique}
    written = insert(model).values(values).on_conflict_do_update(index_elements=unique, set_=new)
    await session.scalars(written.returning(model).execution_options(populate_existing=True))


async def insert_all_ignoring(session: AsyncSession, model: type[Base], rows: list[dict[str, Any]]) -> int:
    """Insert those rows that are there by no unique key yet; says how many."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        chunk = insert(model).values(rows[start : start + ROWS_AT_ONCE]).on_conflict_do_nothing()
        inserted += len((await session.execute(chunk.returning(*model.__table__.primary_key))).all())
    return inserted


async def raise_count(session: AsyncSession, model: type[Base], unique: dict[str, Any], column: str) -> None:
    """Add one to a counter row, which is made if it is not there yet."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    await session.execute(
        insert(model)
        .values({**unique, column: 1})
        .on_conflict_do_update(index_elements=list(unique), set_={column: model.__table__.c[column] + 1})
    )

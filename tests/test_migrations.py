"""Migrations make exactly what the models say, on both databases, up and down."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mathsoc import config, schema
from mathsoc.db import Database
from tests.support.run import Run


@pytest.fixture
def empty_url(database_url: str, run: Run, tmp_path: Path) -> Iterator[str]:
    """A database without any table, of the same kind as `database_url`."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    url = run.postgres.create()
    yield config.database_url(url)
    run.postgres.drop(url)


async def look(url: str, question: Any) -> Any:
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(question)
    finally:
        await database.close()


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "compare_server_default": True, "include_name": schema.compared},
    )
    return compare_metadata(context, schema.metadata())


def catalogue(connection: Connection) -> dict[str, Any]:
    """Each table as the database itself describes it, checks and partial indexes included."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": {
                c["name"]: described(c, "default", "nullable", "type") for c in inspector.get_columns(table)
            },
            "key": plain(inspector.get_pk_constraint(table)),
            "foreign": by_name(inspector.get_foreign_keys(table)),
            "unique": by_name(inspector.get_unique_constraints(table)),
            "checks": by_name(inspector.get_check_constraints(table)),
            "indexes": by_name(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def by_name(things: list[Any]) -> dict[str, str]:
    return {str(thing["name"]): plain(thing) for thing in things}


def plain(value: Any) -> str:
    """In words that can be compared: the predicate of a partial index is an object."""
    if isinstance(value, dict):
        return str(sorted((str(name), plain(each)) for name, each in value.items()))
    return str(value)


def described(thing: Any, *names: str) -> list[str]:
    return [str(thing[name]) for name in names]


async def make_from_models(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(schema.metadata().create_all)


async def test_models_equal_migrations(database_url: str) -> None:
    assert await look(database_url, differences) == []


async def test_migrations_make_the_same_catalogue_as_the_models(database_url: str, empty_url: str) -> None:
    database = Database(empty_url)
    await make_from_models(database.engine)
    await database.close()
    ours, theirs = await look(database_url, catalogue), await look(empty_url, catalogue)
    assert ours.keys() == theirs.keys()
    for table in theirs:
        assert ours[table] == theirs[table], table
    assert any(table["checks"] for table in ours.values()), "without any check constraint this shows nothing"


async def test_up_down_up(empty_url: str) -> None:
    await schema.upgrade(empty_url)
    first = await look(empty_url, catalogue)
    await schema.downgrade(empty_url, "base")
    assert await look(empty_url, catalogue) == {}
    assert not await schema.at_head(empty_url)
    await schema.upgrade(empty_url)
    assert await look(empty_url, catalogue) == first
    assert await schema.at_head(empty_url)


async def test_every_migration_can_be_taken_back_alone(empty_url: str) -> None:
    await schema.upgrade(empty_url)
    while await schema.current(empty_url):
        await schema.downgrade(empty_url, "-1")
    assert await look(empty_url, catalogue) == {}


async def test_processes_that_migrate_at_once_do_it_once(empty_url: str) -> None:
    """Separate processes, as servers starting together are; each must find the schema there afterwards."""
    script = "import sys; from mathsoc import schema; schema.upgrade_now(sys.argv[1])"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, empty_url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    said = [(await process.communicate())[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], said
    assert await schema.at_head(empty_url)


async def test_names_that_were_given_twice_are_told_apart(empty_url: str) -> None:
    """By a number; staff, whom several may call "Administrator", and who was erased keep theirs."""
    await schema.upgrade(empty_url)
    await schema.downgrade(empty_url, "0002")
    given = (
        *(("Quiet Heron", "member", "active"), ("QUIET heron", "member", "pending")),
        *(("Quiet Heron 2", "member", "suspended"), ("Quiet Heron", "member", "erased")),
        *(("Administrator", "admin", "active"), ("Administrator", "admin", "active")),
    )
    database = Database(empty_url)
    statement = text(
        "INSERT INTO members (handle, display_name, real_name, role, state, hidden, created_at)"
        " VALUES (:handle, :name, '', :role, :state, false, CURRENT_TIMESTAMP)"
    )
    async with database.engine.begin() as connection:
        for number, (name, role, state) in enumerate(given):
            own = {"handle": f"b{number}", "name": name, "role": role, "state": state}
            await connection.execute(statement, own)
    await database.close()
    await schema.upgrade(empty_url)
    names = await look(
        empty_url,
        lambda connection: [
            tuple(row)
            for row in connection.execute(text("SELECT display_name, name_key FROM members ORDER BY id"))
        ],
    )
    assert names == [
        ("Quiet Heron", "quiet heron"),
        ("QUIET heron 2", "quiet heron 2"),
        ("Quiet Heron 2 2", "quiet heron 2 2"),
        ("Quiet Heron", None),
        ("Administrator", None),
        ("Administrator", None),
    ]


def test_there_is_one_newest_migration() -> None:
    assert len(schema.heads()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_migration_of_sqlite_may_not_leave_rows_that_point_to_nothing(database_url: str) -> None:
    database = Database(database_url)
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute("PRAGMA foreign_keys=OFF")
        await connection.execute(text("INSERT INTO year_stages (year, stage_id) VALUES (7, 99)"))
        await connection.commit()
    await database.close()
    with pytest.raises(schema.BrokenReferences, match="year_stages"):
        await schema.upgrade(database_url)

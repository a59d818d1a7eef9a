"""Announcing inside transactions, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from mathsoc.db import Database
from mathsoc.live import announce
from mathsoc.live.service import versions


class Ears:
    def __init__(self, database: Database) -> None:
        self.heard: list[frozenset[str]] = []
        database.announcer = self.hear

    async def hear(self, topics: frozenset[str]) -> None:
        self.heard.append(topics)


async def version(database: Database, topic: str) -> int:
    async with database.reading() as session:
        return (await versions(session, [topic]))[topic]


async def test_each_transaction_moves_the_version_and_is_heard_after_its_commit(database: Database) -> None:
    ears = Ears(database)
    for number in (1, 2):
        async with database.writing() as session:
            await announce(session, "board:a")
            await announce(session, "board:b")
            assert len(ears.heard) == number - 1
        assert await version(database, "board:a") == number
    assert ears.heard == [{"board:a", "board:b"}] * 2
    assert await version(database, "board:never") == 0


async def test_what_is_rolled_back_is_neither_counted_nor_heard(database: Database) -> None:
    ears = Ears(database)
    with pytest.raises(RuntimeError):
        async with database.writing() as session:
            await announce(session, "board:a")
            raise RuntimeError
    assert await version(database, "board:a") == 0
    assert ears.heard == []


async def test_fifty_at_once_are_all_counted(database: Database) -> None:
    async def one() -> None:
        async with database.writing() as session:
            for topic in ("board:a", "board:b"):
                await announce(session, topic)

    await asyncio.gather(*(one() for _ in range(50)))
    assert await version(database, "board:a") == await version(database, "board:b") == 50


@pytest.mark.parametrize("topic", ["", "board", "board:", "board:a,b", "board:a b", "Board:a", "board:é"])
async def test_what_no_url_could_name_is_no_topic(database: Database, topic: str) -> None:
    async with database.reading() as session:
        with pytest.raises(ValueError, match="not a topic"):
            await announce(session, topic)

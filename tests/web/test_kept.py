"""What is kept is never older than what was committed, and each audience has its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.challenges import queries
from mathsoc.challenges.models import Challenge
from mathsoc.db import Database
from mathsoc.live import announce
from mathsoc.web.kept import OVERHEAD, Kept
from tests.support.asked import watch
from tests.support.world import World

BOARD = "/leaderboards/ladder?stage=ks4"


async def write(database: Database, number: int, slug: str = "one") -> None:
    """A new statement, and its announcement as the last step, like any service does."""
    async with database.writing() as session:
        await session.execute(update(Challenge).where(Challenge.slug == slug).values(statement=str(number)))
        await announce(session, queries.topic(slug))


def reading(session: AsyncSession, slug: str = "one") -> Callable[[], Awaitable[str]]:
    async def make() -> str:
        return str(await session.scalar(select(Challenge.statement).where(Challenge.slug == slug)))

    return make


async def read(kept: Kept, database: Database, slug: str = "one") -> str:
    async with database.reading() as session:
        seen = await kept.look(session, queries.topic(slug))
        return await seen.piece("statement", "all", reading(session, slug))


async def test_it_is_read_once_and_again_after_each_commit(world: World) -> None:
    await world.add_challenge("one", statement="0")
    kept = Kept()
    asked = watch(world.database)
    for number in range(3):
        await write(world.database, number)
        asked.clear()
        assert [await read(kept, world.database) for _ in range(4)] == [str(number)] * 4
        assert sum("challenges" in one for one in asked.statements) == 1
    assert (kept.hits, kept.misses, len(kept)) == (9, 3, 1)


async def test_many_writers_and_readers_and_never_an_older_text(world: World) -> None:
    """After a commit has returned, nobody who asks from then on gets anything older."""
    database = world.database
    await world.add_challenge("one", statement="0")
    kept, dice = Kept(), random.Random(6)
    committed, wrote = 0, 0
    done = asyncio.Event()

    async def writer() -> None:
        nonlocal committed, wrote
        for _ in range(25):
            async with database.writing() as session:
                # The row is locked from the first change on, so that numbers are committed in their order.
                await session.execute(select(Challenge.id).where(Challenge.slug == "one").with_for_update())
                wrote += 1
                number = wrote
                await session.execute(
                    update(Challenge).where(Challenge.slug == "one").values(statement=str(number))
                )
                await asyncio.sleep(dice.random() / 500)
                await announce(session, queries.topic("one"))
            committed = max(committed, number)
            await asyncio.sleep(dice.random() / 200)

    async def reader() -> int:
        count = 0
        while not done.is_set():
            least = committed
            async with database.reading() as session:
                seen = await kept.look(session, queries.topic("one"))
                await asyncio.sleep(dice.random() / 500)  # here others commit
                assert int(await seen.piece("statement", "all", reading(session))) >= least
            count += 1
        return count

    readers = [asyncio.create_task(reader()) for _ in range(6)]
    await asyncio.gather(*(writer() for _ in range(4)))
    done.set()
    assert sum(await asyncio.gather(*readers)) > 20
    assert kept.misses > 10
    assert await read(kept, database) == "100" and await read(kept, database) == "100"
    assert kept.hits


async def test_a_commit_between_version_and_text_makes_it_newer_and_never_older(world: World) -> None:
    database = world.database
    await world.add_challenge("one", statement="0")
    kept = Kept()
    await write(database, 1)
    async with database.reading() as session:
        seen = await kept.look(session, queries.topic("one"))
        await write(database, 2)
        # PostgreSQL shows the newer text, SQLite the snapshot: both are right for who began before.
        assert await seen.piece("statement", "all", reading(session)) == ("1" if database.sqlite else "2")
    assert await read(kept, database) == "2"
    async with database.reading() as late:
        seen = await kept.look(late, queries.topic("one"))
        await write(database, 3)
        assert await read(kept, database) == "3"
        # Who looked before may have what was kept then, and keeps it from nobody.
        assert await seen.piece("statement", "all", reading(late)) in ("2", "3")
    assert await read(kept, database) == "3"


async def test_what_may_yet_be_rolled_back_is_not_kept(world: World) -> None:
    database = world.database
    await world.add_challenge("one", statement="0")
    kept = Kept()
    with pytest.raises(RuntimeError):
        async with database.writing() as session:
            await session.execute(update(Challenge).values(statement="never"))
            await announce(session, queries.topic("one"))
            seen = await kept.look(session, queries.topic("one"))
            assert await seen.piece("statement", "all", reading(session)) == "never"
            raise RuntimeError
    await write(database, 1)  # has the version now that the other would have had
    assert await read(kept, database) == "1"
    # Nor where a session's kind is not known, or one is made of the versions of a row.
    async with database.sessions() as session:
        await (await kept.look(session, "a:b")).piece("x", "all", reading(session))
    async with database.writing() as session:
        await kept.seen(session, {"a:b": 0}).piece("x", "all", reading(session))
    assert len(kept) == 1


async def test_other_topics_other_words_and_other_moments_are_other_pieces(database: Database) -> None:
    kept = Kept()
    made: list[str] = []

    async def show(word: str, **given: object) -> str:
        async def make() -> str:
            made.append(word)
            return word

        async with database.reading() as session:
            seen = await kept.look(session, "a:a", "b:b")
            return await seen.piece("piece", **{"audience": "all", "make": make, **given})  # type: ignore[arg-type]

    assert await show("1") == await show("2") == "1"
    assert await show("3", audience="staff") == "3"
    assert await show("4", which=2) == "4"
    assert await show("5", shows=("Ladder", "until noon")) == "5"
    assert await show("6", shows=("Ladder", "until one")) == "6"
    assert await show("7", topics=["a:a"]) == "7"
    async with database.writing() as session:
        await announce(session, "b:b")
    assert await show("8") == "8" and await show("9", topics=["a:a"]) == "7"
    assert made == ["1", "3", "4", "5", "6", "7", "8"]


async def test_there_is_room_for_so_much_and_the_longest_unused_goes(database: Database) -> None:
    kept = Kept(room=4 * (OVERHEAD + 100), largest=2 * (OVERHEAD + 100))

    async def show(which: int, length: int = 100) -> bool:
        """Whether it had to be made."""
        before = kept.misses
        async with database.reading() as session:
            seen = await kept.look(session, "a:a")
            await seen.piece("piece", "all", lambda: asyncio.sleep(0, "x" * length), which=which)
        return kept.misses > before

    assert [await show(which) for which in (1, 2, 3, 4)] == [True] * 4
    assert kept.used == kept.room and not await show(1)
    assert await show(5) and await show(2) and not await show(1)
    assert kept.used <= kept.room and len(kept) == 4
    # Neither what is too large nor what is empty takes the place of others.
    assert await show(6, 3 * OVERHEAD) and await show(6, 3 * OVERHEAD) and await show(7, 0)
    assert len(kept) == 4 and not await show(1)
    nothing = Kept(room=0)
    async with database.reading() as session:
        seen = await nothing.look(session, "a:a")
        await seen.piece("piece", "all", lambda: asyncio.sleep(0, "x"))
    assert len(nothing) == 0

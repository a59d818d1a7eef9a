"""Who finds what, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import delete, update

from mathsoc import clock, jobs
from mathsoc.competitions.models import Competition
from mathsoc.db import Database
from mathsoc.jobs import Runner
from mathsoc.publishing.models import Post
from mathsoc.search import service
from mathsoc.search.models import LONGEST, SearchEntry
from mathsoc.uploads.models import Upload
from tests.live.fakes import true
from tests.search.writing import fill, look, paths, post, read
from tests.support.locks import postgres_only, waits_for_a_lock
from tests.support.world import World

HOUR = timedelta(hours=1)


async def test_words_are_found_in_every_part(world: World) -> None:
    """Title, summary, text, formula, tag; inflected, without accents, begun, in any order."""
    await post(
        world,
        "primes",
        "numbers",
        title="Prime gaps",
        summary="How far apart they lie.",
        body='<p>Naïve guesses about distances, for <span data-latex="x^2">x^2</span> at a café/bar.</p>',
    )
    await post(world, "other")
    for asked in (
        *("prime", "PRIMES", "gap", "apart", "guess", "guessing", "distance", "numbers", "lie apart"),
        *("naive", "naïve", "cafe", "bar", "dista", "gaps distances", '"prime gaps"', "prime gaps about the"),
    ):
        assert paths(await look(world, asked)) == ["/articles/primes"], asked
    for asked in ('"gaps prime"', "prime elephants", "rime", "ap art"):
        assert paths(await look(world, asked)) == [], asked


async def test_a_hit_in_the_title_comes_first_and_all_hits_are_marked(world: World) -> None:
    await post(world, "body", body="<p>Here a torus, there a &lt;b&gt;torus&lt;/b&gt;.</p>")
    await post(world, "title", title="The torus")
    found = await look(world, "torus")
    assert paths(found) == ["/articles/title", "/articles/body"] and found.total == 2
    assert found.hits[0].title == [("The ", False), ("torus", True)]
    excerpt = found.hits[1].excerpt
    assert [text for text, hit in excerpt if hit] == ["torus", "torus"]
    assert "Here a torus, there a <b>torus" in "".join(text for text, _ in excerpt)


async def test_challenges_and_competitions_are_found(world: World) -> None:
    await world.add_challenge("squares", topic="Sequences", statement="<p>Tiling a corridor</p>")
    await fill(world.database)
    for asked in ("squares", "sequence", "corridor"):
        assert paths(await look(world, asked)) == ["/challenges/squares"], asked
    (hit,) = (await look(world, "corridor")).hits
    assert (hit.kind, hit.about, hit.note) == ("challenge", "KS4 · Ladder", "")
    assert paths(await look(world, "ladder")) == ["/competitions/ladder"]
    assert paths(await look(world, "cup")) == []
    assert paths(await look(world, "cup", "bob")) == ["/competitions/cup"]


async def test_a_worked_solution_is_found_after_the_lock_and_by_those_who_see_keys(world: World) -> None:
    await world.add_challenge("open", solution="<p>Zebraic</p>")
    await world.add_challenge("practice", solution="<p>Zebraic</p>", practice=True)
    await world.add_challenge(
        "locked", solution="<p>Zebraic</p>", release_at=world.now - 5 * HOUR, lock_at=world.now - HOUR
    )
    await fill(world.database)
    for who in (None, "alice", "bob"):
        assert paths(await look(world, "zebraic", who)) == ["/challenges/locked"], who
    assert len(paths(await look(world, "zebraic", "carol"))) == 3
    later = await look(world, "zebraic", "alice", world.now + timedelta(days=1))
    assert sorted(paths(later)) == ["/challenges/locked", "/challenges/open"]


async def test_a_pdf_is_found_by_its_words(world: World) -> None:
    document = Upload(
        kind="document", media_type="application/pdf", size=1, sha256="", text="Gnomon", created_at=world.now
    )
    async with world.database.writing() as session:
        session.add(document)
    await post(world, "autumn", kind="newsletter", document_id=document.id)
    assert paths(await look(world, "gnomon")) == ["/newsletters/autumn"]


async def test_names_of_people_are_not_searched(world: World) -> None:
    await post(world, "one", credit="Hypatia Ellsworth", author_id=world.members["alice"].id)
    await fill(world.database)
    for asked in ("Hypatia", "Ellsworth", "Display", "Alice", "Real", "northfield.example"):
        assert paths(await look(world, asked, "ada")) == [], asked


async def test_many_hits_are_paged_and_bounded(world: World) -> None:
    for number in range(23):
        await post(world, f"knot-{number}")
    found = await look(world, "knot")
    assert (found.total, found.pages, len(found.hits), found.more) == (23, 2, 20, False)


async def test_changes_are_read_again_and_old_words_are_gone_at_once(
    world: World, app: Quart, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await post(world, "one", body="<p>Oldest</p>")
    async with world.database.writing() as session:
        (await session.get_one(type(made), made.id)).body = "<p>Newest</p>"
        await service.plan(session, "post", made.id)
        await service.plan(session, "post", made.id)
    assert paths(await look(world, "oldest")) == []
    await app.jobs.run_due()  # type: ignore[attr-defined]
    assert paths(await look(world, "oldest")) == []
    assert paths(await look(world, "newest")) == ["/articles/one"]
    async with world.database.writing() as session:
        await session.delete(await session.get_one(type(made), made.id))
    assert paths(await look(world, "newest", "ada")) == []


async def test_what_has_gone_is_no_trouble(world: World) -> None:
    for kind in ("post", "challenge", "competition"):
        await read(world.database, kind, 4_711)


async def test_an_empty_index_is_filled_in_steps(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    for number in range(5):
        await world.add_challenge(f"hard-{number}")
    assert paths(await look(world, "hard")) == []
    assert await fill(database) == 3 + 1 + 1
    assert len(paths(await look(world, "hard"))) == 5
    assert await fill(database) == 1


@postgres_only
async def test_the_filling_brings_nothing_back_that_was_changed_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await post(world, "primes", body="<p>Withdrawn</p>")
    async with world.database.writing() as session:
        await session.execute(delete(SearchEntry))
        await jobs.plan(session, service.FILL, "", clock.now())
    reads, has_read, go_on = service._read, asyncio.Event(), asyncio.Event()

    async def slowly(*given: Any) -> None:
        await reads(*given)
        has_read.set()
        await go_on.wait()

    async def change() -> None:
        async with world.database.writing() as session:
            await session.execute(update(Post).where(Post.id == one.id).values(body="<p>Readable</p>"))
            await service.plan(session, "post", one.id)

    monkeypatch.setattr(service, "_read", slowly)
    steps = {service.FILL: service.fill, service.INDEX: service.index}
    runner = Runner(world.database, steps)
    fills = asyncio.create_task(runner.run_due())
    await has_read.wait()
    changes = asyncio.create_task(change())

    async def has_met() -> bool:
        return changes.done() or await waits_for_a_lock(world.database)

    await true(has_met)
    await runner.stop()  # after the step in hand
    go_on.set()
    await asyncio.gather(fills, changes)
    assert paths(await look(world, "withdrawn")) == []
    await Runner(world.database, steps).run_due()
    assert paths(await look(world, "readable")) == ["/articles/primes"]


async def test_a_text_of_any_length_and_kind_is_kept(world: World, database: Database) -> None:
    unlike = " ".join(f"w{number:x}" for number in range(60_000))
    async with database.writing() as session:
        ladder = await session.get_one(Competition, world.competitions["ladder"].id)
        ladder.introduction = f"<p>\x02\x03 \x0b {'x' * 3_000} {unlike}</p>"
    await fill(database)
    assert paths(await look(world, "w1f")) == ["/competitions/ladder"]
    async with database.reading() as session:
        chosen = service.select(SearchEntry).where(SearchEntry.competition_id == ladder.id)
        entry = (await session.scalars(chosen)).one()
        assert len(entry.body) <= LONGEST and entry.body.isprintable()

"""Posts are made, timed, renamed, binned and purged."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mathsoc import clock
from mathsoc.errors import Missing, Refused
from mathsoc.jobs import Job, Runner
from mathsoc.live.models import LiveTopic
from mathsoc.members.rules import Viewer
from mathsoc.publishing import emptying, naming, queries, rules, service
from mathsoc.publishing.models import Post, PostSlug, PostTag
from tests.console.people import logged
from tests.publishing.posts import add_post, by, stored
from tests.support.world import World


async def version(world: World, topic: str) -> int:
    async with world.database.reading() as session:
        return await session.scalar(select(LiveTopic.version).where(LiveTopic.topic == topic)) or 0


async def titles(world: World, viewer: Viewer | None, kind: str = "article") -> list[str]:
    async with world.database.reading() as session:
        found = await queries.cards(session, viewer, clock.now(), kind)
    return [card.title for card in found.cards]


async def test_an_old_address_leads_on_and_is_nobody_elses(world: World) -> None:
    await add_post(world, "Primes")
    async with world.database.writing() as session:
        post = await service.held(session, "article", "primes")
        await naming.rename(session, post, "Prime numbers")
        await service.changed(session, post, world.now)
    assert (await stored(world, "Prime numbers")).slug == "prime-numbers"
    assert (await add_post(world, "Primes")).slug == "primes-2"
    assert (await add_post(world, "Primes", kind="newsletter")).slug == "primes"
    async with world.database.writing() as session:
        post = await service.held(session, "article", "primes")
        assert post.title == "Prime numbers"
        await naming.rename(session, post, "Primes")
    assert post.slug == "primes", "its own old address comes back"
    assert await version(world, "post:article/primes") and await version(world, "post:article/prime-numbers")


async def test_many_of_one_title_at_once_have_an_address_each(world: World) -> None:
    made = await asyncio.gather(*(add_post(world, "Minutes") for _ in range(5)))
    assert sorted(one.slug for one in made) == ["minutes", *(f"minutes-{n}" for n in range(2, 6))]


async def test_a_scheduled_post_comes_and_goes_by_time_alone(world: World) -> None:
    times: dict[str, Any] = {
        "publish_at": world.now + timedelta(hours=1),
        "expires_at": world.now + timedelta(hours=2),
    }
    await add_post(world, "Soon", kind="announcement", pinned=True, **times)
    runner = Runner(world.database, {service.ANNOUNCE: service.announce_due})
    before = await version(world, "posts:strip")
    for hours, there, told in ((0.9, [], 0), (1, ["Soon"], 1), (1.5, ["Soon"], 1), (2, [], 2)):
        with clock.moved_to(world.now + timedelta(hours=hours)):
            await runner.run_due()
            assert await titles(world, None, "announcement") == there
            async with world.database.reading() as session:
                strip = await queries.strip(session, "public", clock.now())
            assert [card.title for card in strip] == there
        for topic in ("posts:strip", "posts:announcement", "post:announcement/soon"):
            assert await version(world, topic) == before + told


async def test_who_may_read_what(world: World) -> None:
    for audience in rules.AUDIENCES:
        await add_post(world, f"For {audience}", audience=audience)
    everybody = {"alice": 2, "bob": 2, "carol": 3}
    assert await titles(world, None) == ["For public"]
    for name, count in everybody.items():
        assert len(await titles(world, world.viewer(name))) == count
    hidden: dict[str, dict[str, Any]] = {
        "draft": {"publish_at": None},
        "later": {"publish_at": world.now + timedelta(seconds=1)},
        "over": {"expires_at": world.now},
        "archived": {"archived_at": world.now},
        "binned": {"binned_at": world.now},
    }
    with clock.moved_to(world.now):
        for title, given in hidden.items():
            await add_post(world, title, **given)
            assert title not in await titles(world, world.viewer("carol"))
            async with world.database.reading() as session:
                for viewer in (None, world.viewer("alice")):
                    with pytest.raises(Missing):
                        await queries.one(session, "article", title, viewer, clock.now())
                found = await queries.one(session, "article", title, world.viewer("carol"), clock.now())
                assert found.post.title == title and await queries.text(session, found.post.id)


async def test_the_bin_holds_for_thirty_days(world: World) -> None:
    kept, gone = await add_post(world, "Kept", tags=("a",)), await add_post(world, "Gone", tags=("b",))
    async with world.database.writing() as session:
        for post in (kept, gone):
            await service.bin(session, by(world), await service.held(session, "article", post.slug))
    async with world.database.writing() as session:
        await service.unbin(session, by(world), await service.held(session, "article", kept.slug))
    runner = Runner(world.database, {emptying.PURGE: emptying.purge, service.ANNOUNCE: service.announce_due})
    for days, left in ((29, ["Gone", "Kept"]), (30, ["Kept"])):
        async with world.database.writing() as session:
            session.add(Job(name=emptying.PURGE, subject=str(days), due_at=world.now))
        with clock.moved_to(world.now + timedelta(days=days)):
            await runner.run_due()
        async with world.database.reading() as session:
            assert sorted(await session.scalars(select(Post.title))) == left
    async with world.database.reading() as session:
        assert list(await session.scalars(select(PostSlug.slug))) == ["kept"]
        assert list(await session.scalars(select(PostTag.tag))) == ["a"]
    assert len(await logged(world, "post-binned")) == 2 and len(await logged(world, "post-purged")) == 1


async def test_nothing_empty_is_published(world: World) -> None:
    await add_post(world, "Empty", body=" ", publish_at=None)
    async with world.database.writing() as session:
        post = await service.held(session, "article", "empty")
        with pytest.raises(Refused):
            await service.publish(session, by(world), post)
    assert (await stored(world, "Empty")).publish_at is None


async def test_no_picture_without_its_words_is_published(world: World) -> None:
    silent = '<img src="/uploads/bcdfghjkmn2345678923">'
    for count, words in ((1, "one has none."), (2, "2 have none.")):
        post = await add_post(world, f"Draft {count}", body=silent * count, publish_at=None)
        async with world.database.writing() as session:
            with pytest.raises(Refused, match=words):
                await service.publish(session, by(world), post)


async def test_a_name_goes_from_what_somebody_wrote(world: World) -> None:
    await add_post(world, "Signed")
    assert (await stored(world, "Signed")).credit == "Display Carol"
    async with world.database.writing() as session:
        await service.drop_credits(session, world.members["carol"].id)
    post = await stored(world, "Signed")
    assert (post.credit, post.author_id) == ("", None)

"""Posts for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mathsoc.publishing import queries, service
from mathsoc.publishing.models import Post
from mathsoc.publishing.service import By
from tests.support.world import World

TEXT = "<p>Every even number is the sum of two primes.</p>"


def by(world: World, name: str = "carol") -> By:
    return By(world.viewer(name), world.now, "")


async def add_post(
    world: World, title: str, *, kind: str = "article", tags: tuple[str, ...] = (), **given: Any
) -> Post:
    """A published post with a text, unless something else is given; its moments are planned."""
    values = {"body": TEXT, "publish_at": world.now - timedelta(hours=1)} | given
    async with world.database.writing() as session:
        post = await service.create(session, by(world), kind, title)
        for name, value in values.items():
            setattr(post, name, value)
        await service.set_tags(session, post, list(tags))
        await service.changed(session, post, world.now)
    return post


async def stored(world: World, title: str) -> Post:
    async with world.database.reading() as session:
        slug = await session.scalar(select(Post.slug).where(Post.title == title))
        kind = await session.scalar(select(Post.kind).where(Post.title == title))
        assert slug is not None and kind is not None
        return await queries.find(session, kind, slug)

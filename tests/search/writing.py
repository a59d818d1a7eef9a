"""Things to look for, and a turn of the jobs that read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from mathsoc.db import Database
from mathsoc.jobs import Job, Runner
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.search import queries, rules, service
from mathsoc.search.queries import Found
from tests.live.fakes import true
from tests.support.world import World


async def post(world: World, slug: str, *tags: str, **given: Any) -> Post:
    """An article that is out since an hour, unless said otherwise, and already read for the search."""
    values = {
        "kind": "article",
        "slug": slug,
        "title": slug.replace("-", " ").capitalize(),
        "body": "<p>Nothing of note.</p>",
        "publish_at": world.now - timedelta(hours=1),
        "created_at": world.now - timedelta(days=1),
        "updated_at": world.now - timedelta(hours=1),
    }
    made = Post(**values | given, tags=[PostTag(tag=tag) for tag in tags])
    async with world.database.writing() as session:
        session.add(made)
        await session.flush()
        session.add(PostSlug(kind=made.kind, slug=slug, post_id=made.id))
    await read(world.database, "post", made.id)
    return made


async def read(database: Database, kind: str, id: int) -> None:
    """What the job does, at once."""
    async with database.writing() as session:
        await service.index(session, Job(name=service.INDEX, subject=f"{kind}:{id}"))


async def fill(database: Database) -> int:
    """Every thing without an entry is read; says in how many steps that was planned."""
    steps = 0
    while True:
        async with database.writing() as session:
            steps += 1
            if await service.fill(session, Job(name=service.FILL, subject="")) is None:
                break
    await Runner(database, {service.INDEX: service.index}).run_due()

    async def done() -> bool:
        async with database.reading() as session:
            waiting = select(Job.id).where(Job.name == service.INDEX, Job.done_at.is_(None))
            return await session.scalar(waiting.limit(1)) is None

    await true(done, 60)  # an application that is up takes some of them itself
    return steps


async def look(world: World, asked: str, who: str | None = None, now: datetime | None = None) -> Found:
    """What somebody finds."""
    async with world.database.reading() as session:
        viewer = world.viewer(who) if who else None
        return await queries.search(session, rules.read(asked), viewer, now or world.now)


def paths(found: Found) -> list[str]:
    return [hit.path.partition("#")[0] for hit in found.hits]

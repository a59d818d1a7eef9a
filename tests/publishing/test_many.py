"""Lists ask as little of the database with many posts as with few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import insert

from mathsoc.publishing.models import Post, PostSlug
from tests.support.asked import watch
from tests.support.world import World, already_signed_in

MOST = 5  # statements of a page, with those for the viewer and the society


async def fill(world: World, count: int) -> None:
    posts, slugs = [], []
    for number in range(count):
        given = {"id": number + 1, "public_id": f"p{number}", "kind": "article", "slug": f"s{number}"}
        moment = world.now - timedelta(minutes=number + 1)
        posts.append(given | {"title": f"Title {number}", "body": "<p>words</p>", "publish_at": moment})
        posts[-1] |= {"created_at": moment, "updated_at": moment, "author_id": None}
        slugs.append({"kind": "article", "slug": f"s{number}", "post_id": number + 1})
    async with world.database.writing() as session:
        await session.execute(insert(Post), posts)
        await session.execute(insert(PostSlug), slugs)


@pytest.mark.parametrize("who", ["anonymous", "alice"])
async def test_a_list_takes_at_most_five_statements(app: Quart, world: World, who: str) -> None:
    await fill(world, 60)
    client = app.test_client() if who == "anonymous" else await already_signed_in(app, world, who)
    await client.get("/articles")  # what is noted once in a while is noted
    asked = watch(world.database)
    for path in ("/articles", "/articles?page=2", "/articles?tag=x", "/newsletters", "/announcements"):
        asked.clear()
        assert (await client.get(path)).status_code == 200
        statements = [one for one in asked.statements if not one.startswith(("BEGIN", "ROLLBACK"))]
        assert len(statements) <= MOST, (path, statements)

"""Who reads a file: its owner, editors, and whoever reads something that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart, Response
from sqlalchemy import update

from mathsoc import clock
from mathsoc.publishing.models import Post
from mathsoc.uploads.models import Upload
from mathsoc.web.security import CONTENT_SECURITY_POLICY, WITH_FRAMES, with_frames
from tests.support.world import World
from tests.uploads.files import pdf, picture

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

from tests.uploads.kept import post, rows, sent, show_in, statuses

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_newsletters_pdf_and_its_first_page_are_read_by_its_readers(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    made = await sent(world, clients["carol"], pdf(), "a.pdf")
    page = next(one for one in await rows(world) if one.id == made.picture_id)
    newsletter = await post(world, made, None)
    hidden, members, everyone = [404, 404, 404, 200, 200], [404, 200, 200, 200, 200], [200] * 5
    later, before = clock.now() + timedelta(hours=1), clock.now() - timedelta(hours=1)
    for values, expected in (
        ({}, hidden),
        ({"publish_at": later}, hidden),
        ({"publish_at": before, "audience": "members"}, members),
        ({"audience": "public"}, everyone),
        ({"archived_at": before}, hidden),
        ({"archived_at": None, "binned_at": before}, hidden),
    ):
        async with world.database.writing() as session:
            if values:
                await session.execute(update(Post).where(Post.id == newsletter.id).values(**values))
        for upload in (made, page):
            assert await statuses(clients, upload) == expected, (values, upload.kind)


@ONCE
async def test_a_picture_in_a_text_is_read_by_whoever_reads_the_text(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    """The statement from its release on, the solution after the lock; before, not a byte of either."""
    hour = timedelta(hours=1)
    later = await world.add_challenge("later", release_at=world.now + hour, lock_at=world.now + 2 * hour)
    opened = await world.add_challenge("opened", release_at=world.now - hour, lock_at=world.now + hour)
    locked = await world.add_challenge("locked", release_at=world.now - 2 * hour, lock_at=world.now - hour)
    hidden, everyone = [404, 404, 404, 200, 200], [200] * 5
    for challenge, field, expected in (
        (later, "statement", hidden),
        (opened, "statement", everyone),
        (opened, "solution", hidden),
        (locked, "solution", everyone),
    ):
        made = await sent(world, clients["carol"], picture())
        assert await statuses(clients, made) == hidden  # nothing shows it
        await show_in(world, made, challenge, field)
        assert await statuses(clients, made) == expected, (challenge.slug, field)
        page = (await (await clients["ada"].get("/console/uploads")).get_data()).decode()
        assert f'href="/challenges/{challenge.slug}"' in page


@ONCE
async def test_its_owner_reads_it_whatever_becomes_of_their_role(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    made = await sent(world, clients["carol"], picture())
    async with world.database.writing() as session:
        await session.execute(
            update(Upload).where(Upload.id == made.id).values(owner_id=world.members["bob"].id)
        )
    assert await statuses(clients, made) == [404, 404, 200, 200, 200]


@ONCE
async def test_a_row_whose_file_is_lost_is_missing(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    made = await sent(world, carol, picture())
    await app.extensions["uploads"].delete(made.public_id)
    assert (await carol.get(f"/uploads/{made.public_id}")).status_code == 404


def test_one_page_may_ask_for_frames() -> None:
    assert f"{CONTENT_SECURITY_POLICY}; frame-src 'self'" == WITH_FRAMES
    assert with_frames(Response("")).headers["Content-Security-Policy"] == WITH_FRAMES

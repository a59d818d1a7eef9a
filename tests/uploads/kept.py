"""What is kept of files that were sent, what shows them, and who is answered with them."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from quart import Quart
from sqlalchemy import select

from mathsoc.challenges.models import Challenge
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.uploads.models import Upload
from mathsoc.uploads.store import Folder
from mathsoc.writing.models import Region, RegionUpload
from tests.support.world import World
from tests.uploads.files import send

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

WHO = ("anonymous", "alice", "bob", "carol", "ada")


async def rows(world: World) -> list[Upload]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Upload).order_by(Upload.id)))


def kept(app: Quart) -> set[str]:
    """Every file in the folder, whole or half."""
    folder: Folder = app.extensions["uploads"]
    return set(os.listdir(folder.path)) if folder.path.exists() else set()


async def agree(app: Quart, world: World) -> int:
    """Each row has its file of its size, and each file its row; how many there are."""
    found = await rows(world)
    assert kept(app) == {one.public_id for one in found}
    for one in found:
        assert len(await app.extensions["uploads"].get(one.public_id)) == one.size
    return len(found)


async def sent(world: World, client: TestClientProtocol, data: bytes, name: str = "a.png") -> Upload:
    """Sent through the form; the row of it."""
    status, text = await send(client, data, name)
    assert status == 200, text
    return next(one for one in await rows(world) if one.public_id in text)


async def statuses(clients: dict[str, TestClientProtocol], upload: Upload) -> list[int]:
    return [(await clients[who].get(f"/uploads/{upload.public_id}")).status_code for who in WHO]


async def post(world: World, upload: Upload, publish_at: datetime | None, audience: str = "public") -> Post:
    """A newsletter with this file as its PDF."""
    made = Post(kind="newsletter", slug=f"n{upload.id}", title="Issue 1", document_id=upload.id)
    made.publish_at, made.audience = publish_at, audience
    made.created_at = made.updated_at = world.now
    async with world.database.writing() as session:
        session.add(made)
        await session.flush()
        session.add(PostSlug(kind=made.kind, slug=made.slug, post_id=made.id))
    return made


async def show_in(world: World, upload: Upload, challenge: Challenge, field: str) -> None:
    async with world.database.writing() as session:
        region = Region(challenge_id=challenge.id, field=field)
        session.add(region)
        await session.flush()
        session.add(RegionUpload(region_id=region.id, upload_id=upload.id))

"""The list of files: what is used stays, what is not can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quart import Quart
from sqlalchemy import delete, func, select

from mathsoc.audit import Action, AuditEntry
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.uploads import rules
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Draft, Region, RegionUpload
from tests.support.asked import watch
from tests.support.world import World
from tests.uploads.files import pdf, picture

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

from tests.uploads.kept import agree, post, rows, sent, show_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_what_is_used_stays_and_what_is_not_goes(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    """A draft that names it uses it too; a PDF takes the picture of its first page along."""
    document = await sent(world, carol, pdf(), "a.pdf")
    first_page = next(one for one in await rows(world) if one.id == document.picture_id)
    drafted, shown = [await sent(world, carol, picture()) for _ in range(2)]
    challenge = await world.add_challenge("shows")
    await show_in(world, shown, challenge, "statement")
    await post(world, document, None)
    async with world.database.writing() as session:
        region = Region(challenge_id=challenge.id, field="solution")
        session.add(region)
        await session.flush()
        text = f'<p><img src="/uploads/{drafted.public_id}" alt="x"></p>'
        draft = {"member_id": world.members["carol"].id, "base": 0, "text": text, "saved_at": world.now}
        session.add(Draft(region_id=region.id, **draft))
    for one in (document, first_page, drafted, shown):
        reply = await carol.post(f"/console/uploads/{one.public_id}/removal", form={})
        assert reply.status_code == 422 and rules.IN_USE in (await reply.get_data()).decode()
    assert await agree(app, world) == 4
    async with world.database.writing() as session:
        for table in (Draft, RegionUpload, PostSlug, Post):
            await session.execute(delete(table))
    assert (await carol.post(f"/console/uploads/{first_page.public_id}/removal", form={})).status_code == 422
    for one in (document, drafted, shown):
        reply = await carol.post(f"/console/uploads/{one.public_id}/removal", form={})
        assert reply.status_code == 303
        assert (await carol.post(f"/console/uploads/{one.public_id}/removal", form={})).status_code == 404
    assert await agree(app, world) == 0
    async with world.database.reading() as session:
        deleted = select(func.count()).where(AuditEntry.action == Action.UPLOAD_DELETED)
        assert await session.scalar(deleted) == 3


@ONCE
async def test_the_list_has_pages_and_asks_little(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    given = {"kind": "picture", "media_type": "image/png", "size": 9, "sha256": "0" * 64}
    async with world.database.writing() as session:
        session.add_all(
            Upload(name=f"<b>{number}</b>.png", width=1, height=1, created_at=world.now, **given)
            for number in range(70)
        )
    asked = watch(world.database)
    for number, count in ((1, 30), (2, 30), (3, 10)):
        asked.clear()
        page = (await (await carol.get(f"/console/uploads?page={number}")).get_data()).decode()
        assert page.count("<tr role") == count + 1 and "<b>" not in page
        assert len(asked.statements) < 15, asked.statements
    assert (await carol.get("/console/uploads?page=0")).status_code == 404

"""A newsletter with a PDF as files and back: the same bytes, and it is read by the same readers."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from quart import Quart
from sqlalchemy import select
from sqlalchemy.orm import undefer

from mathsoc import clock
from mathsoc.db import Database
from mathsoc.publishing import queries
from mathsoc.schools.models import School
from mathsoc.uploads import service as uploads
from mathsoc.uploads.models import Upload
from mathsoc.uploads.store import Store
from tests.exchange.content import Shelf, add_post, brought, sent
from tests.search.writing import fill
from tests.support.world import World, already_signed_in, build
from tests.uploads.files import pdf

WORDS = "Zqsums of squares"


async def issue(world: World, store: Store) -> bytes:
    """A newsletter for members with a PDF of two pages; its bytes."""
    data = pdf(2, WORDS)
    async with world.database.writing() as session:
        file = await uploads.add_document(session, store, data, "Issue 7.pdf", None, world.now)
    out = world.now - timedelta(hours=1)
    given = {"document_id": file.id, "audience": "members", "publish_at": out}
    await add_post(world, "issue-7", kind="newsletter", body="", **given)
    return data


async def people(database: Database) -> World:
    """Alice, Bob of another school and Carol, who come after the content."""
    world = World(database, clock.now())
    async with database.writing() as session:
        for slug in ("northfield", "eastgate"):
            world.schools[slug] = School(slug=slug, name=slug.title(), created_at=world.now)
            session.add(world.schools[slug])
    await world.add_member("alice")
    await world.add_member("bob", school_id=world.schools["eastgate"].id)
    await world.add_member("carol", role="editor", year=None)
    await world.add_member("ada", role="admin", year=None)
    return world


async def test_the_bytes_are_the_same(database: Database, other: Database, tmp_path: Path) -> None:
    here, there = Shelf(), Shelf()
    data = await issue(await build(database), here)
    first = await sent(database, here, tmp_path / "a")
    (path,) = [path for path in first if path.endswith(".pdf")]
    assert first[path] == data and len([path for path in first if path.startswith("uploads/")]) == 4
    await brought(other, there, tmp_path / "a")
    assert there.held == here.held
    assert await sent(other, there, tmp_path / "b") == first
    plan, _ = await brought(other, there, tmp_path / "a")
    assert set(plan.what.values()) == {"same"}


async def test_it_is_read_and_shown(app: Quart, database: Database, other: Database, tmp_path: Path) -> None:
    """In the application of the other society, whose store is a folder; by members, and nobody else."""
    here = Shelf()
    data = await issue(await build(other), here)
    await sent(other, here, tmp_path / "a")
    await brought(database, app.extensions["uploads"], tmp_path / "a")
    world = await people(database)
    await fill(database)
    async with database.reading() as session:
        (name,) = await session.scalars(select(Upload.public_id).where(Upload.kind == "document"))
        kept = await session.scalar(
            select(Upload).options(undefer(Upload.text)).where(Upload.public_id == name)
        )
        assert kept is not None and (kept.pages, kept.name) == (2, "Issue 7.pdf") and WORDS in kept.text
        assert (await queries.find(session, "newsletter", "issue-7")).document_id == kept.id
    for who in ("alice", "bob", "carol"):
        client = await already_signed_in(app, world, who)
        page = (await (await client.get("/newsletters/issue-7")).get_data()).decode()
        shown = set(re.findall(r"/uploads/(\w{20})", page))
        assert name in shown and len(shown) == 2, "the PDF, and its first page as a picture"
        for one in shown:
            reply = await client.get(f"/uploads/{one}")
            assert reply.status_code == 200
            assert (await reply.get_data() == data) == (one == name)
        found = (await (await client.get("/search?q=zqsums")).get_data()).decode()
        assert "1 thing found" in found
    for path in (f"/uploads/{name}", *(f"/uploads/{one}" for one in shown)):
        assert (await app.test_client().get(path)).status_code == 404

"""Pictures in a text: published with words only, and seen by whoever may read a text that shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc.uploads.models import Upload
from mathsoc.writing import queries
from mathsoc.writing.models import RegionUpload
from tests.support.world import World, already_signed_in
from tests.writing.desk import ask, publish, revisions

if TYPE_CHECKING:
    from mathsoc.members.rules import Viewer

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def add_upload(world: World) -> Upload:
    kept = Upload(
        kind="picture",
        media_type="image/png",
        size=1,
        sha256="0" * 64,
        width=4,
        height=3,
        created_at=world.now,
    )
    async with world.database.writing() as session:
        session.add(kept)
    return kept


def img(public_id: str, alt: str = "A square") -> str:
    return f'<p>Look: <img src="/uploads/{public_id}" alt="{alt}" width="4" height="3"></p>'


async def shown(world: World) -> set[int]:
    async with world.database.reading() as session:
        return set(await session.scalars(select(RegionUpload.upload_id)))


async def test_who_may_see_a_picture_is_who_may_read_a_text_with_it(app: Quart, world: World) -> None:
    """In a statement and in a solution, before and after the lock; never in a draft, nor once it is out."""
    hour = timedelta(hours=1)
    await world.add_challenge("squares", lock_at=world.now + hour)
    first, second = [await add_upload(world) for _ in range(2)]
    carol = await already_signed_in(app, world, "carol")

    async def readers(upload: Upload, at: int = 0) -> list[bool]:
        viewers: list[Viewer | None] = [None, *(world.viewer(name) for name in ("alice", "bob", "carol"))]
        shelves, now = app.extensions["shelves"], world.now + at * hour
        async with world.database.reading() as session:
            return [await queries.readers_of(session, shelves, upload.id, viewer, now) for viewer in viewers]

    await ask(carol, "draft", form={"text": img(first.public_id), "base": "0"})
    assert await readers(first) == [False] * 4
    assert (await publish(carol, img(first.public_id), 0)).status == 303
    assert (await publish(carol, img(second.public_id), 0, field="solution")).status == 303
    assert await shown(world) == {first.id, second.id}
    assert await readers(first) == [True] * 4
    assert await readers(second) == [False, False, False, True]
    assert await readers(second, at=2) == [True] * 4
    assert await readers(first, at=-2) == [False, False, False, True], "before the release"
    await publish(carol, "<p>No more</p>", 2)
    assert await readers(first) == [False] * 4 and await shown(world) == {second.id}


@ONCE
async def test_a_picture_needs_words_and_a_file(app: Quart, world: World) -> None:
    await world.add_challenge("squares")
    upload = await add_upload(world)
    carol = await already_signed_in(app, world, "carol")
    silent = await publish(carol, "<p>a</p>" + img(upload.public_id, ""), 0)
    assert silent.status == 422 and "Line 2: This picture needs words" in silent.html
    assert upload.public_id in silent.html and "This is your draft" in silent.html
    unknown = await publish(carol, img("b" + "2" * 19), 0)
    assert unknown.status == 422 and "no longer kept here" in unknown.html
    assert not await revisions(world) and not await shown(world)
    previewed = await ask(
        carol, "preview", form={"text": img(upload.public_id, "") + "\\(\\frac{1}\\)", "base": "0"}
    )
    assert (
        "Line 1: This picture needs words" in previewed.html
        and "This formula cannot be read" in previewed.html
    )
    # A formula that cannot be read is shown as it is, and may stay.
    assert (await publish(carol, "<p>\\(\\frac{1}\\)</p>", 0)).status == 303


@ONCE
async def test_formulas_are_typeset_while_typed(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    path = "/console/writing/formula"
    assert "<msup>" in (await ask(carol, path, form={"latex": "x^2"})).html
    assert 'display="block"' in (await ask(carol, path, form={"latex": "x^2", "display": "1"})).html
    hostile = (
        "",
        "\\frac{",
        "</math><script>a()</script>",
        "\\text{<img src=x onerror=y()>}",
        "{" * 500,
        "^" * 2000,
    )
    for latex in (*hostile, "\\def\\a{\\a\\a}\\a", "\\href{javascript:x}{y}", "\\style{color:red}{x}"):
        reply = await ask(carol, path, form={"latex": latex})
        assert reply.status == 200, latex
        for bad in ("<script", "<img", "href", "style=", "onerror=y()>}<"):
            assert bad not in reply.html.replace("\\href", "").replace("&lt;", ""), latex
    assert (await ask(carol, path, form={"latex": "x" * 2001})).status == 422
    for name in ("alice", "bob"):
        client = await already_signed_in(app, world, name)
        assert (await ask(client, path, form={"latex": "x"})).status == 403

"""What a text was before, and bringing it back."""

from __future__ import annotations

import pytest
from quart import Quart

from mathsoc import clock
from mathsoc.writing import queries, service
from tests.support.world import World, already_signed_in
from tests.writing.desk import ADDRESS, ask, publish, revisions, statement

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_history_says_who_when_why_and_what(app: Quart, world: World) -> None:
    await world.add_challenge("squares")
    carol, ada = [await already_signed_in(app, world, name) for name in ("carol", "ada")]
    assert "Nobody has changed this text here yet" in (await ask(carol, "history")).html
    await publish(carol, "<p>Statement about squares</p>", 0, note="what it is about")
    await publish(ada, "<p>Statement about <b>cubes</b></p>", 2, note="<i>not</i> squares")
    page = (await ask(carol, "history")).html
    for words in ("Display Carol", "Display Ada", "what it is about", "&lt;i&gt;not&lt;/i&gt;", "Revision 3"):
        assert words in page
    assert "<del>squares</del>" in page and "<ins><strong>cubes</strong></ins>" in page
    older = (await ask(carol, "history?field=statement&number=2")).html
    assert "<ins>" in older and "squares" in older and "Restore revision 2" in older
    assert "Restore" not in page
    # The text goes back as a new revision.
    back = await ask(ada, "restoration", form={"field": "statement", "number": "1", "base": "3"})
    assert (back.status, back.to) == (303, ADDRESS) and await statement(world) == "<p>Statement</p>"
    assert len(await revisions(world)) == 4
    assert "brought back revision 1" in (await ask(carol, "history")).html
    # Not under somebody who has not seen what it takes away.
    stale = await ask(carol, "restoration", form={"number": "2", "base": "3"})
    assert stale.status == 409 and "Somebody has published" in stale.html
    assert await statement(world) == "<p>Statement</p>" and len(await revisions(world)) == 4


@ONCE
async def test_what_is_no_revision_is_missing(app: Quart, world: World) -> None:
    await world.add_challenge("squares")
    carol = await already_signed_in(app, world, "carol")
    assert (await ask(carol, "restoration", form={"number": "1", "base": "0"})).status == 404
    await publish(carol, "<p>New</p>", 0)
    for number in ("0", "3", "x", "-1", "99999999999", "%D9%A3"):
        assert (await ask(carol, f"history?number={number}")).status == 404, number
        assert (await ask(carol, "restoration", form={"number": number, "base": "2"})).status == 404
    assert (await ask(carol, "restoration", form={"number": "1"})).status == 404
    assert (await ask(carol, "history?page=0")).status == 404


@ONCE
async def test_a_long_history_has_pages(app: Quart, world: World) -> None:
    await world.add_challenge("squares")
    shelf = app.extensions["shelves"].get("challenges")
    for number in range(queries.ROWS + 5):
        async with world.database.writing() as session:
            thing = await shelf.find(session, "squares")
            edit = service.Edit(f"<p>{number}</p>", number + 1 if number else 0)
            about = (shelf, thing, "statement", world.viewer("carol"), clock.now(), "")
            await service.publish(session, *about, edit)
    carol = await already_signed_in(app, world, "carol")
    first, second = [(await ask(carol, f"history?page={page}")).html for page in (1, 2)]
    assert "Page 1 of 2" in first and "As it was before" not in first
    assert "As it was before" in second and "page=1" in second

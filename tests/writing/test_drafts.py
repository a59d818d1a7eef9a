"""Drafts: their writer's alone, and one for all windows in which that writer has the editor open."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mathsoc import clock
from mathsoc.writing import rules, service
from tests.support.world import World
from tests.writing.desk import ADDRESS, NEW, OLD, OTHER, Clients, Reply, ask, drafts, publish, statement

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIRST, SECOND = "<p>Of the first window</p>", "<p>Of the second window</p>"


async def test_a_draft_is_its_writers_alone(clients: Clients, world: World) -> None:
    """Autosaved, offered again with what it was begun from, thrown away on request."""
    with clock.moved_to(world.now + timedelta(minutes=3)):
        saved = await ask(clients["carol"], "draft", htmx=True, form={"text": NEW, "base": "0"})
        shown = clock.now().astimezone(ZoneInfo("Europe/London"))
    assert saved.status == 200 and f"Draft saved {shown:%H:%M}" in saved.html
    assert saved.html.startswith("<div id=")
    for name in ("alice", "bob", "anonymous", "carol", "ada"):
        assert "New words" not in (await ask(clients[name])).html
    assert "New words" not in (await ask(clients["ada"], "edit")).html
    editor = await ask(clients["carol"], "edit")
    assert "New words" in editor.html and "This is your draft of" in editor.html
    # One draft each; what is typed later takes its place.
    known = editor.value("draft")
    await ask(clients["carol"], "draft", form={"text": OTHER, "base": "0", "draft": known})
    await ask(clients["ada"], "draft", form={"text": NEW, "base": "0"})
    carol, ada = world.members["carol"].id, world.members["ada"].id
    assert sorted(await drafts(world)) == sorted([(carol, OTHER, 0), (ada, NEW, 0)])
    assert (
        await ask(clients["carol"], "draft", form={"text": OTHER, "base": "0"})
    ).to == f"{ADDRESS}/edit?field=statement"
    form = {"field": "statement", "draft": rules.version(OTHER)}
    gone = await ask(clients["carol"], "draft/disposal", htmx=True, form=form)
    assert "Statement" in gone.html and "Other words" not in gone.html and "your draft" not in gone.html
    assert await drafts(world) == [(ada, NEW, 0)]
    # What readers see already is no draft, and published it is none any more.
    await ask(clients["ada"], "draft", form={"text": OLD, "base": "0", "draft": rules.version(NEW)})
    assert not await drafts(world)
    await ask(clients["ada"], "draft", form={"text": OTHER, "base": "0"})
    await publish(clients["ada"], NEW, 0, draft=rules.version(OTHER))
    assert not await drafts(world) and await statement(world) == NEW


async def test_old_drafts_are_forgotten(clients: Clients, world: World) -> None:
    with clock.moved_to(world.now - rules.DRAFTS_KEPT - timedelta(minutes=1)):
        await ask(clients["carol"], "draft", form={"text": NEW, "base": "0"})
    await ask(clients["ada"], "draft", form={"text": OTHER, "base": "0"})
    async with world.database.writing() as session:
        await service.forget_old(session, None)  # type: ignore[arg-type]
    assert await drafts(world) == [(world.members["ada"].id, OTHER, 0)]


async def test_two_windows_of_one_writer_lose_nothing(clients: Clients, world: World) -> None:
    """The second is told of the first's draft, has both, and what it then sends knows of it."""
    carol = clients["carol"]
    member = world.members["carol"].id
    windows = [(await ask(carol, "edit")).value("draft") for _ in range(2)]
    assert windows == ["", ""]
    first = await save(clients, FIRST, windows[0])
    assert first.status == 200
    told = await save(clients, SECOND, windows[1])
    assert told.status == 409 and FIRST in told.html and "<html" not in told.html
    assert await drafts(world) == [(member, FIRST, 0)]
    # The first goes on; its own older draft is no other one.
    more = FIRST + "<p>More</p>"
    windows[0] = (await save(clients, more, first.value("draft"))).value("draft")
    # As a page: what was typed stands in the editor, and to keep it now is to have seen the other.
    page = await ask(carol, "draft", form={"text": SECOND, "base": "0", "draft": windows[1]})
    assert page.status == 409 and "Of the second window" in page.html and more in page.html
    assert page.value("draft") == windows[0] == rules.version(more)
    assert (await save(clients, SECOND, page.value("draft"))).status == 200
    assert await drafts(world) == [(member, SECOND, 0)]
    # What was sent before and arrived, though its reply was lost, may be sent again.
    assert (await save(clients, SECOND, "")).status == 200
    assert (await save(clients, more, windows[0])).status == 409
    assert (await save(clients, OLD, windows[0])).status == 409, "to type back what is read drops no draft"
    assert await drafts(world) == [(member, SECOND, 0)]


async def test_a_draft_that_was_not_seen_outlives_a_publication(clients: Clients, world: World) -> None:
    """So it does a disposal, and a restoration; a draft that was seen is done with."""
    carol, member = clients["carol"], world.members["carol"].id
    await save(clients, FIRST, "")
    assert (await publish(carol, SECOND, 0)).status == 303 and await statement(world) == SECOND
    await ask(carol, "draft/disposal", form={"field": "statement", "draft": rules.version(SECOND)})
    assert (await ask(carol, "restoration", form={"number": "1", "base": "2"})).status == 303
    assert await drafts(world) == [(member, FIRST, 0)]
    # Where somebody else was faster, the page has this text and says that the other draft is there too.
    stale = await publish(carol, NEW, 0)
    assert stale.status == 409 and "a draft of its own" in stale.html and NEW in stale.html
    seen = (await ask(carol, "edit")).value("draft")
    assert "is kept as a draft" in (await publish(carol, NEW, 0, draft=seen)).html
    assert await drafts(world) == [(member, NEW, 0)]
    assert (await publish(carol, NEW, 3, draft=rules.version(NEW))).status == 303 and not await drafts(world)


async def test_of_windows_that_save_at_once_one_does(clients: Clients, world: World) -> None:
    """Also for the first draft, which has no row to lock yet."""
    known = ""
    for turn in range(2):
        texts = [f"<p>{turn} of window {n}</p>" for n in range(5)]
        replies = await asyncio.gather(*(save(clients, text, known) for text in texts))
        (won,) = [text for text, reply in zip(texts, replies, strict=True) if reply.status == 200]
        assert sorted(reply.status for reply in replies) == [200, *[409] * 4]
        assert [one[1] for one in await drafts(world)] == [won]
        known = rules.version(won)


@ONCE
async def test_a_draft_that_cannot_be_cleaned_is_shown_as_it_is(clients: Clients, world: World) -> None:
    await save(clients, "<b>" * 600 + "deep", "")
    told = await save(clients, SECOND, "")
    assert told.status == 409 and "<pre>&lt;b&gt;" in told.html
    assert (await ask(clients["carol"], "draft", form={"text": NEW, "draft": "x" * 21})).status == 422


async def save(clients: Clients, text: str, known: str) -> Reply:
    """What a window of Carol's sends while she types."""
    form = {"text": text, "base": "0", "draft": known}
    return await ask(clients["carol"], "draft", htmx=True, form=form)

"""Editing a text in its place: by whom, how it is saved, and what readers see meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from quart import Quart

from mathsoc import clock
from mathsoc.app import Mathsoc
from mathsoc.challenges import queries
from mathsoc.live.service import versions
from mathsoc.writing import rules, service
from tests.console.people import logged
from tests.support.asked import watch
from tests.support.world import World, noon
from tests.writing.desk import (
    ADDRESS,
    NEW,
    OLD,
    OTHER,
    Clients,
    ask,
    drafts,
    publish,
    region,
    revisions,
    statement,
)

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_text_is_published_and_read(app: Quart, clients: Clients, world: World) -> None:
    """Carol edits, without JavaScript; Alice, Bob and the public read what she published, and no button."""
    editor = await ask(clients["carol"], "edit")
    assert (
        editor.status == 200 and editor.value("base") == "0" and "&lt;p&gt;Statement&lt;/p&gt;" in editor.html
    )
    done = await publish(clients["carol"], NEW, 0, note="  Clearer\twords ")
    assert (done.status, done.to) == (303, ADDRESS)
    for name in ("alice", "bob", "anonymous", "carol"):
        page = (await ask(clients[name])).html
        assert NEW in page and OLD not in page
        assert ("/edit?field=statement" in page) == (name == "carol"), name
    carol = world.members["carol"].id
    assert await revisions(world) == [(1, OLD, service.AS_IT_WAS, None), (2, NEW, "Clearer words", carol)]
    ((entry, detail),) = await logged(world, "text-published")
    assert (entry.actor_id, entry.subject_kind) == (carol, "challenge") and detail is not None
    assert (detail.before, detail.after) == ({"revision": 0}, {"revision": 2, "field": "statement"})
    async with world.database.reading() as session:
        assert await versions(session, ["challenge:squares"]) == {"challenge:squares": 1}
    # The same again is no revision; nor is it stale, since a form may be sent twice.
    again = await publish(clients["carol"], NEW, 0)
    assert (again.status, again.to) == (303, ADDRESS) and len(await revisions(world)) == 2
    assert (await ask(clients["ada"], "edit")).value("base") == "2"


@ONCE
async def test_only_staff_who_see_keys_come_to_the_editor(clients: Clients, world: World) -> None:
    for name, status in (("alice", 403), ("bob", 403), ("anonymous", 403)):
        for what in ("", "draft", "draft/disposal", "preview", "restoration", "presence"):
            form = {"text": NEW, "base": "0", "number": "1"}
            assert (await ask(clients[name], what, form=form)).status == status, (name, what)
        for what in ("edit", "history", "region"):
            reply = await ask(clients[name], what)
            assert (reply.status, reply.to is None) == ((303, False) if name == "anonymous" else (403, True))
    assert await statement(world) == OLD and not await drafts(world) and not await revisions(world)


@ONCE
async def test_for_htmx_the_region_alone_becomes_the_editor_and_back(clients: Clients, world: World) -> None:
    root = '<div class="region{}" id="region-challenges-squares-statement"'
    editor = await ask(clients["carol"], "edit?field=statement", htmx=True)
    assert root.format(" editing") in editor.html and "<html" not in editor.html
    assert "data-editor" in editor.html and f'hx-post="{ADDRESS}"' in editor.html
    back = await ask(clients["carol"], "region?field=statement", htmx=True)
    assert root.format("") in back.html and OLD in back.html and "<html" not in back.html
    assert (await ask(clients["carol"], "region?field=statement")).to == ADDRESS
    done = await ask(clients["carol"], htmx=True, form={"text": NEW, "base": "0", "field": "statement"})
    assert done.status == 200 and root.format("") in done.html and NEW in done.html
    assert service_words(done.html) == "Published."
    again = await ask(clients["carol"], htmx=True, form={"text": NEW, "base": "2"})
    assert service_words(again.html) == "Nothing was changed."


def service_words(html: str) -> str:
    found = re.search(r'<span class="quiet" role="status">([^<]*)</span>', html)
    assert found
    return found[1]


async def test_the_second_of_two_editors_sees_both_texts(clients: Clients, world: World) -> None:
    """Nothing is lost: theirs is published, yours a draft; keep mine, take theirs, or merge."""
    base = "<p>First.</p><p>Middle.</p><p>Last.</p>"
    mine, theirs = base.replace("First", "My first"), base.replace("Last", "Their last")
    await publish(clients["carol"], base, 0)
    await publish(clients["carol"], theirs, 2, note="the end")
    stale = await publish(clients["ada"], mine, 2, note="the start")
    assert stale.status == 409 and await statement(world) == theirs
    assert "Display Carol has published" in stale.html
    assert "<p>My first.</p>" in stale.html and "<p>Their last.</p>" in stale.html
    assert "<del>" in stale.html and "<ins>" in stale.html
    assert stale.html.count('name="base" value="3"') == 2 and 'name="note" value="the start"' in stale.html
    assert await drafts(world) == [(world.members["ada"].id, mine, 2)]
    merged = re.findall(r"<textarea[^>]*data-editor[^>]*>\n(.*?)</textarea>", stale.html, re.DOTALL)[0]
    assert "My first" in merged and "Their last" in merged and "⟪" not in merged
    # The fragment for htmx is the same, in the region's place.
    fragment = await ask(clients["ada"], htmx=True, form={"text": mine, "base": "2"})
    assert fragment.status == 409 and 'id="region-challenges-squares-statement"' in fragment.html
    assert "<html" not in fragment.html
    # Take theirs: the draft goes, the text stays. Then the same conflict once more, and mine is kept.
    known = stale.value("draft")
    taken = await ask(
        clients["ada"], "draft/disposal", form={"field": "statement", "then": "read", "draft": known}
    )
    assert taken.to == ADDRESS and not await drafts(world) and await statement(world) == theirs
    assert (await publish(clients["ada"], mine, 2)).status == 409
    assert (await publish(clients["ada"], mine, 3)).status == 303
    assert [one[1] for one in await revisions(world)] == [OLD, base, theirs, mine]


@ONCE
async def test_a_place_that_both_changed_is_not_published_with_its_marks(
    clients: Clients, world: World
) -> None:
    await publish(clients["carol"], NEW, 0)
    stale = await publish(clients["ada"], OTHER, 0)
    merged = re.findall(r"<textarea[^>]*data-editor[^>]*>\n(.*?)</textarea>", stale.html, re.DOTALL)[0]
    text = merged.replace("&lt;", "<").replace("&gt;", ">")
    for part in (rules.MINE, OTHER, rules.THEIRS, NEW, rules.END):
        assert part in text
    refused = await publish(clients["ada"], text, 2, draft=stale.value("draft"))
    assert refused.status == 422 and "take these marks out" in refused.html and "Other words" in refused.html
    assert await statement(world) == NEW and [one[1] for one in await drafts(world)] == [text]
    assert (await publish(clients["ada"], OTHER + NEW, 2)).status == 303


@ONCE
async def test_a_text_that_was_changed_elsewhere_is_a_revision_too(
    app: Quart, clients: Clients, world: World
) -> None:
    """By an import for one: nothing that readers saw is missing from the history."""
    await publish(clients["carol"], NEW, 0)
    async with world.database.writing() as session:
        shelf = app.extensions["shelves"].get("challenges")
        thing = await shelf.find(session, "squares")
        await shelf.write(session, thing, "statement", OTHER, world.now)
    await publish(clients["carol"], OLD, 2)
    assert [one[1:3] for one in await revisions(world)] == [
        (OLD, service.AS_IT_WAS),
        (NEW, ""),
        (OTHER, service.OUTSIDE),
        (OLD, ""),
    ]


@ONCE
async def test_what_cannot_be_published_is_said_and_kept(clients: Clients, world: World) -> None:
    carol = clients["carol"]
    assert (await ask(carol, form={})).status == 422
    for base in ("x", "-1", "99999999999999999999", "1.5"):
        assert (await ask(carol, form={"text": NEW, "base": base})).status == 422, base
    assert (await publish(carol, NEW, 7)).status == 409
    long = await publish(carol, "x" * (rules.LONGEST + 1), 0)
    assert long.status == 422 and "at most 200,000" in long.html
    assert (await ask(carol, "draft", form={"text": "x" * (rules.LONGEST + 1)})).status == 422
    noted = await publish(carol, NEW, 0, note="n" * 201)
    assert noted.status == 422 and "At most 200" in noted.html and "New words" in noted.html
    assert (await ask(carol, "edit?field=key")).status == 404
    assert (await publish(carol, NEW, 0, field="title")).status == 404
    assert (await ask(carol, "/articles/nothing/edit")).status == 404
    assert await statement(world) == OLD and not await revisions(world)
    # All of it may go.
    assert (await publish(carol, "", 0)).status == 303 and await statement(world) == ""


@ONCE
async def test_what_is_stored_is_clean(clients: Clients, world: World) -> None:
    for text in ('<p onclick="x()">a<script>b()</script></p>', "<img src=x onerror=y()>", "<svg><script>"):
        now = (await region(world)).revision if await revisions(world) else 0
        await publish(clients["carol"], text, now)
        for bad in ("onclick", "onerror", "<script", "<svg"):
            assert bad not in await statement(world)
    for name in ("alice", "anonymous"):
        assert "onclick" not in (await ask(clients[name])).html


async def test_who_else_is_here(clients: Clients, world: World) -> None:
    """Told while the editor is open, and when it is opened; whoever is not heard of for a minute is gone."""
    carol, ada = clients["carol"], clients["ada"]
    with clock.moved_to(noon()):
        assert "editing" not in (await ask(carol, "presence", htmx=True, form={"base": "0"})).html
    with clock.moved_to(noon() + timedelta(seconds=50)):
        await ask(carol, "presence", htmx=True, form={"base": "0"})
    with clock.moved_to(noon() + timedelta(seconds=100)):
        await ask(carol, "draft", htmx=True, form={"text": NEW, "base": "0"})
        assert "Display Carol is editing this too (1 min)" in (await ask(ada, "edit")).html
        here = await ask(ada, "presence", htmx=True, form={"base": "0"})
        assert 'id="present-challenges-squares-statement"' in here.html and "Display Carol" in here.html
        assert "Display Ada" in (await ask(carol, "presence", htmx=True, form={"base": "0"})).html
        assert (
            "editing"
            not in (await ask(ada, "presence", form={"base": "0", "field": "solution"}, htmx=True)).html
        )
    with clock.moved_to(noon() + timedelta(seconds=161)):
        assert "editing this too" not in (await ask(ada, "edit")).html
        await ask(carol, "presence", htmx=True, form={"base": "0"})
        assert "Carol" in (await ask(ada, "edit")).html
        await ask(carol, "presence", htmx=True, form={"base": "0", "left": "1"})
        assert "editing this too" not in (await ask(ada, "edit")).html
        assert (await publish(carol, OTHER, 0)).status == 303
        told = await ask(ada, "presence", htmx=True, form={"base": "0"})
        assert "Display Carol has published a newer text" in told.html
    assert "editing" not in (await ask(clients["alice"])).html


@ONCE
async def test_a_preview_is_what_readers_would_have(clients: Clients, world: World) -> None:
    """By their renderer, in the frame of whom it is asked for; nothing is kept of it."""
    carol = clients["carol"]
    await world.add_challenge("later", release_at=world.now + timedelta(hours=3))
    form = {"text": "<p>A \\(x^2\\)<script>b()</script></p>", "base": "0", "as": "public"}
    page = (await ask(carol, "preview", form=form)).html
    assert "<msup>" in page and "<script>b" not in page and 'href="/register"' in page
    assert "Display Carol" not in page and "who cannot see it" not in page
    assert "A \\(x^2\\)" in page, "the text goes on being edited below"
    fragment = (await ask(carol, "preview", form=form | {"as": "member"}, htmx=True)).html
    assert (
        fragment.startswith('<section id="preview-challenges-squares-statement"') or "<section id" in fragment
    )
    assert "<html" not in fragment and "<msup>" in fragment
    solution = form | {"field": "solution", "as": "member"}
    assert "who cannot see it as things stand" in (await ask(carol, "preview", form=solution)).html
    after = await ask(carol, "preview", form=solution | {"as": "after the lock"})
    assert "a member after the lock." in after.html and "cannot see it" not in after.html
    for seen_as, hidden in (("public", True), ("member", True), ("after the release", False)):
        shown = await ask(carol, "/challenges/later/preview", form=form | {"as": seen_as})
        assert ("who cannot see it" in shown.html) == hidden, seen_as
    assert await statement(world) == OLD and not await drafts(world)


@ONCE
async def test_an_open_challenge_warns_who_edits_it(clients: Clients, world: World) -> None:
    challenge = await world.add_challenge("later", release_at=world.now + timedelta(hours=3))
    assert "nobody has answered yet" in (await ask(clients["carol"], "edit")).html
    path = f"{ADDRESS}/boxes/{{}}/attempts"
    async with world.database.reading() as session:
        box = (await queries.shown(session, "squares", world.now, signed_in=True)).boxes[0].public_id
    for name in ("alice", "alice", "bob"):
        token = {"answer": "x", "token": f"t-{name}-{id(object())}"}
        await clients[name].post(path.format(box), form=token)
    assert "2 members have answered" in (await ask(clients["carol"], "edit")).html
    assert "members have answered" not in (await ask(clients["carol"], "edit?field=solution")).html
    assert "answered" not in (await ask(clients["carol"], f"/challenges/{challenge.slug}/edit")).html


async def test_the_editor_asks_little_of_the_database(app: Mathsoc, clients: Clients) -> None:
    asked = watch(app.database)
    await ask(clients["carol"], "edit", htmx=True)
    opening = len(asked.statements)
    asked.clear()
    await ask(clients["carol"], "draft", htmx=True, form={"text": NEW, "base": "0"})
    assert (opening, len(asked.statements)) < (20, 20), asked.statements
    assert asked.held == 0

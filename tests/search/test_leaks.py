"""Not a byte before its time, and to nobody whom it is not for: search, feed, calendar, sitemap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart

from mathsoc import clock
from tests.search.writing import fill, post
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

HOUR = timedelta(hours=1)
# What each of these must never read now; the word is in title, text and slug, "shared" is in all of them.
EVERYBODY = ("anonymous", "alice", "bob")
FAR = "zqdraft", "zqscheduled", "zqbinned", "zqarchived", "zqexpired", "zqunset", "zqlater", "zqsecret"
MEMBERS = "zqmembers", "zqcup"
STAFF = ("zqstaff",)
OPEN = "zqopen", "zqchallenge"


@dataclass
class Words:
    """Who may find what now."""

    hidden: dict[str, tuple[str, ...]]
    shown: dict[str, tuple[str, ...]]


WORDS = Words(
    hidden={
        "anonymous": FAR + MEMBERS + STAFF,
        "alice": FAR + STAFF,
        "bob": FAR + STAFF,
        "carol": ("zqbinned",),
    },
    shown={
        "anonymous": OPEN,
        "alice": OPEN + MEMBERS,
        "bob": OPEN + MEMBERS,
        "carol": OPEN + MEMBERS + STAFF + tuple(word for word in FAR if word != "zqbinned"),
    },
)


async def write_everything(world: World) -> None:
    now = world.now

    async def about(word: str, **given: object) -> None:
        body = f"<p>{word} shared</p>"
        await post(world, word, word, **{"title": word, "summary": f"{word} in short", "body": body} | given)

    await about("zqopen")
    await about("zqdraft", publish_at=None)
    await about("zqscheduled", publish_at=now + 3 * HOUR)
    await about("zqmembers", audience="members")
    await about("zqstaff", audience="staff")
    await about("zqbinned", binned_at=now)
    await about("zqarchived", archived_at=now)
    times = {"publish_at": now - 5 * HOUR, "expires_at": now - HOUR}
    await about("zqexpired", kind="announcement", **times)
    for slug, given in {
        "zqchallenge": {"solution": "<p>zqsecret shared</p>"},
        "zqunset": {"release_at": None, "lock_at": None},
        "zqlater": {"release_at": now + 3 * HOUR, "lock_at": now + 30 * HOUR},
        "zqcup": {"competition": "cup"},
    }.items():
        own = {"title": slug, "topic": slug, "statement": f"<p>{slug} shared</p>"} | given
        await world.add_challenge(slug, **own)
    await fill(world.database)


async def clients(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    people = {name: await already_signed_in(app, world, name) for name in ("alice", "bob", "carol")}
    return {"anonymous": app.test_client(), **people}


async def text(client: TestClientProtocol, path: str) -> str:
    reply = await client.get(path)
    assert reply.status_code == 200, path
    return str(await reply.get_data(as_text=True))


def answer(page: str) -> str:
    """The part of the search page that is not the question."""
    return page.partition('id="results"')[2].replace("</mark>", "").replace("<mark>", "")


async def test_the_search_gives_everybody_what_they_may_read(app: Quart, world: World) -> None:
    await write_everything(world)
    for who, client in (await clients(app, world)).items():
        for word in WORDS.hidden[who]:
            found = answer(await text(client, f"/search?q={word}"))
            assert "Nothing found" in found and word not in found, (who, word)
        for word in WORDS.shown[who]:
            assert "1 thing found" in answer(await text(client, f"/search?q={word}")), (who, word)
        found = answer(await text(client, "/search?q=shared"))
        assert f"{len(WORDS.shown[who]) + 0} things found" in found, who
        assert not [word for word in WORDS.hidden[who] if word in found], who
        assert all(word in found for word in WORDS.shown[who]), who
        assert "things found" in answer(await text(client, "/search?q=shared&page=2"))


async def test_staff_are_told_what_others_do_not_see(app: Quart, world: World) -> None:
    await write_everything(world)
    carol = await already_signed_in(app, world, "carol")
    for word, note in {
        "zqdraft": "draft",
        "zqscheduled": "scheduled",
        "zqarchived": "archived",
        "zqexpired": "over",
        "zqunset": "draft",
        "zqlater": "scheduled",
        "zqsecret": "open",
    }.items():
        assert f'<span class="tag">{note}</span>' in await text(carol, f"/search?q={word}"), word
    assert '<span class="tag">' not in await text(carol, "/search?q=zqopen")


PUBLIC = (
    "/feed.xml",
    "/feed/articles.xml",
    "/feed/announcements.xml",
    "/sitemap.xml",
    "/calendar.ics",
    "/robots.txt",
)


async def test_feeds_calendar_and_sitemap_have_what_everybody_may_read(app: Quart, world: World) -> None:
    await write_everything(world)
    for who, client in (await clients(app, world)).items():
        hidden = FAR + STAFF + (() if who != "anonymous" else MEMBERS)
        for path in PUBLIC:
            said = (await text(client, path)).replace("\r\n ", "")
            # The calendar of whoever is signed in has what members see; all else is the same for everybody.
            never = hidden if path == "/calendar.ics" else FAR + STAFF + MEMBERS
            assert not [word for word in never if word in said], (who, path)
        assert "zqopen" in await text(client, "/feed.xml")
        assert "zqopen" in await text(client, "/sitemap.xml") and "zqchallenge" in await text(
            client, "/sitemap.xml"
        )
        calendar = await text(client, "/calendar.ics")
        assert "zqchallenge" in calendar
        assert ("zqcup" in calendar) == (who != "anonymous")


async def test_link_previews_tell_nothing_more_than_the_public_page(app: Quart, world: World) -> None:
    await write_everything(world)
    page = await text(app.test_client(), "/challenges/zqchallenge")
    assert 'property="og:title" content="zqchallenge"' in page and "zqsecret" not in page
    assert 'property="og:url" content="http://localhost/challenges/zqchallenge"' in page
    everybody = await clients(app, world)
    article = await text(app.test_client(), "/articles/zqopen")
    assert 'property="og:description" content="zqopen in short"' in article
    assert 'property="og:url" content="http://localhost/articles/zqopen"' in article
    for word in ("zqdraft", "zqscheduled", "zqarchived", "zqmembers", "zqstaff"):
        assert "og:title" not in await text(everybody["carol"], f"/articles/{word}"), word
    assert "og:title" not in await text(everybody["carol"], "/challenges/zqlater")
    assert "og:title" not in await text(everybody["alice"], "/challenges/zqcup")


async def test_at_its_moment_and_not_before(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_everything(world)
    client = app.test_client()

    async def seen_at(moment: datetime) -> dict[str, bool]:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return {
            "search": "1 thing found" in await text(client, "/search?q=zqscheduled"),
            "feed": "zqscheduled" in await text(client, "/feed.xml"),
            "sitemap": "zqscheduled" in await text(client, "/sitemap.xml"),
            "challenge": "1 thing found" in await text(client, "/search?q=zqlater"),
            "calendar": "zqlater" in await text(client, "/calendar.ics"),
            "listed": "zqlater" in await text(client, "/sitemap.xml"),
        }

    due = world.now + 3 * HOUR
    assert set((await seen_at(due - timedelta(milliseconds=1))).values()) == {False}
    assert set((await seen_at(due)).values()) == {True}
    assert "Nothing found" in await text(client, "/search?q=zqsecret")
    monkeypatch.setattr(clock, "now", lambda: world.now + timedelta(days=1))
    assert "1 thing found" in await text(client, "/search?q=zqsecret")

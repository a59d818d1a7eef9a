"""Feeds, calendar, sitemap: what they are made of, and that they stay the same while nothing changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar
from quart import Quart

from mathsoc import clock
from mathsoc.feeds.atom import ATOM, XML
from mathsoc.uploads.models import Upload
from tests.search.writing import post
from tests.support.world import World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

HOUR = timedelta(hours=1)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# What RFC 4287 asks of each.
NEEDED = {"feed": {"id", "title", "updated", "author"}, "entry": {"id", "title", "updated", "content"}}


async def got(client: TestClientProtocol, path: str, status: int = 200, **headers: str) -> Any:
    reply = await client.get(path, headers=headers)
    assert reply.status_code == status, (path, reply.status_code)
    return reply


async def parsed(client: TestClientProtocol, path: str) -> ET.Element:
    return ET.fromstring(await (await got(client, path)).get_data())


def names(element: ET.Element) -> set[str]:
    return {child.tag.removeprefix(f"{{{ATOM}}}") for child in element}


async def test_a_feed_is_whole_atom(app: Quart, world: World) -> None:
    document = Upload(kind="document", media_type="application/pdf", size=7, sha256="", created_at=world.now)
    async with world.database.writing() as session:
        session.add(document)
    body = '<p>Is 1 &lt; 2? <a href="/about">Yes</a> \x0b <span data-latex="x^2">x^2</span></p>'
    await post(world, "first", title='<b> & "', body=body, credit="Ada & Co")
    await post(world, "second", kind="newsletter", document_id=document.id)
    await post(world, "third", kind="page")
    client = app.test_client()
    feed = await parsed(client, "/feed.xml")
    assert feed.tag == f"{{{ATOM}}}feed" and NEEDED["feed"] <= names(feed)
    assert feed.get(f"{{{XML}}}base") == "http://localhost/"
    entries = feed.findall(f"{{{ATOM}}}entry")
    assert len(entries) == 2 and all(NEEDED["entry"] <= names(entry) for entry in entries)
    ids = [one.findtext(f"{{{ATOM}}}id") for one in entries]
    assert len(set(ids)) == 2 and all(str(one).startswith("tag:localhost,") for one in ids)
    for moment in feed.iter(f"{{{ATOM}}}updated"):
        datetime.strptime(moment.text or "", "%Y-%m-%dT%H:%M:%SZ")
    (enclosure,) = [link for link in feed.iter(f"{{{ATOM}}}link") if link.get("rel") == "enclosure"]
    assert enclosure.get("href") == f"http://localhost/uploads/{document.public_id}"
    first = next(one for one in entries if one.findtext(f"{{{ATOM}}}title") == '<b> & "')
    content = first.find(f"{{{ATOM}}}content")
    assert content is not None and content.get("type") == "html"
    assert "Is 1 &lt; 2?" in str(content.text) and 'href="http://localhost/about"' in str(content.text)
    assert "data-latex" not in str(content.text)
    shelf = await parsed(client, "/feed/newsletters.xml")
    assert [one.findtext(f"{{{ATOM}}}title") for one in shelf.iter(f"{{{ATOM}}}entry")] == ["Second"]
    empty = await parsed(client, "/feed/announcements.xml")
    assert NEEDED["feed"] <= names(empty)
    await got(client, "/feed/pages.xml", 404)
    page = await (await got(client, "/challenges")).get_data(as_text=True)
    assert '<link rel="alternate" type="application/atom+xml"' in page


@pytest.mark.parametrize("path", ["/feed.xml", "/calendar.ics", "/sitemap.xml", "/robots.txt"])
async def test_who_asks_again_is_told_in_a_line(app: Quart, world: World, path: str) -> None:
    await post(world, "first")
    client = app.test_client()
    reply = await got(client, path)
    assert reply.headers["Cache-Control"] == "no-cache"
    again = await got(client, path, 304, **{"If-None-Match": reply.headers["ETag"]})
    assert await again.get_data() == b""
    if path == "/feed.xml":
        await got(client, path, 304, **{"If-Modified-Since": reply.headers["Last-Modified"]})
    if path in ("/feed.xml", "/sitemap.xml"):
        await post(world, "second")
        await got(client, path, 200, **{"If-None-Match": reply.headers["ETag"]})


async def test_the_calendar_keeps_its_ids_and_tells_nothing_before_the_release(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add_challenge("open", title="Squares; in, a \\ row", lock_at=world.now + 5 * HOUR)
    later = {"release_at": world.now + 3 * HOUR, "lock_at": world.now + 4 * HOUR}
    await world.add_challenge("later", title="Zqtitle", **later)
    await world.add_challenge("never", release_at=None, lock_at=None)
    client = app.test_client()

    async def events() -> dict[str, Any]:
        data = await (await got(client, "/calendar.ics")).get_data()
        calendar = Calendar.from_ical(data)
        return {str(one["summary"]): one for one in calendar.walk("VEVENT")}

    before = await events()
    assert before.keys() == {
        "New: Squares; in, a \\ row (KS4)",
        "Locks: Squares; in, a \\ row (KS4)",
        "Ladder begins",
        "Ladder ends",
    }
    assert len({str(one["uid"]) for one in before.values()}) == 4
    assert await events() == before
    monkeypatch.setattr(clock, "now", lambda: world.now + 3 * HOUR)
    after = await events()
    assert {name: str(one["uid"]) for name, one in before.items()}.items() <= {
        name: str(one["uid"]) for name, one in after.items()
    }.items()
    opens = after["New: Zqtitle (KS4)"]["dtstart"].dt
    assert opens == (world.now + 3 * HOUR).replace(microsecond=0) and opens.utcoffset() == timedelta(0)
    assert str(after["New: Zqtitle (KS4)"]["url"]) == "http://localhost/challenges/later"
    assert after["Locks: Zqtitle (KS4)"]["dtstart"].dt > datetime.now(UTC)


async def test_the_sitemap_names_whole_addresses(app: Quart, world: World) -> None:
    await post(world, "first")
    await post(world, "about", kind="page")
    client = app.test_client()
    root = await parsed(client, "/sitemap.xml")
    found = [str(one.text) for one in root.iter(f"{SITEMAP}loc")]
    assert len(found) == len(set(found))
    assert {"http://localhost/", "http://localhost/articles/first", "http://localhost/about"} <= set(found)
    assert "http://localhost/competitions/ladder" in found
    robots = await (await got(client, "/robots.txt")).get_data(as_text=True)
    assert "Sitemap: http://localhost/sitemap.xml" in robots and "Disallow: /console" in robots

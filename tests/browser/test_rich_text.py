"""Hostile rich text through the form, and shown wherever it is read: nothing runs, nothing is asked for.

Pages are opened as they are. Preview, feed and mail are shown besides in a document without any policy, where
the sanitiser alone stands between them and the browser.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest
from playwright.async_api import APIResponse, Browser, Page, Route

from mathsoc import richtext
from mathsoc.db import Database
from mathsoc.richtext import policy
from mathsoc.uploads.models import Upload
from tests.publishing.posts import add_post
from tests.richtext.judging import ALL
from tests.support.browser import Visitor
from tests.support.payloads import Payload
from tests.support.serving import Server
from tests.support.world import PASSWORD, World, build

TOGETHER = 40
END = "the end of it"
PICTURE = "bcdfghjkmn2345678923"
CONTENT = "{http://www.w3.org/2005/Atom}content"
TRAP = "https://trap.example/"
# Attributes that no written text has, wherever it stands.
NEVER = "[onerror], [onload], [onclick], [onfocus], [hx-get], [data-hx-post], [style], [srcset], [ping], [id]"

# Through everything by keyboard, and to where the browser itself believes that the links lead.
WALK = """async () => {
  await new Promise(requestAnimationFrame);
  for (const one of document.querySelectorAll('[tabindex], a')) one.focus();
  const known = ['http:', 'https:', 'mailto:'];
  if ([...document.links].some((link) => !known.includes(link.protocol))) window.__x = 'link';
}"""


@dataclass(frozen=True)
class Batch:
    """Payloads in one text, none of which hides another; how they come out alone."""

    source: str
    stored: str


def _alone(payload: Payload) -> Batch | None:
    """The payload between two paragraphs; None where it is refused, or its pictures lack their words."""
    # A form with this character is refused whole, whatever it is for.
    source = f"<p>{payload.id}</p>{payload.text}<p>{END}</p>".replace("\0", "")
    try:
        stored = richtext.from_source(source)
    except richtext.TooMuch:
        return None
    return Batch(source, stored) if all(one.alt for one in richtext.pictures(stored)) else None


def _closed(one: Batch) -> bool:
    """Whether it leaves nothing open that could swallow what follows."""
    after = "<p>p</p>\"'><p>q</p>--></script></style>$$<p>r</p>"
    try:
        return richtext.from_source(one.source + after) == one.stored + richtext.from_source(after)
    except richtext.TooMuch:
        return False


def _batches(alone: list[Batch]) -> Iterator[Batch]:
    """As many at once as come out as they do alone: an open quotation mark would hide what follows."""
    joined = Batch("".join(one.source for one in alone), "".join(one.stored for one in alone))
    if len(alone) == 1 or (len(alone) <= TOGETHER and _same(joined)):
        yield joined
    else:
        yield from _batches(alone[: len(alone) // 2])
        yield from _batches(alone[len(alone) // 2 :])


def _same(joined: Batch) -> bool:
    try:
        return richtext.from_source(joined.source) == joined.stored
    except richtext.TooMuch:
        return False


class Trap:
    """A document without a policy, which notes what runs in it and what it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []

    async def show(self, html: str) -> bool:
        """Put it into the document as a server would send it; whether anything of it ran."""

        async def answer(route: Route) -> None:
            if route.request.url == TRAP:
                await route.fulfill(
                    body=f"<!doctype html><meta charset=utf-8>{html}", content_type="text/html"
                )
            else:
                self.asked.append(route.request.url)
                await route.abort()

        await self.page.unroute_all()
        await self.page.route("**/*", answer)
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        await self.page.goto(TRAP)
        await self.page.evaluate(WALK)
        return await self.page.evaluate("window.__x") is not None or self.page.url != TRAP


@pytest.fixture(scope="module")
def batches() -> list[Batch]:
    alone = [one for one in map(_alone, ALL) if one is not None]
    assert len(alone) > 500, "without payloads this shows nothing"
    return list(_batches(sorted(alone, key=_closed, reverse=True)))


async def _publish(page: Page, base: str, number: int, batch: Batch) -> APIResponse:
    """What the form sends, without the typing."""
    form: dict[str, str | float | bool] = {"field": "body", "text": batch.source, "base": "0", "note": ""}
    return await page.request.post(f"/articles/hostile-{number}", form=form, headers={"Origin": base})


async def _world(database: Database, batches: list[Batch]) -> World:
    world = await build(database)
    for number, _ in enumerate(batches):
        await add_post(world, f"Hostile {number}")
    async with database.writing() as session:
        session.add(
            Upload(
                public_id=PICTURE,
                kind="picture",
                media_type="image/png",
                size=1,
                sha256="0" * 64,
                width=1,
                height=1,
                created_at=world.now,
            )
        )
    return world


async def test_through_the_form_and_everywhere(
    server: Callable[..., Awaitable[Server]],
    new_context: Callable[..., Awaitable[Visitor]],
    browser: Browser,
    sqlite_url: str,
    batches: list[Batch],
) -> None:
    database = Database(sqlite_url)
    world = await _world(database, batches)
    await database.close()
    running = await server(sqlite_url)
    editor = await new_context(running.url, scripts=False)
    page = await editor.page("/login")
    await page.get_by_label("E-mail").fill(world.members["carol"].email or "")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.goto("/articles/hostile-0/edit?field=body")
    await page.locator("textarea[name=text]").fill(batches[0].source)
    await page.get_by_role("button", name="Publish").click()
    await page.wait_for_url("**/articles/hostile-0*")

    reader = await new_context(running.url)
    # The row has no file here: the one picture that may be asked for is not there.
    reader.allow(f"404.*/uploads/{PICTURE}")
    shown = await reader.page("/articles")
    elsewhere = []
    for number, batch in enumerate(batches):
        if number:
            reply = await _publish(page, running.url, number, batch)
            assert reply.status in (200, 303), (number, await reply.text())
        preview = await page.request.post(
            f"/articles/hostile-{number}/preview",
            form={"field": "body", "text": batch.source},
            headers={"Origin": running.url, "HX-Request": "true"},
        )
        assert preview.status == 200
        elsewhere += [await preview.text(), richtext.for_mail(batch.stored, running.url, "/articles/x")]
        elsewhere.append(richtext.for_feed(batch.stored, "https://trap.example", "/articles/x"))
        await shown.goto(f"/articles/hostile-{number}")
        text = shown.locator("main [hx-ignore]").first
        assert (await text.text_content() or "").count(END) == batch.stored.count(END)
        assert await text.locator(NEVER).count() == 0, number
        assert await shown.evaluate("window.__x") is None, number
        assert await shown.locator("#notices").count() == 1, "the page keeps its shape"

    feed = ET.fromstring((await (await page.request.get("/feed.xml")).body()).decode())
    entries = [one.text or "" for one in feed.iter(CONTENT)]
    assert len(entries) > 5 and all(END in one for one in entries)
    context = await browser.new_context()
    trap = Trap(await context.new_page())
    assert not await trap.show("<hr>".join([*elsewhere, *entries]))
    pictures = (f"{TRAP}uploads/{PICTURE}", f"{running.url}/uploads/{PICTURE}", f"{TRAP}favicon.ico")
    assert not [url for url in trap.asked if url not in pictures] and not trap.said
    await context.close()


async def test_the_trap_sees_what_is_not_cleaned(browser: Browser) -> None:
    """The same payloads raw do run, and do ask other hosts."""
    context = await browser.new_context()
    trap = Trap(await context.new_page())
    ran = [
        one.id for one in ALL if one.id.startswith(("script-0", "handler-0")) and await trap.show(one.text)
    ]
    await trap.show("".join(one.text for one in ALL if one.id.startswith("image-0")))
    assert len(ran) >= 8, ran
    assert [url for url in trap.asked if "evil.example" in url]
    await context.close()


HOLES = {
    "handler": "<table><tr><td tabindex=0 onfocus=window.__x=1>t</table>",
    "link": "".join(one.text for one in ALL if one.id.startswith("link-0")),
    "picture": "".join(one.text for one in ALL if one.id.startswith("image-0")),
}


@pytest.mark.parametrize("hole", HOLES)
async def test_the_trap_sees_a_broken_sanitiser(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, hole: str
) -> None:
    """With one hole in the lists, the same ways to show a text are noticed."""
    context = await browser.new_context()
    trap = Trap(await context.new_page())

    async def noticed() -> bool:
        ran = await trap.show(richtext.for_feed(HOLES[hole], "https://school.example", "/x"))
        return ran or any("evil.example" in url for url in trap.asked)

    assert not await noticed()
    keeps = policy.attribute
    open_ = {
        "handler": ("td", "onfocus", "tabindex"),
        "link": ("a", "href"),
        "picture": ("img", "src", "alt"),
    }[hole]
    monkeypatch.setattr(policy, "ATTRIBUTES", policy.ATTRIBUTES | {open_[0]: open_[1:]})
    monkeypatch.setattr(policy, "PROTOCOLS", policy.PROTOCOLS | {"javascript"})
    monkeypatch.setattr(
        policy,
        "attribute",
        lambda tag, name, value: (
            value if tag == open_[0] and name in open_[1:] and name != "alt" else keeps(tag, name, value)
        ),
    )
    assert await noticed()
    await context.close()

"""Hostile rich text through the form, and shown wherever it is read: nothing runs, nothing is asked for.

Pages are opened as they are. Preview, feed and mail are shown besides in a document without any policy, where
the sanitiser alone stands between them and the browser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from mathsoc import richtext
from mathsoc.db import Database
from mathsoc.feeds.queries import ENTRIES
from mathsoc.richtext import policy
from mathsoc.uploads.models import Upload
from tests.browser.trap import TRAP, Trap
from tests.live.fakes import true
from tests.mailings.stage import ask
from tests.publishing.posts import add_post
from tests.richtext.judging import ALL
from tests.richtext.together import END, Batch, batches
from tests.support.browser import Visitor
from tests.support.serving import Server
from tests.support.smtp import MailServer, mail_server
from tests.support.world import PASSWORD, World, build

PICTURE = "bcdfghjkmn2345678923"
ATOM = "{http://www.w3.org/2005/Atom}"
# Attributes that no written text has, wherever it stands.
NEVER = "[onerror], [onload], [onclick], [onfocus], [hx-get], [data-hx-post], [style], [srcset], [ping], [id]"


@pytest.fixture(scope="module", name="batches")
def all_batches() -> list[Batch]:
    return batches()


async def _world(database: Database, count: int, now: datetime) -> World:
    """So many newsletters as yet without a hostile word; Alice has them by mail."""
    world = await build(database, now)
    await ask(world, "alice")
    for number in range(count):
        # Feeds show the newest: each comes out a while after the one before.
        out = now + timedelta(minutes=number)
        await add_post(world, f"Hostile {number}", kind="newsletter", publish_at=out)
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


class Scene:
    """A server that Carol writes on, in her browser; somebody reads it in another one; mail is caught."""

    def __init__(self, clock_file: Path, now: datetime, mails: MailServer) -> None:
        self.mails = mails
        self.clock_file, self.now = clock_file, now
        self.at(now)

    def at(self, moment: datetime) -> None:
        """The server's time."""
        written = self.clock_file.with_suffix(".new")
        written.write_text(moment.isoformat())
        written.replace(self.clock_file)  # at once: the server reads it all the time

    async def come(self, new_context: Callable[..., Awaitable[Visitor]], url: str, email: str) -> None:
        self.url = url
        editor, reader = await new_context(self.url, scripts=False), await new_context(self.url)
        self.editor = page = await editor.page("/login")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        # The row has no file here: the one picture that may be asked for is not there.
        reader.allow(f"404.*/uploads/{PICTURE}")
        self.reader = await reader.page("/newsletters")

    async def type(self, number: int, batch: Batch) -> None:
        """By hand, in the form as it stands."""
        await self.editor.goto(f"{path_of(number)}/edit?field=body")
        await self.editor.locator("textarea[name=text]").fill(batch.source)
        await self.editor.get_by_role("button", name="Publish").click()
        await self.editor.wait_for_url(f"**{path_of(number)}*")

    async def post(self, path: str, form: dict[str, str | float | bool], **headers: str) -> str:
        """What a form sends, without the typing."""
        request = self.editor.request
        reply = await request.post(path, form=form, headers={"Origin": self.url, **headers})
        assert reply.status in (200, 303), (path, await reply.text())
        return await reply.text()

    async def publish(self, number: int, batch: Batch) -> None:
        form: dict[str, str | float | bool] = {"field": "body", "text": batch.source, "base": "0"}
        await self.post(path_of(number), {**form, "note": ""})

    async def preview(self, number: int, batch: Batch) -> str:
        form: dict[str, str | float | bool] = {"field": "body", "text": batch.source}
        return await self.post(f"{path_of(number)}/preview", form, **{"HX-Request": "true"})

    async def read(self, number: int, batch: Batch) -> None:
        """The page once it is out, as it is and with its own policy."""
        self.at(self.now + timedelta(minutes=number))
        page = self.reader
        await page.goto(path_of(number))
        text = page.locator("main [hx-ignore]").first
        assert (await text.text_content() or "").count(END) == batch.stored.count(END)
        assert await text.locator(NEVER).count() == 0, number
        assert await page.evaluate("window.__x") is None, number
        assert await page.locator("#notices").count() == 1, "the page keeps its shape"

    async def feed(self, path: str) -> dict[str, str]:
        """The texts of a feed as it is served, by title."""
        root = ET.fromstring((await (await self.editor.request.get(path)).body()).decode())
        entries = root.findall(f"{ATOM}entry")
        return {one.findtext(f"{ATOM}title", ""): one.findtext(f"{ATOM}content", "") for one in entries}

    async def sent(self, count: int) -> dict[str, str]:
        """Every newsletter sent by its button; the whole of its HTML as the mail server took it, by title."""
        for number in range(count):
            await self.post(f"{path_of(number)}/mailing", {})
        await true(lambda: len(self.mails.mails) == count, 60)
        parts = {mail["Subject"].partition(": ")[2]: mail.get_body(("html",)) for mail in self.mails.mails}
        return {title: str(part.get_content()) for title, part in parts.items() if part is not None}


def path_of(number: int) -> str:
    return f"/newsletters/hostile-{number}"


@pytest_asyncio.fixture(loop_scope="session")
async def scene(
    server: Callable[..., Awaitable[Server]],
    new_context: Callable[..., Awaitable[Visitor]],
    sqlite_url: str,
    tmp_path: Path,
    batches: list[Batch],
) -> AsyncIterator[Scene]:
    """It is noon: nothing is sent at night."""
    noon = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(12), UTC)
    database, file = Database(sqlite_url), tmp_path / "clock"
    world = await _world(database, len(batches), noon)
    await database.close()
    async with mail_server() as mails:
        made = Scene(file, noon, mails)
        url = f"smtp://127.0.0.1:{mails.port}?from=maths@northfield.example"
        running = await server(sqlite_url, MATHSOC_CLOCK_FILE=str(file), MAIL_URL=url)
        await made.come(new_context, running.url, world.members["carol"].email or "")
        yield made


async def test_through_the_form_and_everywhere(scene: Scene, browser: Browser, batches: list[Batch]) -> None:
    elsewhere: list[str] = []
    fed: dict[str, str] = {}
    for number, batch in enumerate(batches):
        await (scene.publish(number, batch) if number else scene.type(number, batch))
        elsewhere.append(await scene.preview(number, batch))
        elsewhere.append(richtext.for_feed(batch.stored, TRAP.rstrip("/"), "/articles/x"))
        await scene.read(number, batch)
        if (number + 1) % ENTRIES == 0 or batch is batches[-1]:
            fed |= await scene.feed("/feed.xml")
    for number, batch in enumerate(batches):
        assert fed[f"Hostile {number}"].count(END) == batch.stored.count(END), number
    trap = Trap(await (await browser.new_context()).new_page())
    assert not await trap.show("<hr>".join([*elsewhere, *fed.values()]))
    pictures = (f"{TRAP}uploads/{PICTURE}", f"{scene.url}/uploads/{PICTURE}", f"{TRAP}favicon.ico")
    assert not [url for url in trap.asked if url not in pictures] and not trap.said

    trap.asked.clear()
    mails = await scene.sent(len(batches))
    for number, batch in enumerate(batches):
        assert not await trap.show(mails[f"Hostile {number}"]), number
        assert await trap.page.locator(NEVER).count() == 0, number
        assert (await trap.page.inner_text("body")).count(END) == batch.stored.count(END)
        ends = trap.page.locator("body > p:last-of-type > a")
        assert await ends.first.inner_text() == "Send me no more", "the mail keeps its shape"
    assert not [url for url in trap.asked if url != f"{TRAP}favicon.ico"] and not trap.said
    await trap.page.context.close()


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

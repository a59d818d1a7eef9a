"""Hostile rich text in a real page: nothing runs, nothing is asked for, the page keeps its shape."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from playwright.async_api import Browser

from mathsoc.db import Database
from tests.support.browser import Visitor
from tests.support.payloads import payloads
from tests.support.serving import Server
from tests.support.world import build

PAYLOADS = payloads("richtext")
OURS = ("/challenges/", "/static/", "/live?", "/favicon.ico")


async def test_no_payload_runs_or_asks_for_anything(
    server: Callable[..., Awaitable[Server]],
    new_context: Callable[..., Awaitable[Visitor]],
    sqlite_url: str,
) -> None:
    """Stored as it came, past the cleaning at writing: reading must be enough."""
    database = Database(sqlite_url)
    world = await build(database)
    for payload in PAYLOADS:
        title = payload.text[:100].replace("\n", " ")
        text = f"{payload.text}<p>the end of the statement</p>"
        await world.add_challenge(payload.id, title=title, statement=text, topic=payload.text[:50])
    running = await server(sqlite_url)
    visitor = await new_context(running.url)
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    page = await visitor.page("/challenges")
    for payload in PAYLOADS:
        await page.goto(f"/challenges/{payload.id}")
        assert await page.evaluate("window.__x") is None, payload.id
        assert await page.locator("main #notices, #notices").count() == 1, payload.id
        for attribute in ("onerror", "onload", "onbegin", "style", "hx-get", "data-hx-post", "srcdoc"):
            assert await page.locator(f".statement [{attribute}]").count() == 0, (payload.id, attribute)
    strange = [url for url in asked if not url.removeprefix(running.url).startswith((*OURS, "/challenges"))]
    assert not strange
    await database.close()


async def test_the_trap_catches_what_is_not_cleaned(browser: Browser) -> None:
    """The same payloads, raw and without a policy, do run in this browser."""
    context = await browser.new_context()
    ran = []
    for payload in PAYLOADS:
        if len(payload.text) > 5_000:
            continue
        page = await context.new_page()
        await page.route("**/*", lambda route: route.abort())
        await page.evaluate(f"document.write({json.dumps(payload.text)})")
        await page.wait_for_timeout(50)
        if await page.evaluate("window.__x") == 1:
            ran.append(payload.id)
        await page.close()
    await context.close()
    assert len(ran) >= 3, ran

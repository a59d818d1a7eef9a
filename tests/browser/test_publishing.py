"""Officers publish, in real browsers: what has just been done can be undone for ten seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from mathsoc.db import Database
from mathsoc.publishing import rules
from tests.browser.joining import NewContext, Start, sign_in
from tests.publishing.posts import add_post
from tests.support.world import World, build

ARTICLE = "/articles/squares-in-a-row"
NEARLY, REST = (rules.UNDO_WITHIN - 1) * 1_000, 2_000


async def society(url: str) -> World:
    world = await build(Database(url))
    await add_post(world, "Squares in a row")
    return world


async def stop_the_clock(page: Page) -> None:
    """From the next page on, time stands still there until it is moved on."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    await page.clock.install(time=noon)
    await page.clock.pause_at(noon + timedelta(minutes=1))


async def test_undo_is_offered_for_ten_seconds(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """Then it goes, but never under somebody's pointer or focus; from the bin it comes back all the same."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    page = await sign_in(await new_context(running.url), world, "carol", ARTICLE)
    await stop_the_clock(page)
    await page.goto(ARTICLE)
    await page.get_by_role("button", name="Move to the bin").click()
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    await page.wait_for_load_state()
    await page.clock.fast_forward(NEARLY)
    await expect(undo).to_be_visible()
    await undo.focus()
    await page.clock.fast_forward(NEARLY + REST)
    await undo.hover()
    await undo.evaluate("button => button.blur()")
    await page.clock.fast_forward(NEARLY + REST)
    await expect(undo).to_be_visible()
    await page.mouse.move(0, 0)
    await page.clock.fast_forward(NEARLY)
    await expect(undo).to_be_visible()
    await page.clock.fast_forward(REST)
    await expect(undo).to_have_count(0)
    await page.goto("/console/publishing?state=bin")
    await page.get_by_role("button", name="Bring").click()
    await page.goto(ARTICLE)
    await page.get_by_role("button", name="Move to the bin").click()
    await undo.click()
    await page.wait_for_url(f"**{ARTICLE}*")
    await expect(page.get_by_role("button", name="Move to the bin")).to_be_visible()
    await world.database.close()

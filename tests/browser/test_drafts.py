"""Drafts in real browsers: a broken line, and two windows of one writer."""

from __future__ import annotations

import re

from playwright.async_api import Route, expect

from tests.browser.editing import ARTICLE, AXE, FAULTS, edit, society
from tests.browser.joining import NewContext, Start, sign_in


async def test_drafts_outlive_a_broken_line(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols = await new_context(running.url)
    carols.allow("ERR_INTERNET_DISCONNECTED", "/live")
    page = await sign_in(carols, world, "carol", ARTICLE)
    await edit(page)
    await carols.context.set_offline(True)
    await page.keyboard.type("Kept. ")
    await page.get_by_label("What you changed").focus()
    await expect(page.locator(".draft-state")).to_contain_text("Draft not saved: no connection")
    await carols.context.set_offline(False)
    await expect(page.locator(".draft-state")).to_contain_text("Draft saved")
    await world.database.close()


async def test_two_windows_of_one_writer_lose_nothing(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """The second is told what the first has kept, and keeps either; each of them may be undone or seen."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols = await new_context(running.url)
    carols.allow("status of 409")
    first = await sign_in(carols, world, "carol", ARTICLE)
    second = await carols.page(ARTICLE)
    await edit(first)
    await edit(second)
    saved = re.compile(r"Draft saved \d\d:\d\d")
    for words in ("Of the first window. ", "And more. "):
        await first.bring_to_front()
        await first.keyboard.type(words)
        await first.keyboard.press("Control+s")
        await expect(first.locator(".draft-state")).to_have_text(saved)
        await first.locator(".draft-state").evaluate("state => state.textContent = ''")
    await second.bring_to_front()
    text, told = second.locator(".writer-text"), second.locator(".another-draft")
    await second.keyboard.type("Of the second. ")
    await second.keyboard.press("Control+s")
    await expect(told).to_contain_text("Of the first window. And more.")
    await expect(second.locator(".draft-state")).to_contain_text("Draft not saved")
    await expect(text).to_be_focused()
    await expect(text).to_contain_text("Of the second.")
    await second.evaluate(AXE.read_text("utf-8"))
    assert await second.evaluate(FAULTS) == []
    await second.get_by_role("link", name="Take the other one").click()
    await expect(told).to_have_count(0)
    await expect(text).to_contain_text("Of the first window. And more.")
    await second.keyboard.press("Control+z")
    await expect(text).to_contain_text("Of the second.")
    await second.keyboard.press("Control+s")
    await expect(second.locator(".draft-state")).to_have_text(saved)
    # Now the first is the one that has not seen what was kept last.
    await first.bring_to_front()
    await first.keyboard.type("Still here. ")
    await first.keyboard.press("Control+s")
    await expect(first.locator(".another-draft")).to_contain_text("Of the second.")
    await first.get_by_role("button", name="Keep the one below").click()
    await expect(first.locator(".draft-state")).to_have_text(saved)
    await expect(first.locator(".writer-text")).to_be_focused()
    await first.keyboard.press("Escape")
    await edit(first)
    await expect(first.locator(".writer-text")).to_contain_text("Still here.")
    await world.database.close()


async def test_a_draft_whose_reply_was_lost_is_no_other_one(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols = await new_context(running.url)
    carols.allow("ERR_FAILED", "status of 409")
    page = await sign_in(carols, world, "carol", ARTICLE)
    await edit(page)

    async def arrives_unanswered(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/draft", arrives_unanswered, times=1)
    await page.keyboard.type("Once ")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".draft-state")).to_contain_text("Draft not saved")
    await page.keyboard.type("and again. ")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".draft-state")).to_contain_text("Draft saved")
    await expect(page.locator(".another-draft")).to_have_count(0)
    await page.reload()
    await edit(page)
    await expect(page.locator(".writer-text")).to_contain_text("Once and again.")
    await world.database.close()

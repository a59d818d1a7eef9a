"""Every page as people see it: phone and laptop, light and dark, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from mathsoc import demo
from mathsoc.challenges import service as challenges
from mathsoc.db import Database
from tests.support.browser import LAPTOP, PHONE, Visitor
from tests.support.serving import Server
from tests.support.world import build

Start = Callable[..., Awaitable[Server]]
NewContext = Callable[..., Awaitable[Visitor]]

TOO_SMALL = """[...document.querySelectorAll('button, .tabs a')]
  .filter((e) => e.offsetHeight && e.offsetHeight < 24).map((e) => e.textContent)"""
PAGES = (
    "/",
    "/challenges",
    "/challenges/squares-in-a-row",
    "/challenges/last-digit",
    "/challenges/warm-up-indices",
    "/competitions",
    "/competitions/autumn-ladder",
    "/leaderboards",
    "/leaderboards/autumn-ladder?stage=ks4",
    "/leaderboards/three-rivers-cup?stage=ks4",
)


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (PHONE, True), (LAPTOP, False), (LAPTOP, True)])
async def test_every_page_fits_and_is_quiet(
    server: Start, new_context: NewContext, sqlite_url: str, size: tuple[int, int], dark: bool
) -> None:
    """The visitor's own checks are part of it: no console error, no policy report, no other host."""
    database = Database(sqlite_url)
    logins = {login.role: login for login in await demo.load(database)}
    running = await server(sqlite_url)
    visitor = await new_context(running.url, size=size, dark=dark)
    page = await visitor.page("/login")
    await page.get_by_label("E-mail").fill(logins["member"].email)
    await page.get_by_label("Password").fill(logins["member"].password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/")
    for path in PAGES:
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (path, wide)
        assert await page.evaluate(TOO_SMALL) == [], path
    await database.close()


async def test_a_release_appears_on_an_open_home_page(
    server: Start, new_context: NewContext, sqlite_url: str, tmp_path: Path
) -> None:
    """The clock of a real process is moved past the release; nobody reloads."""

    database = Database(sqlite_url)
    world = await build(database)
    challenge = await world.add_challenge("a-new-one", release_at=world.now + timedelta(hours=1))
    async with database.writing() as session:
        await challenges.plan_announcements(session, challenge)
    file = tmp_path / "now"
    file.write_text(world.now.isoformat())
    running = await server(sqlite_url, MATHSOC_CLOCK_FILE=str(file))
    page = await (await new_context(running.url)).page("/")
    await expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "live")
    await expect(page.get_by_role("link", name="A new one")).to_have_count(0)
    file.write_text((world.now + timedelta(hours=1, seconds=1)).isoformat())
    await expect(page.get_by_role("link", name="A new one")).to_be_visible(timeout=5_000)
    await database.close()

"""Every page as people see it: phone and laptop, light and dark, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from mathsoc import demo
from mathsoc.challenges import service as challenges
from mathsoc.db import Database
from tests.support.browser import LAPTOP, PHONE, Visitor
from tests.support.serving import Server
from tests.support.world import PASSWORD, build

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
    "/profile",
    "/profile/sessions",
    "/profile/password",
    "/profile/attempts",
    "/profile/name",
    "/profile/email",
    "/profile/export",
    "/profile/delete",
    "/register",
    "/privacy",
    "/forgot-password",
)


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        (PHONE, True),
        (LAPTOP, False),
        pytest.param(PHONE, False, marks=pytest.mark.drill),
        pytest.param(LAPTOP, True, marks=pytest.mark.drill),
    ],
)
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


LONG = "x^2/2+2x^2+4x^2+8x^2+16x^2+32x^2+64x^2+128x^2+256x^2+512x^2-3x^2"
MORE_AFTER = """formula => getComputedStyle(formula).getPropertyValue('--more-after')"""


async def test_a_long_answer_says_that_there_is_more_of_it(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """In the reading and among the tries: it fades where it is cut, and the page is no wider for it."""
    database = Database(sqlite_url)
    await (await build(database)).add_challenge("squares")
    running = await server(sqlite_url)
    page = await signed_in(await new_context(running.url, size=PHONE), "/challenges/squares")
    await page.get_by_role("textbox").fill("x")
    await expect(page.locator(".reading")).to_have_attribute("data-state", "ok")
    assert await page.locator(".reading .formula").evaluate(MORE_AFTER) == "0px"
    await page.get_by_role("textbox").fill(LONG)
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.locator(".attempts")).to_be_visible()
    for where in (".reading", ".attempts"):
        assert await page.locator(f"{where} .formula").evaluate(MORE_AFTER) == "32px", where
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await database.close()


async def test_the_own_place_is_in_sight_wherever_one_reads(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """Either the own row, or the line at the foot of the window, and never both."""
    database = Database(sqlite_url)
    world = await build(database)
    for n in range(30):
        await world.add_member(f"other{n}", email=None, display_name=f"Other {n}")
        await world.give(f"other{n}", 30 - n)
    await world.give("alice", 15)
    running = await server(sqlite_url)
    visitor = await new_context(running.url, size=PHONE)
    page = await signed_in(visitor, "/leaderboards/ladder?stage=ks4")
    row, line = page.locator("tr[aria-current]"), page.locator("#own-place")
    for scrolled_to, seen in (("0", line), ("1150", row), ("99999", line)):
        await page.evaluate(f"scrollTo(0, {scrolled_to})")
        other = row if seen is line else line
        await expect(seen).to_be_in_viewport(ratio=0.9)
        await expect(other).not_to_be_in_viewport()
    await database.close()


async def signed_in(visitor: Visitor, path: str) -> Page:
    page = await visitor.page(f"/login?next={path}")
    await page.get_by_label("E-mail").fill("alice@northfield.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"**{path}")
    return page


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

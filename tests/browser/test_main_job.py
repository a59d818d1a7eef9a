"""The main job in real browsers: one member answers, another member's leaderboard moves."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from mathsoc.db import Database
from tests.support.browser import PHONE, Visitor
from tests.support.serving import Server
from tests.support.world import PASSWORD, World, build

pytestmark = pytest.mark.timed

Start = Callable[..., Awaitable[Server]]
NewContext = Callable[..., Awaitable[Visitor]]

WITHIN = 1_000  # milliseconds from the verdict in one browser to the new place in the other


async def sign_in(visitor: Visitor, world: World, name: str, goes_to: str = "/") -> Page:
    page = await visitor.page(f"/login?next={goes_to}")
    await page.get_by_label("E-mail").fill(world.members[name].email or "")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"**{goes_to}")
    return page


async def many_on_the_board(world: World) -> None:
    """Thirty others with points, so that there is something to scroll and a place to climb."""
    for n in range(30):
        await world.add_member(f"other{n}", email=None, display_name=f"Other {n}")
        await world.give(f"other{n}", 1 if n else 9)


async def type_and_send(page: Page, answer: str) -> None:
    """As a person does: into the box, look at the reading, send."""
    box = page.get_by_role("textbox")
    await box.focus()
    await page.keyboard.type(answer, delay=30)
    reading = page.locator(".reading")
    await expect(reading).to_have_attribute("data-state", "ok")
    await expect(reading.locator("math mfrac")).to_be_visible()
    await expect(reading).to_contain_text("Variables: x")
    await page.get_by_role("button", name="Send answer").click()


async def the_main_job(new_context: NewContext, world: World, alices_url: str, bobs_url: str) -> None:
    await many_on_the_board(world)
    await world.add_challenge("squares")
    bobs = await sign_in(await new_context(bobs_url), world, "bob", "/leaderboards/ladder?stage=ks4")
    await expect(bobs.locator("[data-live-state]")).to_have_attribute("data-state", "live")
    row = bobs.locator(f"#row-{world.members['alice'].handle}")
    await expect(row).to_have_count(0)
    # Bob has scrolled and has the keyboard on a tab: neither may be lost.
    await bobs.get_by_role("link", name="KS5").focus()
    await bobs.evaluate("window.scrollTo(0, 200); window.stays = 'the same page'")

    alices = await sign_in(await new_context(alices_url, size=PHONE), world, "alice", "/challenges/squares")
    await type_and_send(alices, "1/2 x^2")
    await expect(alices.locator(".verdict")).to_contain_text("Correct")
    began = time.monotonic()
    await expect(row).to_have_attribute("data-place", "2", timeout=WITHIN)
    assert time.monotonic() - began <= WITHIN / 1000
    await expect(row.locator(".points")).to_have_text("3")
    assert await bobs.evaluate("window.stays") == "the same page"
    assert await bobs.evaluate("document.activeElement.textContent") == "KS5"
    assert await bobs.evaluate("window.scrollY") == 200
    await expect(alices.locator(".result")).to_contain_text("you are the first!")
    # Her own row is marked as hers, on the page she opens and after what is pushed to it.
    await alices.goto("/leaderboards/ladder?stage=ks4")
    own = alices.locator("tr[aria-current=true]")
    await expect(own).to_have_attribute("data-handle", world.members["alice"].handle)
    await expect(own.locator(".you")).to_have_text("you")
    await expect(alices.locator("#own-place")).to_contain_text("You: 2nd")
    await expect(alices.locator("#own-place")).to_contain_text("6 points to 1st")


async def test_one_process_on_sqlite(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    running = await server(sqlite_url)
    await the_main_job(new_context, await build(database), running.url, running.url)
    await database.close()


async def test_a_process_for_each_on_postgresql(
    server: Start, new_context: NewContext, postgres_url: str
) -> None:
    database = Database(postgres_url)
    one, other = await server(postgres_url), await server(postgres_url)
    await the_main_job(new_context, await build(database), one.url, other.url)
    await database.close()


async def test_without_javascript(server: Start, new_context: NewContext, database_url: str) -> None:
    """The same flow as full pages: read it, confirm it, see the verdict, see the board."""
    database = Database(database_url)
    world = await build(database)
    await world.add_challenge("squares")
    running = await server(database_url)
    plain = await new_context(running.url, size=PHONE, scripts=False)
    page = await sign_in(plain, world, "alice", "/challenges/squares")
    await page.get_by_role("textbox").fill("1/2 x^2")
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Send this answer?")
    await expect(page.locator(".reading math mfrac")).to_be_visible()
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.locator(".verdict")).to_contain_text("Correct")
    await expect(page.locator(".result")).to_contain_text("3 points")
    await page.goto("/leaderboards/ladder?stage=ks4")
    own = page.locator("tr[aria-current=true]")
    await expect(own).to_contain_text("Display Alice")
    await expect(own.locator(".you")).to_have_text("you")
    await database.close()


async def test_what_cannot_be_read_is_said_with_its_place(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """Amber while typing, red only after a pause of a second, and nothing charged when it is sent."""
    database = Database(sqlite_url)
    world = await build(database)
    await world.add_challenge("squares")
    running = await server(sqlite_url)
    visitor = await new_context(running.url)
    visitor.allow("status of 422")
    page = await sign_in(visitor, world, "alice", "/challenges/squares")
    await page.get_by_role("textbox").focus()
    await page.keyboard.type("hello")
    await expect(page.locator(".reading")).to_have_attribute("data-state", "unreadable")
    await expect(page.locator(".reading .after-pause")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator(".verdict")).to_contain_text("no try used")
    await expect(page.locator(".tries")).to_have_text("3 of 3 tries left")
    await page.get_by_role("textbox").fill("x")
    await expect(page.locator(".reading")).to_have_attribute("data-state", "ok")
    await page.keyboard.press("Enter")
    await expect(page.locator(".verdict")).to_have_text("Not correct.")
    await expect(page.locator(".tries")).to_have_text("2 of 3 tries left")
    assert await page.evaluate("document.activeElement.name") == "answer"
    await database.close()


async def test_practice_says_it_while_typing(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    world = await build(database)
    await world.add_challenge("warm-up", practice=True)
    running = await server(sqlite_url)
    page = await sign_in(await new_context(running.url), world, "alice", "/challenges/warm-up")
    for answer, state in (("x^2/2", "right"), ("x^2/3", "wrong")):
        await page.get_by_role("textbox").fill(answer)
        await expect(page.locator(".reading")).to_have_attribute("data-state", state)
    await database.close()

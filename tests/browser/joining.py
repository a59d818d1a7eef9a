"""Steps of the browser tests of joining and leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.support.browser import Visitor
from tests.support.serving import Server
from tests.support.world import PASSWORD, World

Start = Callable[..., Awaitable[Server]]
NewContext = Callable[..., Awaitable[Visitor]]
BOARD = "/leaderboards/ladder?stage=ks4"
SECRET = "marble oboe thunder cabbage"
WIDER = "document.documentElement.scrollWidth - innerWidth"


async def sign_in(visitor: Visitor, world: World, name: str, goes_to: str = "/") -> Page:
    """A member of the world, at a page."""
    page = await visitor.page(f"/login?next={goes_to}")
    await fill_in_login(page, world.members[name].email or "", PASSWORD)
    await page.wait_for_url(f"**{goes_to}")
    return page


async def fill_in_login(page: Page, name: str, password: str) -> None:
    await page.get_by_label("E-mail").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def type_code(page: Page, code: str) -> None:
    await page.goto("/register")
    await page.get_by_label("The code that your teacher gave you").fill(code)
    await page.get_by_role("button", name="Go on").click()


async def say_who(page: Page, *, real_name: str = "", year: str = "", wish: str = "") -> str:
    """The form that every way leads to, with the first of the names that it offers; returns that name."""
    await expect(page.get_by_role("heading", level=1)).to_have_text("About you")
    if real_name:
        await page.get_by_label("Your real name").fill(real_name)
    if year:
        await page.get_by_label("Your school year").select_option(year)
    if wish:
        await page.get_by_label("Another display name").fill(wish)
    offered = page.locator("input[name=display_name]").first
    await offered.check()
    name = await offered.get_attribute("value")
    await page.locator("input[name=new_password]").fill(SECRET)
    await page.get_by_role("button", name="Join").click()
    await page.wait_for_url("**/profile?notice=*")
    return name or ""


async def opened_mail(page: Page, to: str) -> str:
    """An administrator opens the newest mail to this address in the console; returns the link in it."""
    row = page.get_by_role("row").filter(has_text=to).first
    async with asyncio.timeout(20):
        while True:
            await page.goto("/console/mail")
            if await row.count():
                break
            await asyncio.sleep(0.1)
    await row.get_by_role("link").click()
    link = await page.locator(".letter a").first.get_attribute("href")
    assert link
    return link

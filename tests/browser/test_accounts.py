"""An account in real browsers: a forgotten password, and signing another browser out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from mathsoc.db import Database
from mathsoc.mail import KeptMail
from tests.support.browser import PHONE, Visitor
from tests.support.serving import Server
from tests.support.world import PASSWORD, World, build

Start = Callable[..., Awaitable[Server]]
NewContext = Callable[..., Awaitable[Visitor]]
NEW = "violet otters hum in tune"


async def sign_in(page: Page, world: World, password: str) -> None:
    await page.get_by_label("E-mail").fill(world.members["alice"].email or "")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def link_in_the_mail(database: Database) -> str:
    """The path in the mail that the server keeps once its job has run."""
    async with asyncio.timeout(20):
        while True:
            async with database.reading() as session:
                for one in await session.scalars(select(KeptMail)):
                    if found := re.search(r"https?://[^/\s]+(/reset-password/\S+)", one.body):
                        return found[1]
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "scripts", [True, pytest.param(False, marks=pytest.mark.drill)], ids=["scripts", "plain"]
)
async def test_a_forgotten_password_and_another_browsers_session(
    server: Start, new_context: NewContext, sqlite_url: str, scripts: bool
) -> None:
    database = Database(sqlite_url)
    world = await build(database)
    running = await server(sqlite_url)
    phone = await (await new_context(running.url, size=PHONE, scripts=scripts)).page("/login")
    await phone.get_by_role("link", name="Forgotten your password?").click()
    await phone.get_by_label("E-mail").fill(world.members["alice"].email or "")
    await phone.get_by_role("button", name="Send the link").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Look in your mail")

    await phone.goto(await link_in_the_mail(database))
    await expect(phone.get_by_label("E-mail")).to_have_value(world.members["alice"].email or "")
    await phone.get_by_label("New password").fill(NEW)
    await phone.get_by_role("button", name="Set the password").click()
    await expect(phone.get_by_text("Your new password is set.")).to_be_visible()
    await sign_in(phone, world, NEW)
    await expect(phone.get_by_role("link", name="Display Alice")).to_be_visible()

    laptop = await (await new_context(running.url, scripts=scripts)).page("/login?next=/challenges")
    await laptop.get_by_label("Stay signed in on this device").check()
    await sign_in(laptop, world, NEW)
    await expect(laptop.get_by_role("link", name="Display Alice")).to_be_visible()

    await phone.get_by_role("link", name="Display Alice").click()
    await phone.get_by_role("link", name="Where you are signed in").click()
    rows = phone.locator(".sessions li")
    await expect(rows).to_have_count(2)
    await expect(rows.filter(has_text="this one")).to_have_count(1)
    await rows.filter(has_not_text="this one").get_by_role("button", name="Sign out").click()
    await expect(rows).to_have_count(1)
    await laptop.reload()
    await expect(laptop.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    await expect(phone.get_by_role("link", name="Display Alice")).to_be_visible()
    await database.close()


async def test_a_refused_password_says_why_at_its_field(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    world = await build(database)
    running = await server(sqlite_url)
    visitor = await new_context(running.url, size=PHONE)
    visitor.allow("status of 422")
    page = await visitor.page("/login?next=/profile/password")
    await sign_in(page, world, PASSWORD)
    await page.get_by_label("Your password now").fill(PASSWORD)
    field = page.get_by_label("New password")
    await field.fill("Northfield-2026!")
    await page.get_by_role("button", name="Change it").click()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile("little more than a name"))
    await expect(page.get_by_label("Your password now")).to_have_value("")
    await database.close()

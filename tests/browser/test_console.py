"""The console on a phone and on a laptop: nothing wider than the screen, and it works without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from mathsoc import audit, clock, demo
from mathsoc.audit import Action
from mathsoc.db import Database
from mathsoc.mail import KeptMail
from tests.browser.test_pages import TOO_SMALL, NewContext, Start
from tests.support.browser import LAPTOP, PHONE

# "Members" last: the test goes on from there.
PAGES = (
    *("Schools", "Joining", "Reports", "Accounts that come to an end", "School year"),
    *("Audit log", "Mail", "Members"),
)
FURTHER = {"Mail": ("A new password",), "Schools": ("Northfield School", "10M")}
LONG = "somebody.with.a.long.name@northfield-comprehensive-school.example"


async def full_console(url: str) -> demo.Login:
    """The demo, with every kind of log entry and a long mail; returns the administrator's log-in."""
    database = Database(url)
    admin = next(login for login in await demo.load(database) if login.role == "admin")
    async with database.writing() as session:
        for action in Action:
            await audit.record(
                session,
                action,
                clock.now(),
                actor_id=1,
                member_id=2,
                address="2001:db8:1234:5678::/64",
                before={"state": "active"},
                after={"state": "x" * 60},
            )
        link = "http://127.0.0.1:8000/reset-password/" + "x" * 43
        session.add(KeptMail(at=clock.now(), recipient=LONG, subject="A new password", body=link))
    await database.close()
    return admin


@pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, True), pytest.param(LAPTOP, False, marks=pytest.mark.drill)]
)
async def test_the_console_fits(
    server: Start, new_context: NewContext, sqlite_url: str, size: tuple[int, int], scripts: bool
) -> None:
    admin = await full_console(sqlite_url)
    visitor = await new_context((await server(sqlite_url)).url, size=size, scripts=scripts)
    page = await visitor.page("/login")
    await page.get_by_label("E-mail").fill(admin.email)
    await page.get_by_label("Password").fill(admin.password)
    await page.get_by_role("button", name="Sign in").click()

    async def fits() -> None:
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
        assert await page.evaluate(TOO_SMALL) == [], page.url

    await page.get_by_role("link", name="Console").click()
    for name in PAGES:
        await page.goto("/console")
        await page.get_by_role("link", name=name, exact=True).click()
        await fits()
        for further in FURTHER.get(name, ()):
            await page.get_by_role("link", name=further).first.click()
            await fits()
    await page.get_by_label("Role").select_option("member")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_role("row").nth(1).get_by_role("link").click()
    await page.wait_for_url(re.compile("/console/members/b"))
    await fits()
    await expect(page.get_by_role("button", name="Suspend")).to_be_hidden()
    await page.get_by_text(re.compile("^Suspend .+ …$")).click()
    await fits()
    await page.get_by_role("button", name="Suspend").click()
    await expect(page.get_by_text("Suspended: they are signed out everywhere")).to_be_visible()
    await page.get_by_role("button", name="Reinstate").click()
    await page.get_by_role("button", name="Make a link").click()
    await expect(page.get_by_label("Link")).to_have_value(re.compile("/reset-password/.{40}"))
    await fits()

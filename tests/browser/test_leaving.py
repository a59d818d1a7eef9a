"""Leaving in real browsers: asked for, undone, asked for again, and after a week nobody is there any more."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from mathsoc import clock
from mathsoc.db import Database
from mathsoc.members.models import Member
from mathsoc.scoring import service as scoring
from mathsoc.scoring.models import Award
from tests.browser.joining import BOARD, WIDER, NewContext, Start, fill_in_login, sign_in
from tests.support.browser import LAPTOP, PHONE
from tests.support.world import PASSWORD, World, build

STAY, GO = "stay in your school’s total", "are taken away too"


class Calendar:
    """The present moment of a real process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.began = clock.now()
        self.turn_to(0)

    def turn_to(self, days: int) -> None:
        self.file.write_text((self.began + timedelta(days=days)).isoformat())


async def give_at_school(world: World, name: str, points: int) -> None:
    """Points that count for the member's school too."""
    award = Award(
        competition_id=world.competitions["ladder"].id,
        stage_id=world.stages["ks4"].id,
        school_id=world.members[name].school_id,
        member_id=world.members[name].id,
        kind="manual",
        reason="test",
        points=points,
        awarded_at=world.now,
    )
    async with world.database.writing() as session:
        await scoring.add_to_ledger(session, [award])


async def total_of(world: World, school: str) -> int:
    async with world.database.reading() as session:
        chosen = select(func.sum(Award.points)).where(Award.school_id == world.schools[school].id)
        return await session.scalar(chosen) or 0


async def gone(world: World) -> None:
    """Wait until the job has erased Alice."""
    state = select(Member.state).where(Member.id == world.members["alice"].id)
    async with asyncio.timeout(20):
        while True:
            async with world.database.reading() as session:
                if await session.scalar(state) == "erased":
                    return
            await asyncio.sleep(0.05)


async def ask_to_go(page: Page, points: str) -> None:
    await page.goto("/profile/delete")
    assert await page.evaluate(WIDER) <= 0
    await page.get_by_label(re.compile(points)).check()
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_text("Your account will be deleted on")).to_be_visible()
    assert await page.evaluate(WIDER) <= 0


async def sign_out(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(
    ("points", "size", "scripts"), [(STAY, PHONE, True), (GO, LAPTOP, False)], ids=["phone", "plain"]
)
async def test_leaving_and_undoing_it_and_leaving(
    server: Start,
    new_context: NewContext,
    sqlite_url: str,
    tmp_path: Path,
    points: str,
    size: tuple[int, int],
    scripts: bool,
) -> None:
    database, calendar = Database(sqlite_url), Calendar(tmp_path)
    world = await build(database)
    await give_at_school(world, "alice", 3)
    await give_at_school(world, "bob", 2)
    running = await server(sqlite_url, MATHSOC_CLOCK_FILE=str(calendar.file))
    visitor = await new_context(running.url, size=size, scripts=scripts)
    # A page that is slow to leave finds its stream ended by the sign-out, and asks for it once more.
    visitor.allow("status of 422", r"status of 404 .*/live\?")
    page = await sign_in(visitor, world, "alice", "/profile")
    await ask_to_go(page, points)
    await sign_out(page)
    own = f"#row-{world.members['alice'].handle}"
    await page.goto(BOARD)
    await expect(page.locator(own)).to_have_count(0)

    calendar.turn_to(6)
    await page.goto("/login?next=/profile/delete")
    await fill_in_login(page, world.members["alice"].email or "", PASSWORD)
    await page.get_by_role("button", name="Keep my account").click()
    await expect(page.get_by_text("Your account stays.")).to_be_visible()
    await page.goto(BOARD)
    await expect(page.locator(own)).to_have_attribute("data-place", "1")

    await ask_to_go(page, points)
    calendar.turn_to(14)
    await gone(world)
    await page.goto("/login")
    await fill_in_login(page, world.members["alice"].email or "", PASSWORD)
    await expect(page.get_by_text("don't belong together")).to_be_visible()
    await page.goto(BOARD)
    await expect(page.locator(".ranking tbody tr")).to_have_count(1)
    await expect(page.get_by_text(re.compile("Display Alice|Former member"))).to_have_count(0)
    assert await total_of(world, "northfield") == (3 if points == STAY else 0)
    assert await total_of(world, "eastgate") == 2
    await database.close()

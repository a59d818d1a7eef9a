"""The first start as the operator sees it: from an empty file to a society with a second factor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_hex

import pyotp
import pytest
from playwright.async_api import Page, expect

from mathsoc import clock
from tests.setup.test_create_admin import printed
from tests.support.browser import LAPTOP, PHONE, Visitor
from tests.support.serving import Server

Start = Callable[..., Awaitable[Server]]
NewContext = Callable[..., Awaitable[Visitor]]

STRONG = "marble oboe thunder cabbage"
PATH = "/profile/second-factor"


async def fits(page: Page, shots: Path, name: str) -> None:
    """Nothing is wider than the screen; a picture is left for whoever wants to look."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (name, wide)
    await page.screenshot(path=shots / f"{name}.png", full_page=True)


async def fill_in_setup(page: Page, code: str) -> None:
    await page.get_by_label("One-time code").fill(code)
    await page.get_by_label("The society’s name").fill("Riverside Maths")
    await page.get_by_label("Staff contact").fill("maths@riverside.example")
    await page.get_by_label("School years").select_option("scotland")
    await page.get_by_label("Your name").fill("Ms Okoro")
    await page.get_by_label("Your e-mail address").fill("okoro@riverside.example")
    await page.get_by_label("Your password").fill(STRONG)
    await page.get_by_role("button", name="Set up").click()


async def enrol(page: Page, folder: Path) -> tuple[pyotp.TOTP, str, list[str]]:
    """Set up an authenticator app; returns it, the code that was used, and the recovery codes."""
    await page.get_by_role("button", name="Set up an authenticator app").click()
    await expect(page.locator("svg.qr path")).to_be_visible()
    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    await fits(page, folder, "enrol")
    await page.get_by_label("Six digits").fill("000000")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#code-error")).to_be_visible()
    app = pyotp.TOTP(secret)
    used = app.now()
    await page.get_by_label("Six digits").fill(used)
    await page.get_by_role("button", name="Confirm").click()
    codes = await page.locator(".recovery-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    await fits(page, folder, "codes")
    await page.emulate_media(media="print")
    await expect(page.locator(".recovery-codes")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)
    await page.screenshot(path=folder / "print.png", full_page=True)
    await page.emulate_media(media="screen")
    return app, used, codes


@pytest.mark.parametrize(
    ("size", "dark"),
    [(PHONE, True), pytest.param(LAPTOP, False, marks=pytest.mark.drill)],
    ids=["phone", "laptop"],
)
async def test_from_an_empty_file_to_signing_in_with_two_factors(
    server: Start, new_context: NewContext, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    own = {"MATHSOC_ENV": "production", "SECRET_KEY": token_hex(32), "RATE_SCALE": "1"}
    running = await server(f"sqlite:///{tmp_path / 'new.db'}", **own)
    _, code = await printed(running)
    visitor = await new_context(running.url, size=size, dark=dark)
    visitor.allow("status of 422")
    page = await visitor.page("/challenges")
    await page.wait_for_url("**/setup")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Set up your society")
    await fits(page, tmp_path, "setup")

    await fill_in_setup(page, "AAAA-BBBB-CCCC-DDDD")
    await expect(page.locator("#code-error")).to_be_visible()
    await expect(page.get_by_label("The society’s name")).to_have_value("Riverside Maths")
    await expect(page.get_by_label("Your password")).to_have_value("")
    await fits(page, tmp_path, "setup-wrong")
    await fill_in_setup(page, code)

    await page.wait_for_url(f"**{PATH}")
    await page.goto("/challenges")
    await page.wait_for_url(f"**{PATH}")
    app, used, codes = await enrol(page, tmp_path)
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page.get_by_text("Ms Okoro")).to_be_visible()
    await page.goto(PATH)
    await fits(page, tmp_path, "state")

    await page.get_by_role("button", name="Sign out").click()
    await give_password(page)
    await fits(page, tmp_path, "code")
    await page.get_by_label("Code").fill(used)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#code-error")).to_be_visible()
    # A phone whose clock is half a minute ahead; it spares the test the wait for the next code.
    await page.get_by_label("Code").fill(app.at(clock.now(), counter_offset=1))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/competitions")
    await page.get_by_role("button", name="Sign out").click()
    await give_password(page)
    await page.get_by_label("Code").fill(codes[4].upper())
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/competitions")
    assert (await page.request.get("/setup")).status == 404


async def give_password(page: Page) -> None:
    await page.goto("/login?next=/competitions")
    await page.get_by_label("E-mail").fill("okoro@riverside.example")
    await page.get_by_label("Password").fill(STRONG)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/login/code?next=/competitions")

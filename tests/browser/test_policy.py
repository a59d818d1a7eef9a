"""The content security policy, as a real browser keeps it, on every page of the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Route

from mathsoc.db import Database
from mathsoc.uploads.store import open_store
from tests.rights.scene import challenges, for_staff, people, posts, unreleased
from tests.rights.table import ROWS
from tests.support.browser import Visitor
from tests.support.serving import Server
from tests.support.world import PASSWORD, World, build

TRUSTED_TYPES = {"Content-Security-Policy-Report-Only": "require-trusted-types-for 'script'"}
COUNT = """
window.__reports = [];
document.addEventListener('securitypolicyviolation', (event) => {
  if (event.disposition === 'report') { window.__reports.push(event.sample || event.sourceFile); }
});
"""
# Reports of one look at each public page and at one typed answer, with htmx 4.
REPORTS = 500
# No pages: a browser saves them, or draws them in its own way.
FILES = (".csv", ".ics", ".xml")


async def society(url: str) -> tuple[World, dict[str, str]]:
    database = Database(url)
    world = await build(database)
    await people(world)
    await posts(world)
    made = await challenges(world) | await unreleased(world)
    await world.give("alice", 3)
    names = {name: member.handle for name, member in world.members.items()} | await for_staff(world)
    return world, names | {f"{slug}_box": one.boxes[0].public_id for slug, one in made.items()}


def pages(who: str, names: dict[str, str]) -> list[str]:
    """Every page that this one may see."""
    found = [row.path for row in ROWS if row.method == "GET" and row.answers[who] == 200]
    left_out = ("/static", "/live", "/api", "/healthz", "/readyz", "/uploads")
    return [
        path.format(**names) for path in found if not path.startswith(left_out) and path[-4:] not in FILES
    ]


async def sign_in(visitor: Visitor, world: World, who: str) -> None:
    page = await visitor.page("/login")
    await page.fill("#email", world.members[who].email or "")
    await page.fill("#password", PASSWORD)
    await page.click("main form.form button.button")
    await page.wait_for_url(lambda url: not url.endswith("/login"))
    await page.close()


@pytest.mark.parametrize("who", [pytest.param("anonymous", marks=pytest.mark.drill), "alice", "ada"])
async def test_no_page_breaks_the_policy(
    server: Callable[..., Awaitable[Server]],
    new_context: Callable[..., Awaitable[Visitor]],
    sqlite_url: str,
    tmp_path: Path,
    who: str,
) -> None:
    """The visitor notices every report of a broken policy and fails the test at its end."""
    world, names = await society(sqlite_url)
    store = open_store(str(tmp_path / "uploads"))
    for name in ("carol_upload", "kept_upload"):
        await store.put(names[name], b"file")
    running = await server(sqlite_url)
    visitor = await new_context(running.url)
    if who != "anonymous":
        await sign_in(visitor, world, who)
    page = await visitor.page("/")
    for path in pages(who, names):
        await page.goto(path)
    visitor.allow("status of 404")
    await page.goto("/nothing-here")
    await world.database.close()


@pytest.mark.drill
async def test_what_trusted_types_would_report(
    server: Callable[..., Awaitable[Server]],
    new_context: Callable[..., Awaitable[Visitor]],
    sqlite_url: str,
) -> None:
    """Why Trusted Types are not asked for: htmx writes its replies in ways that each would be reported."""
    world, names = await society(sqlite_url)
    running = await server(sqlite_url)
    visitor = await new_context(running.url)
    visitor.allow("policy: require-trusted-types-for", "requires 'TrustedHTML'", "TrustedScript")
    await sign_in(visitor, world, "alice")
    await visitor.context.add_init_script(COUNT)

    async def report_only(route: Route) -> None:
        if route.request.resource_type != "document":
            return await route.continue_()
        reply = await route.fetch()
        await route.fulfill(response=reply, headers={**reply.headers, **TRUSTED_TYPES})

    await visitor.context.route("**/*", report_only)
    reports: list[str] = []
    page = await visitor.page()
    for path in ["/challenges/squares", *pages("alice", names)]:
        await page.goto(path)
        if path == "/challenges/squares":
            async with page.expect_response("**/reading"):
                await page.locator("input[name=answer]").first.press_sequentially("x^2")
            await page.wait_for_function("window.__reports.length > 0")
        reports += await page.evaluate("window.__reports")
    print(f"Trusted Types: {len(reports)} reports")  # noqa: T201 (the number stands in docs/security.md)
    assert 0 < len(reports) < REPORTS
    await world.database.close()

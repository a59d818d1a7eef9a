"""People at real browsers: contexts that notice everything that goes wrong in them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError

WATCH_POLICY = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile}`));
"""
PHONE = (360, 740)
LAPTOP = (1280, 800)
# A page that is left, or a stream that is closed, ends its requests; nothing is wrong with that.
LEFT = ("net::ERR_ABORTED", "NS_BINDING_ABORTED")


# What a page has inside it, and what the browser shows a PDF with.
OF_THE_BROWSER = ("data", "blob", "about", "chrome", "chrome-extension")


class Visitor:
    """A browser context of its own: cookies, size, colours. What goes wrong in it stands in `problems`."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.home = urlsplit(base).netloc
        self.problems: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def allow(self, *patterns: str) -> None:
        """Problems that this test makes on purpose, as patterns: `visitor.allow("status of 422")`."""
        self.allowed += [re.compile(pattern) for pattern in patterns]

    async def page(self, path: str = "/") -> Page:
        """A new tab at a path of the site."""
        page = await self.context.new_page()
        await page.goto(path)
        return page

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(pattern.search(p) for pattern in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in OF_THE_BROWSER and parts.netloc != self.home:
            self.problems.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure not in LEFT:
            self.problems.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"status {response.status}: {response.request.method} {response.url}")


async def visit(
    browser: Browser,
    base: str,
    *,
    size: tuple[int, int] = LAPTOP,
    dark: bool = False,
    scripts: bool = True,
    **more: Any,
) -> Visitor:
    """A visitor to the site at `base`; `more` goes to Playwright's `new_context`."""
    context = await browser.new_context(
        base_url=base,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id="Europe/London",
        **more,
    )
    context.set_default_timeout(10_000)
    if scripts:
        await context.add_init_script(WATCH_POLICY)
    return Visitor(context, base)

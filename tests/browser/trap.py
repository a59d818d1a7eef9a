"""A document in which nothing stands between a text and the browser but the sanitiser."""

from __future__ import annotations

from playwright.async_api import Page, Route

TRAP = "https://trap.example/"

# Through everything by keyboard, and to where the browser itself believes that the links lead.
WALK = """async () => {
  await new Promise(requestAnimationFrame);
  for (const one of document.querySelectorAll('[tabindex], a')) one.focus();
  const known = ['http:', 'https:', 'mailto:'];
  if ([...document.links].some((link) => !known.includes(link.protocol))) window.__x = 'link';
}"""


class Trap:
    """A document without a policy, which notes what runs in it and what it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("dialog", lambda dialog: self.said.append(dialog.message))

    async def show(self, html: str) -> bool:
        """Have it as a server would send it, a whole document as it is; whether anything of it ran."""
        whole = html if html.startswith("<!doctype html>") else f"<!doctype html><meta charset=utf-8>{html}"

        async def answer(route: Route) -> None:
            if route.request.url == TRAP:
                await route.fulfill(body=whole, content_type="text/html; charset=utf-8")
            else:
                self.asked.append(route.request.url)
                await route.abort()

        await self.page.unroute_all()
        await self.page.route("**/*", answer)
        await self.page.goto(TRAP)
        await self.page.evaluate(WALK)
        return await self.page.evaluate("window.__x") is not None or self.page.url != TRAP

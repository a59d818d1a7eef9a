"""Steps of the browser tests of the editor."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from mathsoc.db import Database
from tests.publishing.posts import add_post
from tests.support.world import World, build

ARTICLE = "/articles/squares-in-a-row"
TEXT = (
    "<h2>One</h2><p>The side of a square.</p>"
    '<p>Its area is <span data-latex="x^2">x^2</span>.</p><ul><li>first</li><li>second</li></ul>'
)
AXE = Path(__file__).parents[1] / "data" / "axe.min.js"
FAULTS = """async () => (await axe.run(document.querySelector('.region.editing'))).violations
  .map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' | '))"""
PASTE = """([kind, data]) => {
  const given = new DataTransfer();
  if (kind === 'image/png') {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    given.items.add(new File([bytes], 'image.png', { type: kind }));
  } else {
    given.setData(kind, data);
    if (kind === 'text/html') given.setData('text/plain', 'words');
  }
  const event = new ClipboardEvent('paste', { clipboardData: given, bubbles: true, cancelable: true });
  document.querySelector('.writer-text').dispatchEvent(event);
}"""


async def society(url: str) -> World:
    world = await build(Database(url))
    await add_post(world, "Squares in a row", body=TEXT)
    return world


async def edit(page: Page) -> None:
    """As with the keyboard alone: the focus goes in."""
    await page.locator("[data-edit]").first.press("Enter")
    await expect(page.locator(".writer-text")).to_be_focused()


CARET = """() => {
  const { view } = document.querySelector('.writer-text').editor;
  const { focusNode, focusOffset } = getSelection();
  return view.posAtDOM(focusNode, focusOffset) === view.state.selection.head;
}"""


async def caret(page: Page, *keys: str) -> None:
    """Moves it by keys, and waits until the editor has heard of it: browsers tell it a moment later."""
    for key in keys:
        await page.keyboard.press(key)
    await page.wait_for_function(CARET)


async def publish(page: Page) -> None:
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Published.", exact=True)).to_be_visible()
    await expect(page.locator("[data-edit]").first).to_be_focused()

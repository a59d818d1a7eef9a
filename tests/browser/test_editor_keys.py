"""The keyboard in the editor: what is put in is not lost to the next key, and there is always a way on."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from mathsoc.db import Database
from tests.browser.editing import ARTICLE, caret, edit
from tests.browser.joining import NewContext, Start, sign_in
from tests.publishing.posts import add_post
from tests.support.browser import Visitor
from tests.support.world import build

WORDS = "<p>First words.</p><p>Last words.</p>"


async def opened(server: Start, new_context: NewContext, url: str, body: str = WORDS) -> tuple[Visitor, Page]:
    """Carol, with the editor open on an article of these words."""
    world = await build(Database(url))
    await add_post(world, "Squares in a row", body=body)
    await world.database.close()
    running = await server(url)
    carols = await new_context(running.url)
    page = await sign_in(carols, world, "carol", ARTICLE)
    await edit(page)
    return carols, page


def source(page: Page) -> Locator:
    return page.locator("textarea[name=text]")


async def holds(page: Page, expected: str) -> None:
    """What would be sent, with the space between blocks left out."""
    await expect(source(page)).to_have_value(re.compile(rf"^\s*{re.escape(expected)}\s*$"))


def formula(latex: str) -> str:
    return f'<div data-latex="{latex}">{latex}</div>'


@pytest.mark.parametrize("way", ["$$y^2$$", "\\[y^2\\]", "Control+Shift+m"])
async def test_a_formula_outlives_the_next_key(
    server: Start, new_context: NewContext, sqlite_url: str, way: str
) -> None:
    """At the end and between two paragraphs; Enter after it opens nothing."""
    _, page = await opened(server, new_context, sqlite_url)

    async def put() -> None:
        if way.startswith("Control"):
            await page.keyboard.press(way)
            await page.keyboard.type("y^2")
            await page.keyboard.press("Enter")
        else:
            await page.keyboard.type(way)

    display = formula("y^2")
    await caret(page, "Control+End")
    await put()
    await page.keyboard.press("Enter")
    await page.keyboard.type("After it.")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await holds(page, f"<p>First words.</p>\n<p>Last words.</p>\n{display}\n<p></p>\n<p>After it.</p>")
    await page.locator(".writer-text p").first.click()
    await caret(page, "End")
    await caret(page, "Enter")
    await put()
    await page.keyboard.type("Between.")
    await expect(source(page)).to_have_value(
        re.compile(rf"^<p>First words.</p>\s*{re.escape(display)}\s*<p>Between.</p>\s*<p>Last words.</p>")
    )
    # In the middle of words they go on below.
    await caret(page, "Control+Home", *["ArrowRight"] * len("First"))
    await put()
    await page.keyboard.type(" and")
    await expect(source(page)).to_have_value(
        re.compile(rf"^<p>First</p>\s*{re.escape(display)}\s*<p> and words.</p>")
    )


async def test_a_formula_that_is_changed_outlives_the_next_key(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    _, page = await opened(server, new_context, sqlite_url, formula("a") + "<p>Rest.</p>")
    await page.locator(".writer-formula").click()
    await page.get_by_label("Formula, in LaTeX").fill("b")
    await page.keyboard.press("Enter")
    await page.keyboard.type("More.")
    await holds(page, f"{formula('b')}\n<p>More.</p>\n<p>Rest.</p>")
    # From a line of its own into a line of words.
    await page.locator(".writer-formula").click()
    await page.get_by_role("checkbox", name="On a line of its own").uncheck()
    await page.get_by_role("button", name="Done").click()
    await page.keyboard.type("!")
    await holds(page, '<p><span data-latex="b">b</span>!</p>\n<p>More.</p>\n<p>Rest.</p>')


@pytest.mark.parametrize("where", ["<ul><li>", "<table><tbody><tr><td>"])
async def test_a_formula_has_a_place_everywhere(
    server: Start, new_context: NewContext, sqlite_url: str, where: str
) -> None:
    _, page = await opened(server, new_context, sqlite_url, f"{where}cell")
    await caret(page, "End")
    await page.keyboard.type(" $$y$$after")
    await expect(source(page)).to_have_value(
        re.compile(rf"cell.*{re.escape(formula('y'))}\s*<p>after</p>", re.DOTALL)
    )


ENDS = {
    "formula": formula("x"),
    "picture": '<figure><img src="/uploads/bcdfghjkmn2345678923" alt="A square"></figure>',
    "table": "<table><tbody><tr><td>1</td></tr></tbody></table>",
    "code": "<pre><code>x = 1</code></pre>",
    "rule": "<hr>",
    "list": "<ul><li>one</li></ul>",
}


async def test_words_go_on_after_whatever_is_last(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """Also by the arrows, from the line before."""
    world = await build(Database(sqlite_url))
    for name, end in ENDS.items():
        await add_post(world, f"Last {name}", body=f"<p>First.</p>{end}")
    await world.database.close()
    running = await server(sqlite_url)
    carols = await new_context(running.url)
    carols.allow("404.*/uploads/")
    page = await sign_in(carols, world, "carol")
    for name in ENDS:
        await page.goto(f"/articles/last-{name}")
        await edit(page)
        await caret(page, "Control+End")
        await page.keyboard.type("The end.")
        await expect(source(page)).to_have_value(re.compile(r"<p>The end\.</p>$"))
        await caret(page, "Control+Home", *["ArrowDown"] * 6, "End")
        await page.keyboard.type(" Again.")
        await expect(source(page)).to_have_value(re.compile(r"<p>The end\. Again\.</p>$"))
        await page.keyboard.press("Control+s")
        await expect(page.locator(".draft-state")).to_contain_text("Draft saved")


async def test_enter_ends_a_caption(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    captioned = ENDS["picture"].replace("</figure>", "<figcaption>Seen</figcaption></figure>")
    carols, page = await opened(server, new_context, sqlite_url, captioned + "<p>Rest.</p>")
    carols.allow("404.*/uploads/")
    await page.locator(".writer-text figcaption").click()
    await caret(page, "End")
    await page.keyboard.type(" here")
    await page.keyboard.press("Enter")
    await page.keyboard.type("After it.")
    await expect(source(page)).to_have_value(
        re.compile("<figcaption>Seen here</figcaption></figure>\\s*<p>After it.</p>\\s*<p>Rest.</p>$")
    )

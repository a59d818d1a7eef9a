"""Officers write where people read: the editor in the page, in real browsers."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.async_api import expect

from tests.browser.editing import ARTICLE, AXE, FAULTS, PASTE, edit, publish, society
from tests.browser.joining import NewContext, Start, sign_in
from tests.support.browser import LAPTOP, PHONE
from tests.uploads.files import picture

WRITTEN = r"""# Primes

There are **many**; Euclid wrote $2 \cdot 3 + 1$ in `code $5`.

\begin{align} a_1 &= b_1 \\ c &= d \end{align}

| n | n^2 |
|---|-----|
| 2 | $2^2$ |
"""
LATEX = r"\section{Proof} Take \emph{any} $n$. \begin{itemize} \item \textbf{even} \item odd \end{itemize}"
WORD = """<html><body><!--StartFragment--><p class="MsoNormal" style="color:red">
From <b>Word</b><o:p></o:p></p>
<p class="MsoListParagraph"><span style="mso-list:Ignore">1.<span>  </span></span>first of Word</p>
<script>alert(1)</script><img src="file:///C:/x.png" onerror="alert(2)"><!--EndFragment--></body></html>"""


@pytest.mark.parametrize(
    ("size", "dark"), [(PHONE, True), pytest.param(LAPTOP, False, marks=pytest.mark.drill)]
)
async def test_an_article_is_edited_where_it_stands(
    server: Start, new_context: NewContext, sqlite_url: str, size: tuple[int, int], dark: bool
) -> None:
    """A formula and a pasted picture; a visitor elsewhere sees them once published, not before."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols = await new_context(running.url, size=size, dark=dark, has_touch=size == PHONE)
    page = await sign_in(carols, world, "carol", ARTICLE)
    visitors = await (await new_context(running.url)).page(ARTICLE)
    await edit(page)
    text, shown = page.locator(".writer-text"), page.locator("textarea[name=text]")
    await expect(text.locator("math")).to_be_visible()
    await page.keyboard.press("Control+End")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.keyboard.type("It costs $5 and $6, says $y^2$ and \\(z\\) or ")
    await page.keyboard.press("Control+m")
    await page.keyboard.type("\\frac{1}{2}")
    await expect(page.locator(".writer-typeset mfrac")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(text).to_be_focused()
    await expect(text.locator("math")).to_have_count(4)
    for sample in ("$5 and $6", '<span data-latex="z">', 'data-latex="\\frac{1}{2}"'):
        await expect(shown).to_have_value(re.compile(re.escape(sample)))
    await page.evaluate(PASTE, ["image/png", base64.b64encode(picture()).decode()])
    await page.get_by_role("dialog", name="Picture").wait_for()
    await page.keyboard.press("Escape")
    # Without its description nothing goes out.
    await page.keyboard.press("Control+Enter")
    await page.get_by_label("What does the picture show?").fill("A square beside its area")
    await page.evaluate(AXE.read_text("utf-8"))
    assert await page.evaluate(FAULTS) == []
    await page.keyboard.press("Enter")
    assert await page.evaluate(FAULTS) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await page.keyboard.press("Control+s")
    await expect(page.locator(".draft-state")).to_have_text(re.compile(r"Draft saved \d\d:\d\d"))
    await visitors.reload()
    await expect(visitors.locator(".region")).not_to_contain_text("It costs")
    await publish(page)
    await visitors.goto(ARTICLE)
    await expect(visitors.locator(".region mfrac")).to_be_visible()
    seen = visitors.get_by_role("img", name="A square beside its area")
    await expect(seen).to_be_visible()
    assert await seen.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 40
    await world.database.close()


async def test_what_is_pasted_is_understood(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    """Markdown, LaTeX and Word, then everything back again by Undo; leaving keeps the draft."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    page = await sign_in(await new_context(running.url), world, "carol", ARTICLE)
    await edit(page)
    text, shown = page.locator(".writer-text"), page.locator("textarea[name=text]")
    for kind, given, expected in (
        (
            "text/plain",
            WRITTEN,
            ("h2:text('Primes')", "strong:text('many')", "code:text('code $5')", "td math", "div math"),
        ),
        ("text/plain", LATEX, ("h2:text('Proof')", "em:text('any')", "li strong:text('even')", "p math")),
        ("text/html", WORD, ("strong:text('Word')", "ol li p:text('first of Word')")),
    ):
        await page.keyboard.press("Control+a")
        await page.keyboard.press("Delete")
        await page.evaluate(PASTE, [kind, given])
        for one in expected:
            await expect(text.locator(one).first).to_be_visible()
    await expect(shown).to_have_value(re.compile("<ol><li>first of Word</li></ol>"))
    assert not re.search("style|class|img|script|Mso", await shown.input_value())
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-edit]").first).to_be_focused()
    await expect(page.locator(".region")).to_contain_text("The side of a square.")
    await edit(page)
    await expect(text).to_contain_text("first of Word")
    await expect(page.get_by_text("This is your draft of")).to_be_visible()
    await page.get_by_role("button", name="Begin again from what readers see").click()
    await expect(text).to_contain_text("The side of a square.")
    await world.database.close()


async def test_a_refused_text_stays_as_it_is(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    """The words say why and have the focus; what was typed can still be undone, and published."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols = await new_context(running.url)
    carols.allow("status of 422")
    page = await sign_in(carols, world, "carol", ARTICLE)
    await edit(page)
    text, error = page.locator(".writer-text"), page.locator(".editor-error")
    await page.keyboard.insert_text("⟪ yours: ⟫ undecided ")
    for _ in range(2):
        await page.keyboard.press("Control+Enter")
        await expect(error).to_contain_text("Somewhere two versions still stand")
        await expect(error).to_be_focused()
        await expect(text).to_contain_text("undecided")
        await expect(text).to_have_attribute("aria-invalid", "true")
        await page.evaluate(AXE.read_text("utf-8"))
        assert await page.evaluate(FAULTS) == []
        await text.focus()
        await error.evaluate("error => error.textContent = ''")
    # A preview of it is not refused; the draft that the refusal has kept is this window's own.
    await page.get_by_role("button", name="Preview", exact=True).click()
    await expect(page.get_by_text("Nothing is published yet")).to_be_visible()
    await page.keyboard.press("Control+s")
    await expect(page.locator(".draft-state")).to_contain_text("Draft saved")
    await text.focus()
    await page.keyboard.press("Control+z")
    await expect(text).not_to_contain_text("undecided")
    await page.keyboard.insert_text("Decided. ")
    await publish(page)
    await expect(page.locator(".region")).to_contain_text("Decided.")
    await edit(page)
    await expect(page.get_by_text("This is your draft")).to_have_count(0)
    await world.database.close()


async def test_two_editors_lose_nothing(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    """The second sees both texts and merges; an old revision comes back as a new one."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    carols, adas = await new_context(running.url), await new_context(running.url)
    for one in (carols, adas):
        one.allow("status of 409")
    carol = await sign_in(carols, world, "carol", ARTICLE)
    ada = await sign_in(adas, world, "ada", ARTICLE)
    await edit(carol)
    await edit(ada)
    await expect(ada.get_by_text("is editing this too")).to_be_visible()
    await carol.locator(".writer-text h2").click()
    await carol.keyboard.press("End")
    await carol.keyboard.type(" by Carol")
    await ada.locator(".writer-text li").last.click()
    await ada.keyboard.press("End")
    await ada.keyboard.type(" by Ada")
    await publish(carol)
    await ada.keyboard.press("Control+Enter")
    both = ada.locator(".conflict")
    await expect(both.get_by_role("region", name="Yours")).to_contain_text("second by Ada")
    await expect(both.get_by_role("region", name="Theirs")).to_contain_text("One by Carol")
    merged = ada.locator(".writer-text")
    await expect(merged).to_contain_text("One by Carol")
    await expect(merged).to_contain_text("second by Ada")
    await ada.get_by_role("button", name="Publish the merged text").click()
    region = ada.locator(".region")
    await expect(ada.get_by_text("Published.", exact=True)).to_be_visible()
    for words in ("One by Carol", "second by Ada"):
        await expect(region).to_contain_text(words)
    await ada.goto(f"{ARTICLE}/history?field=body&number=1")
    await ada.get_by_role("button", name="Restore revision 1").click()
    await ada.goto(ARTICLE)
    await expect(ada.locator(".region")).not_to_contain_text("by Carol")
    await world.database.close()


async def test_without_javascript(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    """The same link is a page with the text's HTML; and a deletion is undone."""
    world = await society(sqlite_url)
    running = await server(sqlite_url)
    page = await sign_in(await new_context(running.url, scripts=False), world, "carol", ARTICLE)
    await page.locator("[data-edit]").first.click()
    text = page.locator("textarea[name=text]")
    source = await text.input_value()
    assert r"\(x^2\)" in source.replace(" ", "")
    await text.fill(source + r"<p>In plain words: \(w^3\)</p>")
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.wait_for_url(f"**{ARTICLE}")
    await expect(page.locator(".region")).to_contain_text("In plain words:")
    await expect(page.locator(".region math")).to_have_count(2)
    await page.get_by_role("button", name="Move to the bin").click()
    await expect(page.get_by_text("is in the bin")).to_be_visible()
    visitor = await new_context(running.url)
    visitor.allow("status of 404")
    reader = await visitor.page(ARTICLE)
    await expect(reader.get_by_text("In plain words:")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await reader.goto(ARTICLE)
    await expect(reader.get_by_text("In plain words:")).to_be_visible()
    await world.database.close()

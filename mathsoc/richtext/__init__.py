"""Rich text: the one door through which written HTML and formulas reach a page.

Stored text is sanitised HTML in which a formula is `<span data-latex="…">` (`<div …>` for display) and a
picture `<img src="/uploads/<public id>" alt="…">`. It is cleaned when written and again when read, so that a
hole mended later is mended for old text too.

Only this file marks text as safe. What it marks was written by `tree.write` or by `latex.mathml`.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from markupsafe import Markup

from mathsoc.richtext import difference, outside, pages, source
from mathsoc.richtext.cleaning import as_tree, settled, words_only
from mathsoc.richtext.policy import MAX_LATEX, MAX_TEXT, PROTOCOLS, TAGS, TooMuch, picture_id
from mathsoc.richtext.reading import plain_maths
from mathsoc.richtext.source import Fault

__all__ = [
    "MAX_LATEX",
    "MAX_TEXT",
    "PROTOCOLS",
    "TAGS",
    "Fault",
    "Picture",
    "TooMuch",
    "as_source",
    "clean",
    "diff",
    "faults",
    "for_feed",
    "for_mail",
    "from_source",
    "pictures",
    "plain",
    "plain_maths",
    "reading",
    "render",
    "text_for_mail",
    "typeset",
]
_SHOWN_OF_TOO_MUCH = 20_000


@dataclass(frozen=True)
class Picture:
    """A picture in a text: which upload, and the words that stand for it."""

    public_id: str
    alt: str


def clean(text: str) -> str:
    """Sanitised HTML of what somebody wrote; `\\( … \\)` and `\\[ … \\]` become formula elements.

    Raises TooMuch for more than a page can hold.
    """
    return settled(text)


def from_source(text: str) -> str:
    """The text to store for what a form sent: as `clean`, and bare words become paragraphs."""
    return settled(text, paragraphs=True)


def as_source(stored: str) -> str:
    """Stored text for people to change by hand: a block a line, formulas as `\\( … \\)` and `\\[ … \\]`."""
    return source.written(as_tree(_cleaned(stored)))


@lru_cache(maxsize=512)
def render(stored: str) -> Markup:
    """Stored rich text as it stands in a page, formulas as MathML."""
    return Markup(pages.shown(as_tree(_cleaned(stored))))  # noqa: S704 - cleaned in this line


@lru_cache(maxsize=512)
def plain(stored: str, limit: int = 160) -> str:
    """The words of stored text for summaries, cut at a word; formulas in plain Unicode."""
    text = outside.words(as_tree(_cleaned(stored)))
    if len(text) <= limit:
        return text
    kept = text[:limit].rsplit(" ", 1)[0] if " " in text[:limit] else text[:limit]
    return kept + " …"


def typeset(latex_source: str, *, display: bool = False) -> Markup:
    """One formula as MathML; one that cannot be read is shown as its source, marked."""
    return Markup(pages.formula(latex_source, display=display))  # noqa: S704 - strict in latex.py


def reading(mathml: str, spoken: str = "") -> Markup:
    """The engine's own MathML of a reading; the engine escapes every character that was typed.

    `spoken` names it as `alttext`, which leaves its parts open to those who can walk through MathML.
    """
    named = f'<math alttext="{html.escape(spoken)}" '
    return Markup(mathml.replace("<math ", named, 1) if spoken else mathml)  # noqa: S704 - built by marking


def pictures(stored: str) -> list[Picture]:
    """The pictures of a text in its order; one that stands twice is there twice."""
    images = (element for element in as_tree(_cleaned(stored)).walk() if element.tag == "img")
    return [Picture(picture_id(one.attributes["src"]), one.attributes["alt"]) for one in images]


def faults(stored: str) -> list[Fault]:
    """What is to be mended before this is published, with its line in `as_source`."""
    return source.faults(as_tree(_cleaned(stored)))


def diff(old: str, new: str) -> Markup:
    """What became of a text, word by word, in `del` and `ins`."""
    compared = difference.compared(as_tree(_cleaned(old)), as_tree(_cleaned(new)))
    return Markup(compared)  # noqa: S704 - two cleaned texts, as in render


def for_mail(stored: str, base_url: str, page_url: str) -> Markup:
    """HTML for mail programs: nothing to load, formulas in plain Unicode, pictures as their words."""
    shown = outside.as_html(
        as_tree(_cleaned(stored)), _full(base_url, base_url), _full(base_url, page_url), loads=False
    )
    return Markup(shown)  # noqa: S704 - written anew from what was cleaned


def for_feed(stored: str, base_url: str, page_url: str) -> str:
    """HTML for feed readers: as in mail, but pictures are shown from their full addresses."""
    return outside.as_html(
        as_tree(_cleaned(stored)), _full(base_url, base_url), _full(base_url, page_url), loads=True
    )


def text_for_mail(stored: str, base_url: str, page_url: str) -> str:
    """The plain-text half of a mail."""
    return outside.as_text(as_tree(_cleaned(stored)), _full(base_url, base_url), _full(base_url, page_url))


def _full(base_url: str, url: str) -> str:
    """An address with its host; `page_url` may come as a path."""
    return url if urlsplit(url).scheme else base_url.rstrip("/") + "/" + url.lstrip("/")


def _cleaned(stored: str) -> str:
    """Cleaned again at reading. Beyond the limits, which cannot be stored, no more than its beginning."""
    try:
        return settled(stored)
    except TooMuch:
        return words_only(html.escape(stored[:_SHOWN_OF_TOO_MUCH] + " …"))

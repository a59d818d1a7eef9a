"""What may stand in written text, and how much of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mathsoc.errors import Refused

MAX_TEXT = 200_000  # characters
MAX_PARTS = 4_000  # elements
MAX_DEPTH = 20  # elements inside each other
MAX_FORMULAS = 1_000
MAX_LATEX = 2_000  # characters of one formula
MAX_HREF = 2_000
MAX_ALT = 500
MAX_SIDE = 20_000  # pixels of a picture
MAX_SPAN = 50  # cells

# Headings begin at h2: the page's title is its h1.
HEADINGS = frozenset({"h2", "h3", "h4"})
# Blocks that hold one run of words.
LINES = HEADINGS | {"p", "figcaption"}
# Blocks that hold blocks.
FRAMES = frozenset({"blockquote", "li", "td", "th", "figure"})
BLOCKS = LINES | FRAMES | {"pre", "ul", "ol", "hr", "table", "thead", "tbody", "tr", "div"}
MARKS = frozenset({"strong", "em", "sub", "sup", "code", "a"})
VOID = frozenset({"br", "hr", "img"})
TAGS = BLOCKS | MARKS | VOID | {"span"}
# For each element the attributes that it keeps, in the order in which they are written.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "a": ("href", "title"),
    "span": ("data-latex",),
    "div": ("data-latex",),
    "img": ("src", "alt", "width", "height"),
    "th": ("scope", "colspan", "rowspan"),
    "td": ("colspan", "rowspan"),
    "code": ("class",),
    "ol": ("start",),
}
PROTOCOLS = frozenset({"http", "https", "mailto"})

_IGNORED_IN_LINKS = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_AROUND_LINKS = re.compile(r"[\x00-\x20\x7f-\xa0]+")
_PICTURE = re.compile(r"/uploads/([a-z0-9]{10,20})")
_LANGUAGE = re.compile(r"language-[a-z0-9+#-]{1,20}")
_NUMBER = re.compile(r"[0-9]{1,5}")


def names(written: str) -> frozenset[str]:
    return frozenset(written.split())


class TooMuch(Refused):
    """More text than anybody reads, or more of its parts than a page can show."""


def attribute(tag: str, name: str, value: str) -> str | None:
    """The value as it is kept, or None where it is not."""
    if name not in ATTRIBUTES.get(tag, ()):
        return None
    if name in ("data-latex", "title"):
        return value
    if name == "href":
        return link(value)
    if name == "src":
        return value if _PICTURE.fullmatch(value) else None
    if name == "alt":
        return " ".join(value.split())[:MAX_ALT].strip()
    if name == "class":
        return value if _LANGUAGE.fullmatch(value) else None
    if name == "scope":
        return value if value in ("row", "col", "rowgroup", "colgroup") else None
    return _number(name, value)


def link(value: str) -> str | None:
    """Links go to http, https, mailto or within the site.

    A browser looks through spaces and control characters, and a reader through what is invisible.
    """
    bare = _IGNORED_IN_LINKS.sub("", value).lower()
    if "\\" in bare:
        return None
    scheme, colon, _ = re.split(r"[/?#]", bare, maxsplit=1)[0].partition(":")
    if not bare or len(value) > MAX_HREF or (colon and scheme not in PROTOCOLS):
        return None
    kept = _AROUND_LINKS.sub("", value)
    if colon and not kept.lower().startswith(f"{scheme}:"):
        return None
    return kept if _is_address(kept) else None


def _is_address(url: str) -> bool:
    """Whether it can be taken apart; on the web, with a host."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return False
    return port != 0 and (bool(host) or parts.scheme not in ("http", "https"))


def picture_id(src: str) -> str:
    """The public id in the address of a picture, or nothing."""
    found = _PICTURE.fullmatch(src)
    return found[1] if found else ""


def _number(name: str, value: str) -> str | None:
    """Sizes in pixels, spans in cells: small whole numbers."""
    if not _NUMBER.fullmatch(value):
        return None
    number = int(value)
    if name in ("colspan", "rowspan"):
        return str(number) if 1 < number <= MAX_SPAN else None
    if name == "start":
        return str(number) if number != 1 and number < 10_000 else None
    return str(number) if 0 < number <= MAX_SIDE else None

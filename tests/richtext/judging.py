"""What a text may not have, said apart from the code that keeps it out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

from tests.support.payloads import FOLDER, Payload, payloads

RICH = FOLDER / "rich-text-payloads.jsonl"
ALL = [*payloads("richtext"), *payloads("richtext", files=(RICH,))]
EVERYWHERE = set(
    [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "a",
        "strong",
        "em",
        "sub",
        "sup",
        "span",
        "div",
    ]
)
EVERYWHERE |= set(["table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img"])
MATHS = set(
    [
        "math",
        "menclose",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
    ]
)
MATHS |= set(
    [
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
    ]
)
# Attributes of stored text; those of pages besides.
KEPT = {
    **{
        "a": {"href", "title"},
        "span": {"data-latex"},
        "div": {"data-latex"},
        "code": {"class"},
        "ol": {"start"},
    },
    **{
        "img": {"src", "alt", "width", "height"},
        "th": {"scope", "colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
    },
}
ADDED = {"a": {"rel"}, "img": {"loading", "decoding"}, "div": {"class"}}
SCHEMES = {"http", "https", "mailto"}
OUR_PICTURE = re.compile(r"/uploads/[a-z0-9]{10,20}")


class Parts(HTMLParser):
    """Elements, attributes and URL schemes of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str, str]] = set()
        self.values: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, "", ""))
        for name, value in attributes:
            is_link = name in ("href", "src") and ":" in (value or "")
            scheme = (value or "").partition(":")[0].lower() if is_link else ""
            self.found.add((tag, name, "" if re.search("[/?#]", scheme) else scheme))
            self.values.append((tag, name, value or ""))


def by_nh3(text: str) -> str:
    """nh3's reading of a text, by the same lists."""
    return nh3.clean(text, tags=EVERYWHERE, attributes=KEPT, url_schemes=SCHEMES, link_rel=None)


def harmful(html: str, *, page: bool = False) -> list[tuple[str, str, str]]:
    """Everything in it that may not stand in stored text, or in a page made of it."""
    wrong = []
    parts = Parts(html)
    for tag, name, scheme in parts.found:
        maths = page and tag in MATHS
        kept = KEPT.get(tag, set()) | (ADDED.get(tag, set()) if page else set())
        if page and tag == "code" and name == "class":
            continue
        if maths:
            if name.startswith(("on", "hx", "data", "xlink")) or name in (
                "style",
                "href",
                "src",
                "id",
                "name",
            ):
                wrong.append((tag, name, scheme))
        elif tag not in EVERYWHERE or (name and name not in kept) or scheme not in ("", *SCHEMES):
            wrong.append((tag, name, scheme))
    wrong += [one for one in parts.values if one[:2] == ("img", "src") and not OUR_PICTURE.fullmatch(one[2])]
    classes = "formula|formula-error|language-[a-z0-9+#-]{1,20}"
    wrong += [
        one
        for one in parts.values
        if one[1] == "class" and one[0] not in MATHS and not re.fullmatch(classes, one[2])
    ]
    return wrong


def ids(payload: Payload) -> str:
    return payload.id

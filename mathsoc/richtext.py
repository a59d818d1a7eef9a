"""Rich text: the one door through which written HTML and formulas reach a page.

Stored text is sanitised HTML in which a formula is `<span data-latex="…">` (`<div …>` for display).
It is cleaned when written and again when read, so that a hole mended later is mended for old text too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from markupsafe import Markup
from math_core import LatexError, LatexToMathML

MAX_LATEX = 2_000

TAGS = frozenset(
    # Headings begin at h2: the page's title is its h1.
    {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "a", "span", "div"}
    | {"strong", "em", "b", "i", "sub", "sup"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
PROTOCOLS = frozenset({"http", "https", "mailto"})
_IGNORED_IN_LINKS = re.compile(r"[\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def _link_attribute(_tag: str, name: str, value: str) -> bool:
    """Links go to http, https, mailto or within the site; bleach takes `javascript:1` for host:port."""
    if name == "title":
        return True
    bare = _IGNORED_IN_LINKS.sub("", html.unescape(value)).lower()
    if name != "href" or len(bare) > 2_000:
        return False
    scheme, colon, _ = re.split(r"[/?#]", bare, maxsplit=1)[0].partition(":")
    return not colon or scheme in PROTOCOLS


ATTRIBUTES = {"a": _link_attribute, "span": ["data-latex"], "div": ["data-latex"], "th": ["scope"]}

_SOURCE = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_FORMULA = re.compile(r'<(span|div) data-latex="([^"]*)">[^<]*</\1>')
_TAG = re.compile(r"<[^>]*>")
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_WIDTH = re.compile(r'\s(?:width|height|depth|lspace|rspace|voffset)="-?([\d.]+)[a-z%]*"')
_WIDEST_EM = 20.0
_CLASS_OF_STYLE = {
    "text-align:left": "m-left",
    "text-align:right": "m-right",
    "width:50%": "m-half",
    "width:100%": "m-full",
    "padding-left:0": "m-pl0",
    "padding-left:0.1em": "m-pl-thin",
    "padding-left:1em": "m-pl1",
    "padding-right:0": "m-pr0",
    "padding-right:0.1em": "m-pr-thin",
    "padding-top:0": "m-pt0",
    "padding-bottom:0": "m-pb0",
} | {
    f"border-{side}:0.05em {line} currentcolor": f"m-{name}-{side}"
    for side in ("left", "right", "top")
    for line, name in (("solid", "line"), ("dashed", "dash"))
}


class _WholeFormulas(Filter):  # type: ignore[misc]
    """Keeps of a formula element only its source, so that nothing can hide inside it."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        inside = ""
        depth = 0
        for token in super().__iter__():
            kind, name = token["type"], token.get("name")
            if inside:
                if kind == "StartTag" and name == inside:
                    depth += 1
                elif kind == "EndTag" and name == inside:
                    depth -= 1
                    if depth == 0:
                        inside = ""
                        yield token
                continue
            latex = token["data"].get((None, "data-latex")) if kind == "StartTag" else None
            yield token
            if latex is not None:
                inside, depth = name, 1
                yield {"type": "Characters", "data": html.unescape(latex)}


_cleaner = Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    protocols=PROTOCOLS,
    strip=True,
    strip_comments=True,
    filters=[_WholeFormulas],
)
_latex = LatexToMathML(fancy_error=False, max_expansions=100)


def clean(source: str) -> str:
    """Sanitised HTML of what somebody wrote; `\\( … \\)` and `\\[ … \\]` become formula elements."""
    return str(_cleaner.clean(_SOURCE.sub(_formula_element, source)))


@lru_cache(maxsize=512)
def render(stored: str) -> Markup:
    """Stored rich text as it stands in a page, formulas as MathML."""
    return Markup(_FORMULA.sub(_formula_markup, clean(stored)))  # noqa: S704 - cleaned in this line


def typeset(latex: str, *, display: bool = False) -> Markup:
    """One formula as MathML; one that cannot be read is shown as its source, marked."""
    if len(latex) > MAX_LATEX:
        return _unreadable(latex[:100] + "…")
    try:
        markup = _latex.convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        return _unreadable(latex)
    return Markup(_TAG.sub(_strict_tag, markup))  # noqa: S704 - math-core escapes text; tags are ours below


def reading(mathml: str, spoken: str = "") -> Markup:
    """The engine's own MathML of a reading; the engine escapes every character that was typed.

    `spoken` names it as `alttext`, which leaves its parts open to those who can walk through MathML.
    """
    named = f'<math alttext="{html.escape(spoken)}" '
    return Markup(mathml.replace("<math ", named, 1) if spoken else mathml)  # noqa: S704 - built by marking


def plain(stored: str, limit: int = 160) -> str:
    """The words of stored text for summaries, cut at a word."""
    words = html.unescape(_TAG.sub(" ", clean(stored))).split()
    text = " ".join(words)
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def _formula_element(match: re.Match[str]) -> str:
    inline, display = match.groups()
    tag = "span" if inline is not None else "div"
    latex = html.unescape(inline if inline is not None else display).strip()
    return f'<{tag} data-latex="{html.escape(latex)}">{html.escape(latex)}</{tag}>'


def _formula_markup(match: re.Match[str]) -> str:
    latex = html.unescape(match[2])
    if match[1] == "span":
        return str(typeset(latex))
    return f'<div class="formula">{typeset(latex, display=True)}</div>'


def _unreadable(latex: str) -> Markup:
    return Markup('<code class="formula-error">{}</code>').format(latex)


def _strict_tag(match: re.Match[str]) -> str:
    """A tag without inline style, which the content security policy forbids, and without giant spaces."""
    tag = _STYLE.sub(_style_classes, match[0])
    return _WIDTH.sub(lambda width: width[0] if float(width[1]) <= _WIDEST_EM else "", tag)


def _style_classes(match: re.Match[str]) -> str:
    """What math-core says in style, said in the classes of static/css/maths.css."""
    names = [_CLASS_OF_STYLE.get(one.replace(": ", ":").strip(), "") for one in match[1].split(";")]
    found = " ".join(name for name in names if name)
    return f' class="{found}"' if found else ""

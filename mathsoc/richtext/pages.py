"""Stored text as it stands in a page: formulas as MathML, links that tell nobody where one came from."""

from __future__ import annotations

import html

from mathsoc.richtext import latex as maths
from mathsoc.richtext import policy
from mathsoc.richtext.tree import ROOT, Element, opening, write

MAX_MATHML = 1_500_000  # characters in one text
_SHOWN_OF_TOO_LONG = 100


def shown(root: Element) -> str:
    """The tree as HTML for our own pages."""
    return _Page().shown(root)


def formula(latex: str, *, display: bool) -> str:
    try:
        return maths.mathml(latex, display=display)
    except maths.Unreadable:
        return _as_source(latex)


def _as_source(latex: str) -> str:
    kept = latex if len(latex) <= policy.MAX_LATEX else latex[:_SHOWN_OF_TOO_LONG] + "…"
    return f'<code class="formula-error">{html.escape(kept)}</code>'


class _Page:
    def __init__(self) -> None:
        self.left = MAX_MATHML

    def shown(self, node: Element | str) -> str:
        if isinstance(node, str):
            return write(node)
        if node.latex is not None:
            return self.formula(node.latex, display=node.tag == "div")
        inside = "".join(map(self.shown, node.children))
        if node.tag == ROOT:
            return inside
        begin = opening(Element(node.tag, node.attributes | _added(node)))
        if node.tag in policy.VOID:
            return begin
        return f"{begin}{inside}</{node.tag}>"

    def formula(self, latex: str, *, display: bool) -> str:
        made = formula(latex, display=display) if self.left > 0 else _as_source(latex)
        self.left -= len(made)
        return f'<div class="formula">{made}</div>' if display else made


def _added(element: Element) -> dict[str, str]:
    """What is not stored: it may change with the site."""
    if element.tag == "img":
        return {"loading": "lazy", "decoding": "async"}
    if (
        element.tag == "a"
        and element.attributes["href"][:1] not in ("#", "?")
        and _leaves(element.attributes["href"])
    ):
        return {"rel": "noopener noreferrer nofollow"}
    return {}


def _leaves(href: str) -> bool:
    """Whether a link leads to another host."""
    return href.lower().startswith(("http:", "https:")) or href.replace("\\", "/").startswith("//")

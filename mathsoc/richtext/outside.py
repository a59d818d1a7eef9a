"""Stored text where our style and scripts do not reach: mail, feeds, summaries. Formulas in plain Unicode."""

from __future__ import annotations

import html
from urllib.parse import urljoin

from mathsoc.richtext import policy
from mathsoc.richtext.reading import plain_maths
from mathsoc.richtext.tree import ROOT, Element, opening, write

_MORE = "With its formulas and pictures as they are meant, this is on the page:"


def words(root: Element) -> str:
    """All of it as one line."""
    return " ".join(_words(root).split())


def _words(node: Element | str) -> str:
    if isinstance(node, str):
        return node
    if node.latex is not None:
        said = plain_maths(node.latex)
        return f" {said} " if node.tag == "div" else said
    if node.tag == "br":
        return " "
    inside = "".join(map(_words, node.children))
    return f" {inside} " if node.tag in policy.BLOCKS else inside


def as_html(root: Element, base: str, page: str, *, loads: bool) -> str:
    """HTML of few, old elements. With `loads` pictures are shown, from their full addresses."""
    made = _Html(page, loads=loads).html(root)
    if any(element.latex is not None or (element.tag == "img" and not loads) for element in root.walk()):
        made += f"<p>{_MORE} {_link(page, page)}</p>"
    return made


def _link(url: str, words_: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(words_, quote=False)}</a>'


class _Html:
    def __init__(self, page: str, *, loads: bool) -> None:
        self.page = page
        self.loads = loads

    def html(self, node: Element | str) -> str:
        if isinstance(node, str):
            return write(node)
        if node.latex is not None:
            said = plain_maths(node.latex)
            return f"<p>{_link(self.page, said)}</p>" if node.tag == "div" else html.escape(said, quote=False)
        if node.tag == "img":
            return self.picture(node)
        inside = "".join(map(self.html, node.children))
        if node.tag == ROOT:
            return inside
        return f"{opening(self.changed(node))}{'' if node.tag in policy.VOID else f'{inside}</{node.tag}>'}"

    def changed(self, node: Element) -> Element:
        """The element with its full address, and without what is for our pages alone."""
        kept = {name: value for name, value in node.attributes.items() if name != "class"}
        if "href" in kept:
            kept["href"] = full(self.page, kept["href"])
        return Element(node.tag, kept)

    def picture(self, node: Element) -> str:
        if self.loads:
            return opening(Element("img", node.attributes | {"src": full(self.page, node.attributes["src"])}))
        return _link(self.page, f"[Picture: {node.attributes['alt'] or 'see the page'}]")


def full(page: str, href: str) -> str:
    """The address of a link that may be written from the page or the site."""
    try:
        return urljoin(page, href)
    except ValueError:
        return page


def as_text(root: Element, base: str, page: str) -> str:
    """Plain text: an empty line between blocks, the addresses of links behind their words."""
    blocks = _Text(page).blocks(root)
    if any(element.latex is not None or element.tag == "img" for element in root.walk()):
        blocks.append(f"{_MORE}\n{page}")
    return "\n\n".join(block for block in blocks if block.strip()) + "\n"


class _Text:
    def __init__(self, page: str) -> None:
        self.page = page

    def blocks(self, element: Element) -> list[str]:
        found: list[str] = []
        line = ""
        for child in element.children:
            if isinstance(child, Element) and child.tag in policy.BLOCKS:
                found += [line, *self.block(child)]
                line = ""
            else:
                line += self.inline(child)
        return [block for block in [*found, line] if block.strip()]

    def block(self, element: Element) -> list[str]:
        tag = element.tag
        if element.latex is not None:
            return ["    " + plain_maths(element.latex)]
        if tag == "hr":
            return ["-" * 20]
        if tag == "pre":
            return ["\n".join("    " + line for line in element.words().split("\n"))]
        if tag in ("ul", "ol"):
            return ["\n".join(self.items(element))]
        if tag == "table":
            return ["\n".join(self.row(row) for row in element.walk() if row.tag == "tr")]
        if tag == "blockquote":
            inside = "\n\n".join(self.blocks(element))
            return ["\n".join(f"> {line}".rstrip() for line in inside.split("\n"))]
        inside_blocks = self.blocks(element)
        if tag in policy.HEADINGS and inside_blocks:
            return [f"{inside_blocks[0]}\n{('=' if tag == 'h2' else '-') * min(len(inside_blocks[0]), 60)}"]
        return inside_blocks

    def items(self, element: Element) -> list[str]:
        first = int(element.attributes.get("start", "1"))
        found = []
        for number, item in enumerate(element.children, first):
            sign = f"{number}. " if element.tag == "ol" else "- "
            said = "\n".join(self.blocks(item)) if isinstance(item, Element) else item
            found.append(sign + said.replace("\n", "\n" + " " * len(sign)))
        return found

    def row(self, row: Element) -> str:
        cells = (cell for cell in row.children if isinstance(cell, Element))
        return " | ".join(" ".join(" ".join(self.blocks(cell)).split()) for cell in cells)

    def inline(self, node: Element | str) -> str:
        if isinstance(node, str):
            return node
        if node.latex is not None:
            return plain_maths(node.latex)
        if node.tag == "br":
            return "\n"
        if node.tag == "img":
            return f"[Picture: {node.attributes['alt'] or 'see the page'}]"
        inside = "".join(map(self.inline, node.children))
        if node.tag == "a":
            url = full(self.page, node.attributes["href"]).removeprefix("mailto:")
            return inside if inside.strip() in (url, "") else f"{inside} ({url})"
        return inside

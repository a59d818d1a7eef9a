"""A tree as somebody wrote it, made one of ours: blocks hold lines, lines hold words with marks.

What comes out reads back as itself, in a browser as here: no block in a line, no mark inside itself, tables
whole, white space as one space.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathsoc.richtext import policy
from mathsoc.richtext.lines import Leaf, Marks, words_of
from mathsoc.richtext.policy import TooMuch
from mathsoc.richtext.tree import ROOT, Element

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SHOWS = ("img", "table", "pre", "div", "blockquote")


class _Break:
    """Between two paragraphs that were typed with an empty line."""


Piece = Element | Leaf | _Break


def shape(root: Element, *, paragraphs: bool = False) -> Element:
    """A text of ours; with `paragraphs` bare words become paragraphs, empty lines part them."""
    pieces = _pieces(root.children, (), split=paragraphs)
    made = Element(ROOT, {}, _lines(pieces, "p" if paragraphs else None))
    _count(made)
    return made


def _count(root: Element) -> None:
    parts = formulas = 0
    for element in root.walk():
        parts += 1
        formulas += element.latex is not None
    if parts > policy.MAX_PARTS:
        raise TooMuch(f"The text has more than {policy.MAX_PARTS:,} parts. Make two texts of it.", "text")
    if formulas > policy.MAX_FORMULAS:
        raise TooMuch(
            f"The text has more than {policy.MAX_FORMULAS:,} formulas. Make two texts of it.", "text"
        )
    if _depth(root) > policy.MAX_DEPTH:
        raise TooMuch("The parts of the text stand too deeply inside each other.", "text")


def _depth(element: Element) -> int:
    return 1 + max((_depth(child) for child in element.children if isinstance(child, Element)), default=0)


def _pieces(
    nodes: Sequence[Element | str], marks: Marks, line: str | None = None, *, split: bool = False
) -> list[Piece]:
    """Blocks, and between them the leaves of lines that have no block of their own yet."""
    found: list[Piece] = []
    for node in nodes:
        if isinstance(node, str):
            for number, part in enumerate(_BLANK_LINE.split(node) if split else [node]):
                found += [_Break(), Leaf(part, marks)] if number else [Leaf(part, marks)]
        elif node.latex is not None:
            found += _formula(node, marks, line)
        elif node.tag in policy.MARKS:
            found += _pieces(node.children, _with(marks, node), line, split=split)
        elif node.tag == "br":
            found.append(Leaf(Element("br"), ()))
        elif node.tag == "img":
            found += _picture(node, marks)
        else:
            found += _block(node, marks, line)
    return found


def _with(marks: Marks, node: Element) -> Marks:
    """One mark more, unless it is there already or is a link to nowhere."""
    if any(mark.tag == node.tag for mark in marks) or (node.tag == "a" and "href" not in node.attributes):
        return marks
    kept = node.attributes if node.tag == "a" else {}
    return (*marks, Element(node.tag, kept))


def _formula(node: Element, marks: Marks, line: str | None) -> list[Piece]:
    latex = (node.latex or "").strip()
    if not latex:
        return []
    if node.tag == "div" and line not in policy.HEADINGS:
        return [Element("div", {"data-latex": latex})]
    return [Leaf(Element("span", {"data-latex": latex}), marks)]


def _picture(node: Element, marks: Marks) -> list[Piece]:
    if "src" not in node.attributes:
        return []
    wanted = {"src": node.attributes["src"], "alt": node.attributes.get("alt", "")}
    sizes = {name: node.attributes[name] for name in ("width", "height") if name in node.attributes}
    return [Leaf(Element("img", wanted | sizes), tuple(mark for mark in marks if mark.tag == "a"))]


def _block(node: Element, marks: Marks, line: str | None) -> list[Piece]:
    tag = node.tag
    if tag == "hr":
        return [Element("hr")]
    if tag == "pre":
        return _code_block(node)
    if tag in ("ul", "ol"):
        return _listed(node, marks)
    if tag == "table":
        return _table(node, marks)
    if tag == "figure":
        return _figure(node, marks)
    if tag == "blockquote":
        inside = _lines(_pieces(node.children, marks), "p")
        return [Element(tag, {}, inside)] if inside else []
    own = tag if tag in policy.HEADINGS and line is None else line or "p"
    return list(_lines_as_pieces(_pieces(node.children, marks, own), own))


def _lines_as_pieces(pieces: list[Piece], line: str | None) -> list[Piece]:
    return [piece for piece in _lines(pieces, line) if isinstance(piece, Element)]


def _code_block(node: Element) -> list[Piece]:
    text = _text_of(node).strip("\n").rstrip()
    if not text.strip():
        return []
    code = next((element for element in node.walk() if element.tag == "code"), Element("code"))
    return [Element("pre", {}, [Element("code", dict(code.attributes), [text])])]


def _text_of(node: Element | str) -> str:
    if isinstance(node, str):
        return node
    if node.latex is not None:
        return node.latex
    return "\n" if node.tag == "br" else "".join(map(_text_of, node.children))


def _listed(node: Element, marks: Marks) -> list[Piece]:
    items: list[Element] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        inner = child.children if isinstance(child, Element) and child.tag == "li" else [child]
        inside = _lines(_pieces(inner, marks), None)
        if isinstance(child, Element) and child.tag in ("ul", "ol") and items:
            items[-1].children += inside
        elif inside:
            items.append(Element("li", {}, inside))
    kept = dict(node.attributes) if node.tag == "ol" else {}
    return [Element(node.tag, kept, list(items))] if items else []


def _table(node: Element, marks: Marks) -> list[Piece]:
    """Rows in `thead` and `tbody`; what stands between cells comes before the table."""
    before: list[Element | str] = []
    head: list[Element] = []
    body: list[Element] = []
    for row, in_head in _rows(node, before):
        cells: list[Element | str] = []
        for child in row.children:
            if isinstance(child, Element) and child.tag in ("td", "th"):
                cells.append(
                    Element(child.tag, dict(child.attributes), _lines(_pieces(child.children, marks), None))
                )
            else:
                before.append(child)
        if cells:
            (head if in_head else body).append(Element("tr", {}, cells))
    parts = [Element(tag, {}, list(rows)) for tag, rows in (("thead", head), ("tbody", body)) if rows]
    moved = _lines_as_pieces(_pieces(before, marks), "p")
    return [*moved, Element("table", {}, list(parts))] if parts else moved


def _rows(table: Element, before: list[Element | str]) -> list[tuple[Element, bool]]:
    found: list[tuple[Element, bool]] = []
    waiting: list[tuple[Element | str, bool]] = [(child, False) for child in reversed(table.children)]
    loose: Element | None = None
    while waiting:
        child, in_head = waiting.pop()
        tag = child.tag if isinstance(child, Element) else ""
        if isinstance(child, Element) and tag in ("thead", "tbody"):
            waiting += [(inner, tag == "thead") for inner in reversed(child.children)]
        elif isinstance(child, Element) and tag in ("td", "th"):
            if loose is None:
                loose = Element("tr")
                found.append((loose, in_head))
            loose.children.append(child)
            continue
        elif isinstance(child, Element) and tag == "tr":
            found.append((child, in_head))
        else:
            before.append(child)
            continue
        loose = None
    return found


def _figure(node: Element, marks: Marks) -> list[Piece]:
    """What is shown and the words below it; without anything to show, only the words."""
    captions = [child for child in node.children if isinstance(child, Element) and child.tag == "figcaption"]
    others = [child for child in node.children if child not in captions]
    shown = _lines(_pieces(others, marks), None)
    below: list[Element | str] = []
    for caption in captions:
        below += [" ", *caption.children] if below else caption.children
    words = words_of(_leaves(below, ()))
    plain = Element("", {}, shown)
    if not any(element.tag in _SHOWS for element in plain.walk()):
        return [*_lines_as_pieces(_pieces(others, marks), "p"), *([Element("p", {}, words)] if words else [])]
    return [Element("figure", {}, shown + ([Element("figcaption", {}, words)] if words else []))]


def _lines(pieces: list[Piece], line: str | None) -> list[Element | str]:
    """Blocks as they are, and each run of leaves as a line: in an element of its own if `line` names one."""
    found: list[Element | str] = []
    run: list[Leaf] = []

    def end_line() -> None:
        words = words_of(run)
        run.clear()
        if words:
            found.extend([Element(line, {}, words)] if line else words)

    for piece in pieces:
        if isinstance(piece, Leaf):
            run.append(piece)
        else:
            end_line()
            if isinstance(piece, Element):
                found.append(piece)
    end_line()
    return found


def _leaves(nodes: Sequence[Element | str], marks: Marks) -> list[Leaf]:
    """All words of these as one line, whatever blocks they stand in; no pictures."""
    found: list[Leaf] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(Leaf(node, marks))
        elif node.latex is not None:
            found += [leaf for leaf in _formula(node, marks, "h2") if isinstance(leaf, Leaf)]
        elif node.tag in policy.MARKS:
            found += _leaves(node.children, _with(marks, node))
        else:
            found += [Leaf(" ", ()), *_leaves(node.children, marks), Leaf(" ", ())]
    return found

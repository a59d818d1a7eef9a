"""One line of a text: its words, and the marks around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathsoc.richtext.tree import Element

Marks = tuple[Element, ...]
_SPACE = re.compile(r"[ \t\n\f]+")


@dataclass
class Leaf:
    """Words, a formula, a picture or a line break, and the marks around it."""

    node: Element | str
    marks: Marks


def words_of(leaves: list[Leaf]) -> list[Element | str]:
    """A line: marks around what they share, one space for many, none at its ends."""
    tidy = _tidied(leaves)
    top = Element("")
    open_: list[Element] = []
    marks: Marks = ()
    for leaf in tidy:
        shared = 0
        while shared < min(len(marks), len(leaf.marks)) and marks[shared] == leaf.marks[shared]:
            shared += 1
        del open_[shared:]
        for mark in leaf.marks[shared:]:
            made = Element(mark.tag, dict(mark.attributes))
            (open_[-1] if open_ else top).children.append(made)
            open_.append(made)
        marks = leaf.marks
        into = (open_[-1] if open_ else top).children
        if isinstance(leaf.node, str) and into and isinstance(into[-1], str):
            into[-1] += leaf.node
        else:
            into.append(leaf.node)
    return top.children


def _tidied(leaves: list[Leaf]) -> list[Leaf]:
    found: list[Leaf] = []
    at_space = True
    for leaf in leaves:
        if isinstance(leaf.node, str):
            text = _SPACE.sub(" ", leaf.node)
            text = text.removeprefix(" ") if at_space else text
            if text:
                found.append(Leaf(text, leaf.marks))
                at_space = text.endswith(" ")
            continue
        is_break = leaf.node.tag == "br"
        if is_break:
            _trim(found)
        if not is_break or found:
            found.append(leaf)
        at_space = is_break
    while found and (_trim(found) or _is_break(found[-1])):
        if _is_break(found[-1]):
            found.pop()
    return found


def _is_break(leaf: Leaf) -> bool:
    return isinstance(leaf.node, Element) and leaf.node.tag == "br"


def _trim(leaves: list[Leaf]) -> bool:
    """Take the space from the end of the last leaf; whether anything is to be looked at again."""
    if not leaves or not isinstance(leaves[-1].node, str) or not leaves[-1].node.endswith(" "):
        return False
    text = leaves[-1].node.rstrip(" ")
    if text:
        leaves[-1] = Leaf(text, leaves[-1].marks)
        return False
    leaves.pop()
    return bool(leaves)

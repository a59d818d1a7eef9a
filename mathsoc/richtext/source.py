"""Stored text for people to change by hand, and what is wrong with it, by line."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from mathsoc.richtext import latex as maths
from mathsoc.richtext import policy
from mathsoc.richtext.tree import Element, decode, opening, write

# Each of these begins a line; what holds others of them ends on one of its own.
_ON_LINES = policy.BLOCKS - {"div"}
# Possessive, and the pair of strokes first: a formula of many lines is read in one way alone.
_PLAIN_FORMULA = re.compile(r"(?:\\\\|\\(?![()\[\]])|[^\\$<&]|&(?![#a-zA-Z])|<(?![a-zA-Z/!?]))++")


@dataclass(frozen=True)
class Fault:
    """Something to mend: the line in `as_source`, and what is wrong with it."""

    line: int
    message: str


def written(root: Element) -> str:
    return _Writer().text(root)


def faults(root: Element) -> list[Fault]:
    writer = _Writer()
    writer.text(root)
    return writer.faults


class _Writer:
    """Writes line by line, so that it knows on which line a formula stands."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.line = 1
        self.at_start = True
        self.faults: list[Fault] = []

    def text(self, root: Element) -> str:
        self.inside(root)
        return "".join(self.said)

    def say(self, text: str) -> None:
        if text:
            self.said.append(text)
            self.line += text.count("\n")
            self.at_start = text.endswith("\n")

    def new_line(self) -> None:
        if not self.at_start:
            self.say("\n")

    def inside(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, str):
                self.say(write(child))
            elif child.latex is not None:
                self.formula(child, child.latex)
            elif child.tag == "pre":
                self.new_line()
                self.say(write(child))
                self.say("\n")
            else:
                self.element(child)

    def element(self, element: Element) -> None:
        if element.tag == "img" and not element.attributes["alt"]:
            self.faults.append(Fault(self.line, "This picture needs words for those who do not see it."))
        if element.tag not in _ON_LINES:
            self.say(opening(element))
            if element.tag not in policy.VOID:
                self.inside(element)
                self.say(f"</{element.tag}>")
            return
        self.new_line()
        self.say(opening(element))
        if element.tag not in policy.VOID:
            holds = any(isinstance(child, Element) and child.tag in _ON_LINES for child in element.children)
            self.inside(element)
            if holds:
                self.new_line()
            self.say(f"</{element.tag}>")
        self.say("\n")

    def formula(self, element: Element, latex: str) -> None:
        display = element.tag == "div"
        if display:
            self.new_line()
        begin = self.line
        self.check(latex, begin, display=display)
        open_, close = (r"\[", r"\]") if display else (r"\(", r"\)")
        if not _delimits(latex):
            self.say(write(element))
        elif _PLAIN_FORMULA.fullmatch(latex) and decode(latex) == latex:
            self.say(f"{open_}{latex}{close}")
        else:
            self.say(f"{open_}{html.escape(latex, quote=False)}{close}")
        if display:
            self.say("\n")

    def check(self, latex: str, line: int, *, display: bool) -> None:
        try:
            maths.mathml(latex, display=display)
        except maths.Unreadable as error:
            line += latex.count("\n", 0, error.at)
            self.faults.append(Fault(line, f"This formula cannot be read: {error.message}"))


def _delimits(latex: str) -> bool:
    """Whether `\\( … \\)` around it is read as this formula again."""
    bare = latex.replace(r"\\", "")
    return not re.search(r"\\[()\[\]]|\$\$", bare) and not bare.endswith("\\") and latex == latex.strip()

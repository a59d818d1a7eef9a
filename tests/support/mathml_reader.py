"""Our MathML back to typed text, so that a test can read what is shown."""

from __future__ import annotations

from itertools import zip_longest
from xml.etree.ElementTree import Element, fromstring

_APPLIED = "\u2061"
_OPERATORS = {_APPLIED: "", "\u2062": "*"}
_NAMES = {"P": "nPr"}  # as the name of a function


def typed(mathml: str) -> str:
    """What somebody would type who sees this formula. Raises ValueError for what we never show."""
    return _row(list(fromstring(mathml)))


def _row(parts: list[Element]) -> str:
    out = ""
    for part, after in zip_longest(parts, parts[1:]):
        names = after is not None and (after.text or "") == _APPLIED
        out += _named(part) if names else _one(part)
    return out


def _named(part: Element) -> str:
    """The name of a function; a log to a base that was not typed has a bare 10 below it."""
    if _tag(part) == "msub":
        head, base = part
        return "log" if _tag(base) == "mn" else f"{head.text}_({_one(base)})"
    return _NAMES.get(part.text or "", part.text or "")


def _one(part: Element) -> str:
    text, parts = part.text or "", list(part)
    match _tag(part):
        case "mrow":
            return _row(parts)
        case "mn" | "mi":
            return text
        case "mo":
            return _OPERATORS.get(text, text)
        case "mtext":
            return f" {text} "
        case "mspace":
            return ""
        case "msqrt":
            return f"sqrt({_row(parts)})"
        case "mroot":
            return f"root({_one(parts[0])}, {_one(parts[1])})"
        case "msup":
            return f"({_one(parts[0])})^({_one(parts[1])})"
        case "msub":
            return _subscripted(*(one.text or "" for one in parts))
        case "mfrac":
            return _fraction(part, *parts)
        case "mtable":
            return ", ".join(f"[{', '.join(_row(list(cell)) for cell in row)}]" for row in parts)
    raise ValueError(f"<{_tag(part)}> is never shown")


def _subscripted(letter: str, sub: str) -> str:
    return f"{letter}_({sub})" if len(sub) > 1 and not sub.isdigit() else f"{letter}_{sub}"


def _fraction(part: Element, top: Element, bottom: Element) -> str:
    if part.get("linethickness") == "0":
        return f"binomial({_one(top)}, {_one(bottom)})"
    if _tag(top) == "mn":  # of a mixed number
        return f" {top.text}/{bottom.text}"
    return f"(({_one(top)})/({_one(bottom)}))"


def _tag(part: Element) -> str:
    return part.tag.rpartition("}")[2]

"""Can two things that agree at all points tried still differ where nobody looks?

⌊e^(−x²)⌋ is 0 but at x = 0, max(0, 1/x − 10⁵) but just beside it. Of polynomials every kink is found along a
line; elsewhere agreement at points says too little of steps and of the larger of two.
"""

from __future__ import annotations

from ..algebra.core import negate
from ..algebra.node import Core, symbols, walk

_PIECES = frozenset(("floor", "ceil", "sign", "max", "min"))
_INSIDE = frozenset(("abs", "max", "min"))


def possible(answers: list[Core], keys: list[Core]) -> bool:
    """Has one side steps or extremes that the other has not, of more than polynomials?"""
    mine, theirs = _pieces(answers), _pieces(keys)
    return any((mine | theirs)[name] for name in mine.keys() ^ theirs.keys())


def _pieces(values: list[Core]) -> dict[tuple[str, ...], bool]:
    """The steps and extremes with letters, and whether a line may miss their kinks."""
    return {
        _name(node): not all(_seen(part, len(symbols(node)) > 1) for part in node.parts)
        for value in values
        for node in walk(value)
        if node.kind == "f" and node.name in _PIECES and symbols(node)
    }


def _name(node: Core) -> tuple[str, ...]:
    """⌈u⌉ is −⌊−u⌋, and the least of two what the largest is of their opposites."""
    mirrored = {"ceil": "floor", "min": "max"}.get(node.name)
    parts = map(negate, node.parts) if mirrored else node.parts
    return (mirrored or node.name, *sorted(part.key for part in parts))


def _seen(value: Core, several: bool) -> bool:
    """A polynomial, a linear one of several letters, also with |…| in it."""
    if value.kind in ("q", "s", "k") or not symbols(value):
        return True
    if value.kind == "^":
        return not several and (value.parts[1].whole or 0) > 0 and _seen(value.parts[0], several)
    if value.kind == "*" and several and sum(bool(symbols(part)) for part in value.parts) > 1:
        return False
    known = value.kind in ("+", "*") or (value.kind == "f" and value.name in _INSIDE)
    return known and all(_seen(part, several) for part in value.parts)

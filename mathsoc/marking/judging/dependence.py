"""Do the letters of an answer matter? Asked of the answer alone: it must tell nothing of a key."""

from __future__ import annotations

from itertools import islice

from ..algebra.balls import Ball, Unclear, differ, evaluate
from ..algebra.convert import core
from ..algebra.node import symbols
from ..results import NeedsPool, Undecided
from ..syntax.tree import Node
from .sampling import points

_POINTS = 6
_BITS = 128


def varies(tree: Node) -> bool:
    """Has the value surely been seen to change with a letter? `23 + 0x` does not, `23 + x` does."""
    try:
        value = core(tree)
    except (Undecided, NeedsPool):
        return False
    seen: list[Ball] = []
    for point in islice(points(symbols(value)), _POINTS):
        try:
            seen.append(evaluate(value, point, _BITS))
        except Unclear:
            continue
    return any(differ(seen[0], other) for other in seen[1:])

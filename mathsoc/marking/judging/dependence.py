"""Do the letters of an answer matter? Asked of the answer alone: it must tell nothing of a key."""

from __future__ import annotations

from itertools import islice

from ..algebra.balls import Ball, Unclear, differ, evaluate, real_throughout
from ..algebra.convert import core
from ..algebra.node import symbols
from ..results import NeedsPool, Undecided
from ..syntax.tree import Node
from .sampling import points

_POINTS = 8
_BITS = 128


def varies(tree: Node) -> bool:
    """Has the value surely been seen to change with a letter? `23 + 0x` does not, `23 + x` does.

    Only points where every part is real count, if there are any: √(k/m)·√(m/k) is 1 where it is real.
    """
    try:
        value = core(tree)
    except (Undecided, NeedsPool):
        return False
    seen: list[tuple[bool, Ball]] = []
    for point in islice(points(symbols(value)), _POINTS):
        try:
            seen.append((real_throughout(value, point, _BITS), evaluate(value, point, _BITS)))
        except Unclear:
            continue
    told = [ball for real, ball in seen if real] or [ball for _, ball in seen]
    return any(differ(told[0], other) for other in told[1:])

"""A number with ±: two values, each of which must be one of the key's."""

from __future__ import annotations

from collections.abc import Callable

from ..algebra.convert import core, signs
from ..results import Finding
from ..syntax.tree import Node
from . import equality

ONE_ASKED = "This has two values; only one is asked for."
TWO_ASKED = "Two values are asked for."

Judge = Callable[[Node, Node], Finding]


def judge(answer: Node, key: Node, compared: Judge, in_place: bool) -> Finding:
    """`compared` tells of one value and one key, with the tolerance. Raises Undecided, NeedsPool.

    However wide a tolerance is, 5 ± 0.1 are two values and 5 is one.
    """
    mine, theirs = _distinct(answer, in_place), _distinct(key, in_place)
    if len(mine) > len(theirs):
        return Finding(False, "exact", ONE_ASKED, "extra")
    if len(mine) < len(theirs):
        return Finding(False, "exact", TWO_ASKED, "lost")
    rows = [[compared(one, other) for other in theirs] for one in mine]
    if len(rows) == 1:
        return rows[0][0]
    straight, crossed = (rows[0][0], rows[1][1]), (rows[0][1], rows[1][0])
    for pair in (straight, crossed):
        if all(found.equal for found in pair):
            return pair[0]
    missed = [found for found in (*straight, *crossed) if not found.equal]
    return min(missed, key=lambda found: found.reason_class == "value")


def _distinct(node: Node, in_place: bool) -> list[Node]:
    """The values that a ± stands for: one where it makes no difference, as in 5 ± 0."""
    found = signs(node)
    same = len(found) == 2 and equality.equal(core(found[0]), core(found[1]), in_place).equal
    return found[:1] if same else found

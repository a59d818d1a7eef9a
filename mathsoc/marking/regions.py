"""Where an interval is asked for: intervals, several of them joined, and statements such as 1 < x ≤ 3."""

from __future__ import annotations

from .results import ReadError
from .syntax.printing import plain
from .syntax.tree import (
    All,
    Any,
    Constant,
    Group,
    Negative,
    Node,
    PlusMinus,
    Relation,
    Symbol,
    Union,
    walk,
)

_INF = Constant("inf")
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_ASKED = "This asks for an interval. Write it as (1, 2] or (3, ∞)."


def region(tree: Node) -> Node:
    """The tree as an interval, a set of numbers, or several of them joined. Raises ReadError."""
    return _region(tree, _letter(tree))


def _region(tree: Node, letter: Symbol | None) -> Node:
    match tree:
        case Union(items=items) | Any(items=items):
            found = [_region(item, letter) for item in items]
            return Union(
                tuple(part for one in found for part in (one.items if isinstance(one, Union) else (one,)))
            )
        case Group(opening="(" | "[", closing=")" | "]", items=(_, _)) | Group(opening="{"):
            return tree
        case Relation(op="in", left=Symbol(), right=right):
            return _region(right, None)
        case Relation(op=op) if letter is not None and op in _FLIPPED:
            return _solved(tree, letter)
        case All(items=(first, second)) if letter is not None:
            return _between(_region(first, letter), _region(second, letter))
    raise ReadError(_ASKED)


def _letter(tree: Node) -> Symbol | None:
    """The letter that stands alone on a side of every relation: x in a < x and x < b; of two, the x."""
    relations = [part for part in walk(tree) if isinstance(part, Relation) and part.op != "in"]
    alone = [{side for side in (one.left, one.right) if isinstance(side, Symbol)} for one in relations]
    found = set.intersection(*alone) if alone else set()
    return found.pop() if len(found) == 1 else Symbol("x") if Symbol("x") in found else None


def _solved(relation: Relation, letter: Symbol) -> Node:
    """x > 3 as (3, ∞)."""
    op, end = relation.op, relation.right
    if relation.left != letter:
        op, end = _FLIPPED[op], relation.left
    if any(part == letter or isinstance(part, PlusMinus) for part in walk(end)):
        raise ReadError(_ASKED)
    below, above = Group("(", (Negative(_INF), end), ")"), Group("(", (end, _INF), ")")
    match op:
        case "<":
            return below
        case "<=":
            return Group("(", below.items, "]")
        case ">":
            return above
        case ">=":
            return Group("[", above.items, ")")
        case "!=":
            return Union((below, above))
    return Group("{", (end,), "}")


def _between(first: Node, second: Node) -> Node:
    """(1, ∞) and (−∞, 3] together are (1, 3]."""
    match first, second:
        case (
            Group(opening=opening, items=(low, Constant(name="inf"))),
            Group(items=(Negative(arg=Constant(name="inf")), high), closing=closing),
        ) | (
            Group(items=(Negative(arg=Constant(name="inf")), high), closing=closing),
            Group(opening=opening, items=(low, Constant(name="inf"))),
        ):
            return Group(opening, (low, high), closing)
    raise ReadError(_ASKED)


def check_ends(group: Group) -> None:
    """[−∞, 2) is asked about: no number is ∞. Raises ReadError."""
    ends = [Negative(_INF), _INF]
    closed = (
        group.opening == "[" and group.items[0] in ends,
        group.closing == "]" and group.items[1] in ends,
    )
    if any(closed):
        opening, closing = "(" if closed[0] else group.opening, ")" if closed[1] else group.closing
        raise ReadError(f"∞ is never reached. Write {plain(Group(opening, group.items, closing))}.")

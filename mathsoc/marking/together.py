"""Statements in a list: whether a comma between them means `and` or `or`."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from . import vectors
from .algebra.convert import core
from .syntax.tree import (
    COLLECTIONS,
    STATEMENTS,
    All,
    Any,
    Group,
    Node,
    Not,
    PlusMinus,
    Relation,
    Symbol,
    children,
    contains,
    rebuild,
)

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NO_NUMBERS = (*STATEMENTS, *COLLECTIONS, PlusMinus)
Bounds = dict[str, Fraction]  # by "<" and ">": the letter is less than, greater than


def together(tree: Node) -> Node:
    """The statement that a list of them makes, also within others: (x=3, y=4) or (x=-4, y=-3)."""
    match tree:
        case Group(opening="" | "(", closing="" | ")", items=(_, _, *_) as items) if contains(
            tree, *STATEMENTS
        ):
            return _listed(items)
        case Any() | All() | Not():
            return rebuild(tree, tuple(together(item) for item in children(tree)))
        case Relation():
            each = vectors.by_letters(tree)
            return All(each) if each else tree
    return tree


def _listed(items: tuple[Node, ...]) -> Node:
    """`x=2, x=-2` are alternatives, `x=1, y=2` hold together."""
    first = items[0]
    if isinstance(first, Relation):
        items = tuple(
            item if contains(item, *STATEMENTS) else Relation(first.op, first.left, item) for item in items
        )
    items = tuple(together(item) for item in items)
    lefts = {item.left if isinstance(item, Relation) and item.op == "=" else item for item in items}
    alternatives = (len(lefts) == 1 and len(items) > 1) or _points(items) or _apart(items)
    return Any(items) if alternatives else All(items)


def _points(items: tuple[Node, ...]) -> bool:
    """x=3 and y=4, x=-4 and y=-3: values for the same letters over and over."""
    names = set()
    for item in items:
        parts = item.items if isinstance(item, All) else ()
        if not parts or not all(isinstance(part, Relation) and part.op == "=" for part in parts):
            return False
        names.add(frozenset(part.left for part in parts if isinstance(part, Relation)))
    return len(names) == 1


def _apart(items: tuple[Node, ...]) -> bool:
    """x < 2, x > 5 cannot hold together, so the comma can only mean or."""
    found = [_bounds(item) for item in items]
    if len(items) < 2 or len({name for name, _ in found}) != 1 or found[0][0] is None:
        return False
    return all(_before(one, other) or _before(other, one) for (_, one), (_, other) in combinations(found, 2))


def _before(one: Bounds, other: Bounds) -> bool:
    return "<" in one and ">" in other and one["<"] < other[">"]


def _bounds(item: Node) -> tuple[Node | None, Bounds]:
    """The letter that an inequality is about, and the numbers that it lies between."""
    relations = item.items if isinstance(item, All) else (item,)
    ends: Bounds = {}
    names: set[Node] = set()
    for part in relations:
        if not isinstance(part, Relation) or part.op not in _FLIPPED:
            return None, {}
        if any(contains(side, *_NO_NUMBERS) for side in (part.left, part.right)):
            return None, {}
        name, op, end = (part.left, part.op, part.right)
        if not isinstance(name, Symbol):
            name, op, end = (part.right, _FLIPPED[op], part.left)
        value = core(end)
        if not isinstance(name, Symbol) or not value.rational or op[0] in ends:
            return None, {}
        names.add(name)
        ends[op[0]] = value.value
    return (names.pop(), ends) if len(names) == 1 else (None, {})

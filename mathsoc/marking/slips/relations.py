"""Slips where an equation or an inequality is asked for: solutions lost and won, signs, swapped places."""

from __future__ import annotations

from itertools import pairwise

from ..algebra.convert import core
from ..algebra.core import substitute, subtract
from ..algebra.node import q
from ..algebra.node import symbols as letters
from ..algebra.written import number
from ..scheme import Scheme
from ..syntax.tree import All, Any, Node, Number, Power, Relation, Symbol, symbols
from . import polynomials
from .rewriting import (
    Slips,
    first_changed,
    flipped_terms,
    has_both_signs,
    negated,
    next_number,
    one_more,
    swapped,
    swapped_numbers,
    upper_sign,
)

_REVERSED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_STRICT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def equations(key: Node, scheme: Scheme) -> Slips:
    if has_both_signs(key):
        yield "one-of-two", upper_sign(key)
    match key:
        case Any(items=items):
            yield "solution-lost", _joined(key, items[:-1])
            yield from _in_last(key, items)
        case All(items=items):
            yield from _systems(key, items)
        case Relation(op="=", left=left, right=right) if not has_both_signs(key):
            yield from _factor_lost(left, right)
            yield from _signs(key)
            yield from _swaps(key)
            if (changed := first_changed(key, next_number)) is not None:
                yield "coefficient", changed
            if right != Number("0"):
                yield "squared", Relation("=", Power(left, Number("2")), Power(right, Number("2")))


def inequalities(key: Node, scheme: Scheme) -> Slips:
    match key:
        case All(items=items):
            yield "equation-lost", _joined(key, items[:-1])
            yield "or-for-and", Any(items)
            yield from _in_last(key, items)
        case Any(items=items):
            yield "solution-lost", _joined(key, items[:-1])
            yield "and-for-or", All(items)
            yield from _in_last(key, items)
        case Relation():
            yield from _of_one(key)


def _joined(node: Node, items: tuple[Node, ...]) -> Node:
    if len(items) == 1:
        return items[0]
    return All(items) if isinstance(node, All) else Any(items)


def _in_last(key: Node, items: tuple[Node, ...]) -> Slips:
    """The slips of one statement, with the others as they are."""
    last = items[-1]
    if isinstance(last, Relation):
        for name, node in _of_one(last):
            yield name, _joined(key, (*items[:-1], node))


def _of_one(key: Relation) -> Slips:
    if key.op in _REVERSED:
        yield "reversed", Relation(_REVERSED[key.op], key.left, key.right)
        yield "strictness", Relation(_STRICT[key.op], key.left, key.right)
        yield "equation", Relation("=", key.left, key.right)
    if key.op == "!=":
        yield "equation", Relation("=", key.left, key.right)
    if key.op != "in":
        yield "sign", negated(key)
        yield from _signs_of_terms(key)
        yield "one-off", one_more(key)


def _signs(key: Relation) -> Slips:
    yield "sign", negated(key)
    yield from _signs_of_terms(key)


def _signs_of_terms(key: Relation) -> Slips:
    for name, node in flipped_terms(key.right):
        yield name, Relation(key.op, key.left, node)
    for name, node in flipped_terms(key.left):
        yield name, Relation(key.op, node, key.right)


def _swaps(key: Relation) -> Slips:
    if (numbers := swapped_numbers(key)) is not None:
        yield "swapped-numbers", numbers
    names = symbols(key)
    if len(names) > 1:
        yield "swapped-letters", swapped(key, Symbol(names[0]), Symbol(names[1]))


def _systems(key: Node, items: tuple[Node, ...]) -> Slips:
    yield "equation-lost", _joined(key, items[:-1])
    match items:
        case (Relation(op="=") as first, Relation(op="=") as second, *rest):
            swap = (Relation("=", first.left, second.right), Relation("=", second.left, first.right))
            yield "swapped-pair", All((*swap, *rest))
    yield from _in_last(key, items)


def _factor_lost(left: Node, right: Node) -> Slips:
    """x² = 4 divided by one of its factors: x = 2."""
    value = subtract(core(left), core(right))
    found = polynomials.factors(value)
    if found is None or len(found.bases) < 2:
        return
    base = found.bases[0][0]
    names = letters(core(base))
    root = _root(base, names[0]) if len(names) == 1 else None
    yield "solution-lost", root or Relation("=", base, Number("0"))


def _root(base: Node, name: str) -> Node | None:
    """The one solution of a linear factor, as x = 2; None for a factor of higher degree."""
    at = [substitute(core(base), {name: q(point)}).value for point in range(4)]
    slope = at[1] - at[0]
    if not slope or any(second - first != slope for first, second in pairwise(at)):
        return None
    return Relation("=", Symbol(name), number(-at[0] / slope))

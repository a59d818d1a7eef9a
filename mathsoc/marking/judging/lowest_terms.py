"""Are the fractions of an answer in their lowest terms?"""

from __future__ import annotations

from math import gcd, prod

from ..algebra.convert import core
from ..algebra.core import base_and_exponent, split
from ..algebra.node import Core, symbols
from ..syntax.tree import (
    Call,
    Mixed,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    children,
    rebuild,
    walk,
)

_MOST_POWER = 64


def unsigned(node: Node) -> Node:
    return node.arg if isinstance(node, Negative) else node


def lowest_terms(tree: Node) -> bool:
    """Every fraction is of whole numbers, or of whole multiples of letters and roots, and none cancels."""
    quotients = [node for node in walk(tree) if isinstance(node, Quotient)]
    return fractions_reduced(tree) and all(_whole(node.top) and _whole(node.bottom) for node in quotients)


def fractions_reduced(tree: Node) -> bool:
    """Nothing that numerator and denominator show as a factor is common to both."""
    return all(map(_reduced, walk(tree)))


def _reduced(node: Node) -> bool:
    if isinstance(node, Negative) and isinstance(node.arg, Quotient):
        return not isinstance(node.arg.bottom, Negative)
    if isinstance(node, Mixed):
        return gcd(node.numerator, node.denominator) == 1
    if not isinstance(node, Quotient):
        return True
    if isinstance(node.top, Negative) and isinstance(node.bottom, Negative):
        return False
    if _bases(core(node.top)) & _bases(core(node.bottom)):
        return False
    top, bottom = _whole_factor(node.top), _whole_factor(node.bottom)
    return top is None or bottom is None or gcd(top, bottom) == 1


def without_double_signs(tree: Node) -> Node:
    """−3/−4 as 3/4, and −(3/−4) likewise."""
    parts = tuple(map(without_double_signs, children(tree)))
    node = rebuild(tree, parts) if parts else tree
    match node:
        case Quotient(top=Negative(arg=top), bottom=Negative(arg=bottom)):
            return Quotient(top, bottom)
        case Negative(arg=Quotient(top=top, bottom=Negative(arg=bottom))):
            return Quotient(top, bottom)
    return node


def _whole(node: Node) -> bool:
    """May this stand above or below the line: is every number in it whole and worked out?"""
    node = unsigned(node)
    match node:
        case Number():
            return node.whole
        case Sum(terms=parts) | Product(factors=parts):
            return sum(core(part).rational for part in parts) < 2 and all(map(_whole, parts))
        case Quotient() | Mixed():
            return False
    return not core(node).rational


def _bases(value: Core) -> set[str]:
    """The roots and constants that multiply everything in a numerator or denominator: π in 3π."""
    if value.kind == "+":
        return set.intersection(*map(_bases, value.parts))
    factors = value.parts if value.kind == "*" else (value,)
    kept = [factor for factor in factors if not (factor.rational or symbols(factor))]
    return {base_and_exponent(factor)[0].key for factor in kept}


def _whole_factor(node: Node) -> int | None:
    """The whole number that multiplies everything in a numerator or denominator."""
    if isinstance(node, Sum):
        found = [_whole_factor(term) for term in node.terms]
        return gcd(*(value for value in found if value is not None)) if None not in found else None
    if isinstance(node, Product):
        # The factors one by one: as one form, n(2n + 1) has the number 2 before n + 1/2.
        each = [_whole_factor(factor) for factor in node.factors]
        if None not in each:
            return prod(value for value in each if value is not None)
    if isinstance(node, Power) and 0 < (core(node.exponent).whole or 0) <= _MOST_POWER:
        inner = _whole_factor(node.base)
        return None if inner is None else inner ** int(core(node.exponent).value)
    if isinstance(node, Call) and node.name in ("ln", "log"):
        return 1  # ln(4) is 2·ln(2), but nobody takes a fraction's number out of a logarithm
    value = split(core(node))[0]
    return abs(value.numerator) if value.denominator == 1 else None

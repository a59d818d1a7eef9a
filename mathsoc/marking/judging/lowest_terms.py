"""Are the fractions of an answer in their lowest terms?"""

from __future__ import annotations

from math import gcd

from ..algebra.convert import core
from ..algebra.core import split
from ..syntax.tree import Call, Mixed, Negative, Node, Quotient, Sum, walk


def unsigned(node: Node) -> Node:
    return node.arg if isinstance(node, Negative) else node


def fractions_reduced(tree: Node) -> bool:
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
    top, bottom = _whole_factor(node.top), _whole_factor(node.bottom)
    return top is None or bottom is None or gcd(top, bottom) == 1


def _whole_factor(node: Node) -> int | None:
    """The whole number that multiplies everything in a numerator or denominator."""
    if isinstance(node, Sum):
        found = [_whole_factor(term) for term in node.terms]
        return gcd(*(value for value in found if value is not None)) if None not in found else None
    if isinstance(node, Call) and node.name in ("ln", "log"):
        return 1  # ln(4) is 2·ln(2), but nobody takes a fraction's number out of a logarithm
    value = split(core(node))[0]
    return abs(value.numerator) if value.denominator == 1 else None

"""Statements that say y = f or y > f of one and the same letter y: what counts is whether the f are equal.

Expressions are compared at points of all sizes and between all kinks, which points of a curve are not.
"""

from __future__ import annotations

from fractions import Fraction

from ..algebra.core import multiple, substitute, subtract
from ..algebra.node import ONE, ZERO, Core, symbols
from ..results import Finding
from . import equality, line
from .formulas import Formula

_COMPARED = frozenset(("=", ">", ">="))


def compare(answer: Formula, key: Formula) -> Finding | None:
    """Are both y ⋛ f with equal f? None where no letter stands alone in both. Raises Undecided."""
    pair = sides(answer, key)
    if pair is None:
        return None
    found = equality.numerically(*pair)
    return found if found.equal else line.different([(True, False), (False, True)], found.method)


def sides(answer: Formula, key: Formula) -> tuple[Core, Core] | None:
    """The two f of y ⋛ f."""
    if answer.value is None or key.value is None or answer.op != key.op or key.op not in _COMPARED:
        return None
    for name in symbols(key.value):
        mine, theirs = solved(answer.value, name), solved(key.value, name)
        if mine is not None and theirs is not None and (key.op == "=" or mine[0] * theirs[0] > 0):
            return mine[1], theirs[1]
    return None


def solved(value: Core, name: str) -> tuple[Fraction, Core] | None:
    """c and f where the value is c·(y − f), with a number c and no y in f."""
    if name not in symbols(value) or not linear_in(value, name):
        return None
    at_zero = substitute(value, {name: ZERO})
    slope = subtract(substitute(value, {name: ONE}), at_zero)
    if not slope.rational or slope.value == 0:
        return None
    return slope.value, multiple(-1 / slope.value, at_zero)


def linear_in(value: Core, name: str) -> bool:
    """Does the letter stand only as a plain factor of terms?"""
    terms = value.parts if value.kind == "+" else (value,)
    for term in terms:
        factors = term.parts if term.kind == "*" else (term,)
        holding = [factor for factor in factors if name in symbols(factor)]
        if holding and not (len(holding) == 1 and holding[0].kind == "s"):
            return False
    return True

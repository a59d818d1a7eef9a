"""Statements about one letter whose cuts are all rational numbers, compared exactly in whole arithmetic.

What pupils mostly type: linear relations, quadratics that factorise, intervals with rational ends. It is
small by construction, so it needs no pool; whatever is not of this shape is left to `line.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from ..algebra.core import base_and_exponent
from ..algebra.node import Core
from ..results import Finding
from .formulas import Formula, atoms, letters
from .line import different

_MOST_CUTS = 24
_MOST_BITS = 256
_MOST_POWER = 6


class _NotHere(Exception):
    """The statements are not of this shape."""


def compare(answer: Formula, key: Formula) -> Finding | None:
    """Whether both hold for the same numbers; None where they are not of this shape."""
    if len(set(letters(answer)) | set(letters(key))) != 1:
        return None
    try:
        cuts = {cut for value in atoms(answer) + atoms(key) for cut in _roots(value)}
        if len(cuts) > _MOST_CUTS:
            return None
        told = [(_holds(answer, place), _holds(key, place)) for place in _places(sorted(cuts))]
    except _NotHere:
        return None
    if all(mine == theirs for mine, theirs in told):
        return Finding(True, "exact")
    return different(told, "exact")


def _places(cuts: list[Fraction]) -> Iterator[Fraction]:
    """Each cut, and one number in every gap between and beyond them."""
    if not cuts:
        yield Fraction(0)
        return
    yield cuts[0] - 1
    for low, high in pairwise(cuts):
        yield low
        yield (low + high) / 2
    yield cuts[-1]
    yield cuts[-1] + 1


def _roots(value: Core) -> list[Fraction]:
    """All zeros of a product of linear and quadratic polynomials, which must be rational."""
    if value.kind == "*":
        return [root for part in value.parts for root in _roots(part)]
    base, exponent = base_and_exponent(value)
    power = exponent.whole
    if power is None or not 0 < power <= _MOST_POWER:
        raise _NotHere
    c, b, a = _coefficients(base)
    if a == 0:
        return [-c / b] if b else []
    root = _square_root(b * b - 4 * a * c)
    return [(-b - root) / (2 * a), (-b + root) / (2 * a)]


def _coefficients(value: Core) -> tuple[Fraction, Fraction, Fraction]:
    """Of 1, x and x²."""
    found = [Fraction(0)] * 3
    for term in value.parts if value.kind == "+" else (value,):
        found[_degree(term)] += term.value
    if any(max(c.numerator.bit_length(), c.denominator.bit_length()) > _MOST_BITS for c in found):
        raise _NotHere
    return found[0], found[1], found[2]


def _degree(term: Core) -> int:
    """The power of the letter in a term that is a number times that power."""
    if term.kind == "q":
        return 0
    if term.kind == "*":
        if len(term.parts) != 1:
            raise _NotHere
        return _degree(term.parts[0])
    base, exponent = base_and_exponent(term)
    if base.kind != "s" or exponent.whole not in (1, 2):
        raise _NotHere
    return exponent.whole


def _square_root(value: Fraction) -> Fraction:
    if value < 0:
        raise _NotHere  # complex solutions count as well
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    if top * top != value.numerator or bottom * bottom != value.denominator:
        raise _NotHere
    return Fraction(top, bottom)


def _holds(item: Formula, place: Fraction) -> bool:
    if item.value is None:
        truths = (_holds(part, place) for part in item.items)
        return any(truths) if item.kind in ("or", "false") else all(truths)
    value = _value(item.value, place)
    return {"=": value == 0, "!=": value != 0, ">": value > 0, ">=": value >= 0}[item.op]


def _value(value: Core, place: Fraction) -> Fraction:
    match value.kind:
        case "q":
            return value.value
        case "s":
            return place
        case "+":
            return sum((_value(part, place) for part in value.parts), Fraction(0))
        case "*":
            out = value.value
            for part in value.parts:
                out *= _value(part, place)
            return out
    base, exponent = base_and_exponent(value)
    return _value(base, place) ** (exponent.whole or 0)

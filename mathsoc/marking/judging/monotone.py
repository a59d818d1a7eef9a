"""Inequalities freed of what does not change their truth: steps, roots of one thing, factors of one sign.

⌊u⌋ ≥ c says u ≥ ⌈c⌉, √u < c says 0 ≤ u < c², and f³·(1 + x²) > 0 says f > 0.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from ..algebra.core import mul, negate, split, subtract
from ..algebra.node import ONE, Core, q, symbols
from ..algebra.quotients import Ring, TooBig
from ..algebra.ranges import is_nonnegative, is_positive
from .formulas import FALSE, TRUE, Formula, atom, join

_STEPS = frozenset(("floor", "ceil", "sign"))
_MOST_POWER = 12


def simpler(item: Formula) -> Formula | None:
    """The same statement about real numbers with a function less; None where there is none to take off."""
    if item.value is None:
        return None
    held = _held(item.value)
    if held is None:
        return None
    scale, inner, level = held
    if inner.kind == "f" and inner.name in _STEPS and level.rational:
        op = item.op if scale > 0 else _MIRRORED.get(item.op, item.op)
        return _step(inner.name, inner.parts[0], op, level.value)
    several = len(symbols(item.value)) > 1
    if inner.kind == "^" and several and item.op in (">", ">=") and level.rational:
        return _root(inner, item.op, scale > 0, level.value)
    return None


def _held(value: Core) -> tuple[Fraction, Core, Core] | None:
    """a, g and c, where the value is a·(g − c) and only g has letters."""
    terms = value.parts if value.kind == "+" else (value,)
    holding = [term for term in terms if symbols(term)]
    if len(holding) != 1:
        return None
    scale, inner = split(holding[0])
    return scale, inner, mul(q(-1 / scale), subtract(value, holding[0]))


# Steps.


def _step(name: str, inside: Core, op: str, level: Fraction) -> Formula:
    """floor(u), ceil(u) or sign(u) `op` a number, as a statement about u."""
    if name == "sign":
        places = {-1: atom("<", inside), 0: atom("=", inside), 1: atom(">", inside)}
        return join("or", [place for at, place in places.items() if _true(op, at - level)])
    if name == "ceil":  # −⌊−u⌋
        return _floor(negate(inside), _MIRRORED.get(op, op), -level)
    return _floor(inside, op, level)


_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def _true(op: str, value: Fraction) -> bool:
    return {
        "=": value == 0, "!=": value != 0, ">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0,
    }[op]  # fmt: skip


def _floor(inside: Core, op: str, level: Fraction) -> Formula:
    def bound(relation: str, number: int) -> Formula:
        return atom(relation, subtract(inside, q(number)))

    match op:
        case ">=":
            return bound(">=", ceil(level))
        case ">":
            return bound(">=", floor(level) + 1)
        case "<=":
            return bound("<", floor(level) + 1)
        case "<":
            return bound("<", ceil(level))
    whole = level.denominator == 1
    if op == "=":
        return join("and", [_floor(inside, ">=", level), _floor(inside, "<=", level)]) if whole else FALSE
    others = [_floor(inside, "<", level), _floor(inside, ">", level)]
    return join("or", others)  # where u has no value, neither holds


# Roots.


def _root(root: Core, op: str, up: bool, level: Fraction) -> Formula | None:
    """u^(1/n) above (`up`) or below a number, as a statement about u."""
    base, exponent = root.parts
    if exponent.kind != "q" or exponent.value <= 0 or exponent.value.numerator != 1:
        return None
    degree = exponent.value.denominator
    if degree == 1 or degree > _MOST_POWER:
        return None
    even = degree % 2 == 0
    real = TRUE if not even or is_nonnegative(base) else atom(">=", base)
    if level < 0 and even:
        return real if up else FALSE
    apart = subtract(base, q(level**degree))
    return atom(op, apart) if up else join("and", [real, atom(op, negate(apart))])


# Factors.


def odd_part(item: Formula) -> Formula:
    """A polynomial inequality in several letters by its factors: squares and what is positive left out."""
    if item.items:
        return join(item.kind, [odd_part(part) for part in item.items])
    if item.value is None or item.op not in (">", ">=") or len(symbols(item.value)) < 2:
        return item
    try:
        return _by_factors(item.op, item.value) or item
    except TooBig:
        return item


def _by_factors(op: str, value: Core) -> Formula | None:
    ring = Ring.of(value)
    if ring.roots or ring.opaque:
        return None
    top, bottom = ring.fraction(value)
    if top == 0 or not bottom.is_constant():
        return None
    content, found = (top / bottom).factor()
    sign = ONE if content > 0 else negate(ONE)
    kept, apart = [], []
    for poly, count in found:
        factor = ring.expression(poly)
        if is_positive(factor):
            continue
        if is_positive(negate(factor)):
            sign = negate(sign) if count % 2 else sign
        elif count % 2:
            kept.append(factor)
        elif op == ">":
            apart.append(atom("!=", factor))
        else:
            return None  # f²·g ≥ 0 holds where f is 0 as well
    return join("and", [atom(op, mul(sign, *kept)), *apart])

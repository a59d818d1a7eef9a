"""Polynomial equations in one letter that speak of i, compared by all their complex solutions."""

from __future__ import annotations

from math import lcm

from flint import acb, fmpq, fmpz_poly

from ..algebra.balls import Ball, Unclear, evaluate, precision
from ..algebra.node import Core, symbols, walk
from ..algebra.quotients import Ring, TooBig, factors
from ..results import Finding
from . import line
from .cuts import complex_roots
from .formulas import Formula, atoms

_BITS = 2000
_MAX_DEGREE = 60


class NotComplex(Exception):
    """No equations in one letter, or nothing in them that is not real."""


def compare(answer: Formula, key: Formula, name: str) -> Finding:
    """Have both the same complex solutions? Raises NotComplex, TooBig."""
    values = atoms(answer) + atoms(key)
    if not any(node.key == "'i" for value in values for node in walk(value)):
        raise NotComplex
    if not (_equations(answer) and _equations(key)):
        raise NotComplex
    places = [zero for value in values for zero in _zeros(value, name)]
    told = [(_holds(answer, name, place), _holds(key, name, place)) for place in places]
    if all(mine == theirs for mine, theirs in told):
        return Finding(True, "ball")
    return line.different(told, "ball")


def _equations(item: Formula) -> bool:
    return all(map(_equations, item.items)) if item.items else item.op in ("=", "")


def _zeros(value: Core, name: str) -> list[Ball]:
    """The complex zeros of all that are conjugate to the value."""
    ring = Ring.of(value)
    if ring.opaque or any(symbols(root.radicand) for root in ring.roots):
        raise NotComplex
    norm = ring.without_roots(ring.fraction(value)[0])
    if norm.is_constant():
        return []
    column = ring.context.variable_to_index(f"v{ring.names.index(name)}")
    found: list[Ball] = []
    for factor in factors(norm):
        terms = {int(powers[column]): number for powers, number in factor.to_dict().items()}
        if max(terms) > _MAX_DEGREE:
            raise TooBig
        common = lcm(*(int(number.q) for number in terms.values()))
        poly = fmpz_poly([int(terms.get(n, fmpq(0)) * common) for n in range(max(terms) + 1)])
        with precision(_BITS):
            found += complex_roots(poly)
    return found


def _holds(item: Formula, name: str, place: Ball) -> bool:
    if item.items:
        found = (_holds(part, name, place) for part in item.items)
        return all(found) if item.kind == "and" else any(found)
    if item.value is None:
        return item.kind == "true"
    try:
        return bool(acb(evaluate(item.value, {name: place}, _BITS)).contains(0))
    except Unclear:
        return False

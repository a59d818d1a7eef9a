"""Equations in one letter with sines, logarithms and the like: their zeros on a stretch of the line.

A zero is caught between two numbers where the value surely has opposite signs. If a zero of one is surely
none of the other, they differ; if all that were found are shared, they look equal (`sampled`).
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, fmpq

from . import line, space
from .algebra import Ring
from .balls import Ball, Unclear, evaluate, is_real
from .core import Core
from .formulas import Formula, only_equations
from .results import Finding, Undecided

_BITS = 200
_STEPS = 400
_REACH = 40
_HALVINGS = 150
_MOST_ZEROS = 12


def compare(answer: Formula, key: Formula, name: str) -> Finding:
    """Do both have the same zeros, as far as they are found? Raises Undecided."""
    mine, theirs = only_equations(answer), only_equations(key)
    if mine is None or theirs is None:
        raise Undecided("The engine could not decide whether these have the same solutions.", "zeros")
    ring = Ring.of(*mine, *theirs)
    my_factors, their_factors = space.irreducible(ring, mine), space.irreducible(ring, theirs)
    if set(my_factors) == set(their_factors):
        return Finding(True, "exact")
    extra = _strangers(my_factors, their_factors, name)
    lost = _strangers(their_factors, my_factors, name)
    if extra or lost:
        return line.different([(True, False)] * bool(extra) + [(False, True)] * bool(lost), "counterexample")
    if extra is None or lost is None:
        raise Undecided("The engine could not decide whether these have the same solutions.", "zeros")
    return Finding(True, "sampled")


def _strangers(mine: dict[str, Core], theirs: dict[str, Core], name: str) -> bool | None:
    """Has the first a zero that the second surely lacks? None where a factor shows no zero at all."""
    blind = False
    for shape, value in mine.items():
        if shape in theirs:
            continue
        zeros = list(_zeros(value, name))
        for zero in zeros:
            near = [_at(other, name, zero) for other in theirs.values()]
            if all(there is not None and not there.contains(0) for there in near):
                return True
        blind = blind or not zeros
    return None if blind else False


def _zeros(value: Core, name: str) -> Iterator[Ball]:
    before: tuple[fmpq, int] | None = None
    found = 0
    for step in range(-_STEPS, _STEPS + 1):
        # A cube spreads the steps: fine near 0, where textbook zeros lie. The shift avoids round numbers.
        here = fmpq(step * abs(step) * _REACH * 1009 + 7, _STEPS * _STEPS * 1009)
        sign = _sign(_at(value, name, arb(here)))
        if before is not None and sign * before[1] == -1:
            zero = _closed_in(value, name, before[0], here, before[1])
            if zero is not None:
                yield zero
                found += 1
        before = (here, sign) if sign else None
        if found >= _MOST_ZEROS:
            return


def _closed_in(value: Core, name: str, low: fmpq, high: fmpq, sign: int) -> Ball | None:
    """A small ball with a change of sign inside, if the value is defined throughout (a pole is not)."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        there = _sign(_at(value, name, arb(middle)))
        if there == 0:
            break
        if there == sign:
            low = middle
        else:
            high = middle
    ball = arb(low).union(arb(high))
    return ball if _at(value, name, ball) is not None else None


def _at(value: Core, name: str, here: Ball) -> Ball | None:
    try:
        there = evaluate(value, {name: here}, _BITS)
    except Unclear:
        return None
    return there if is_real(there) else None


def _sign(value: Ball | None) -> int:
    if value is None or value.contains(0):
        return 0
    return 1 if value > 0 else -1

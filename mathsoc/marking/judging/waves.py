"""Equations in one letter with sines, logarithms and the like: their zeros near 0 and some far out.

A zero is caught between two numbers where the value surely has opposite signs. If a zero of one is surely
none of the other, they differ; if all that were found are shared, they look equal (`sampled`), unless there
are too many to look at them all, or a whole stretch of zeros.
"""

from __future__ import annotations

from flint import arb, fmpq

from ..algebra.balls import Ball, Unclear, evaluate, is_real
from ..algebra.node import Core
from ..algebra.quotients import Ring
from ..results import Finding, Undecided
from . import line, space
from .formulas import Formula, only_equations

_BITS = 200
_STEPS = 400
_REACH = 40
_FAR_STEPS = 110
_FAR_GROWTH = fmpq(23, 20)  # from one far step to the next: the last is beyond 10⁸
_HALVINGS = 70
_MOST_ZEROS = 120
_MOST_FAR = 8  # on each side: further out the steps miss most zeros of a wave anyway
_FLAT = 1e-20  # a ball around 0 that is smaller speaks for 0 itself, a larger one for too few bits


def compare(answer: Formula, key: Formula, name: str) -> Finding:
    """Do both have the same zeros, as far as they are found? Raises Undecided."""
    mine, theirs = _equations(answer), _equations(key)
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


def _equations(item: Formula) -> list[Core] | None:
    """As `only_equations`; what never holds is no equation at all, so it has no zero."""
    return [] if item.kind == "false" else only_equations(item)


def _strangers(mine: dict[str, Core], theirs: dict[str, Core], name: str) -> bool | None:
    """Has the first a zero that the second surely lacks? None where some may not be known."""
    blind = False
    for shape, value in mine.items():
        if shape in theirs:
            continue
        zeros, complete = _zeros(value, name)
        for zero in zeros:
            near = [_at(other, name, zero) for other in theirs.values()]
            if all(there is not None and not there.contains(0) for there in near):
                return True
        blind = blind or not zeros or not complete
    return None if blind else False


def _stretches() -> list[tuple[list[fmpq], int]]:
    """Where to look, and for how many zeros: fine near 0, where textbook zeros lie, ever wider far out."""
    far = [_REACH * _FAR_GROWTH**step for step in range(_FAR_STEPS + 1)]
    shift = fmpq(7, 1009 * _STEPS * _STEPS)  # avoids round numbers
    near = [fmpq(step * abs(step) * _REACH, _STEPS * _STEPS) for step in range(-_STEPS, _STEPS + 1)]
    return [
        ([shift + place for place in near], _MOST_ZEROS),
        ([shift + place for place in far], _MOST_FAR),
        ([shift - place for place in far], _MOST_FAR),
    ]


def _zeros(value: Core, name: str) -> tuple[list[Ball], bool]:
    """The zeros that were found; and False where there may be whole stretches of others, or too many."""
    found: list[Ball] = []
    complete = True
    for places, most in _stretches():
        more, known = _zeros_among(value, name, places, most)
        found += more
        complete = complete and known
    return found, complete


def _zeros_among(value: Core, name: str, places: list[fmpq], most: int) -> tuple[list[Ball], bool]:
    found: list[Ball] = []
    before: tuple[fmpq, int] | None = None
    for here in places:
        there = _at(value, name, arb(here))
        sign = _sign(there)
        if before is not None and sign * before[1] == -1:
            zero = _closed_in(value, name, before[0], here, before[1])
            if zero is not None:
                found.append(zero)
        if len(found) >= most:
            return found, most == _MOST_FAR
        if there is not None and not sign and float(there.rad()) < _FLAT:
            return found, False
        before = (here, sign) if sign else None
    return found, True


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

"""Equations in one letter with sines, logarithms and the like: their zeros near 0 and some far out.

A zero is caught between two numbers where the value surely has opposite signs. If a zero of one is surely
none of the other, they differ; if all that were found are shared, they look equal (`sampled`), unless there
are too many to look at them all, or a whole stretch of zeros.
"""

from __future__ import annotations

from flint import arb, fmpq

from ..algebra.balls import Ball, Unclear, evaluate, is_real
from ..algebra.node import Core, symbols
from ..algebra.quotients import Ring, TooBig
from ..algebra.ranges import is_positive
from ..results import Finding, Undecided
from . import line, periodic, space, truth
from .formulas import Formula, atoms, only_equations

_UNSURE = "The engine could not decide whether these have the same solutions."
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
    """Do both hold at the same zeros, as far as they are found? Raises Undecided."""
    if not (_discrete(answer) and _discrete(key)):
        raise Undecided(_UNSURE, "zeros")
    mine, theirs = only_equations(answer), only_equations(key)
    if mine is not None and theirs is not None:
        ring = Ring.of(*mine, *theirs)
        whole = all(_never_zero(space.denominator(ring, value)) for value in [*mine, *theirs])
        if whole and set(space.irreducible(ring, mine)) == set(space.irreducible(ring, theirs)):
            return Finding(True, "exact")
    ring = Ring.of(*atoms(answer), *atoms(key))
    extra, lost = _strangers(answer, key, ring, name), _strangers(key, answer, ring, name)
    if extra or lost:
        return line.different([(True, False)] * bool(extra) + [(False, True)] * bool(lost), "counterexample")
    if extra is None or lost is None:
        raise Undecided(_UNSURE, "zeros")
    return Finding(True, "sampled")


def _never_zero(value: Core) -> bool:
    return not symbols(value) or is_positive(value)


def _discrete(item: Formula) -> bool:
    """Does an equation stand in every alternative, so that it holds at single points only?"""
    if item.kind == "and":
        return any(map(_discrete, item.items))
    if item.kind == "or":
        return all(map(_discrete, item.items))
    return item.kind == "false" or item.op == "="


def _strangers(mine: Formula, theirs: Formula, ring: Ring, name: str) -> bool | None:
    """Holds the first somewhere where the second surely does not? None where that may not be known."""
    blind = False
    for shape, value in _shapes(mine, ring).items():
        found, complete = _zeros(value, name)
        blind = blind or not complete or not found
        for zero in found:
            here = truth.At({name: zero}, ring, shape)
            there = here.holds(theirs, sure=False)
            if there is False and here.holds(mine, sure=True):
                return True
            blind = blind or there is None or (there is False and here.holds(mine, sure=False) is not False)
    return None if blind else False


def _shapes(item: Formula, ring: Ring) -> dict[str, Core]:
    """The irreducible factors of all equations: at a zero of one of them alone the statement can hold."""
    if item.items:
        return {shape: value for part in item.items for shape, value in _shapes(part, ring).items()}
    return space.irreducible(ring, [item.value]) if item.op == "=" and item.value is not None else {}


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
    try:
        return periodic.zeros(value, _REACH, _MOST_ZEROS)
    except (periodic.NotPeriodic, TooBig):
        pass  # not of one angle: they are searched for
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

"""Statements about several letters: by their irreducible factors, and by what can be seen on lines.

Equal sets of factors prove equations equal. A difference is always shown by a point or on a line, where
the comparison is exact; agreement on many lines only says that the statements look equal (`sampled`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import acb, fmpq

from ..algebra.balls import Ball, Unclear, evaluate, is_real
from ..algebra.node import ZERO, Core, q, symbols
from ..algebra.quotients import Ring, TooBig, factors
from ..results import Finding, Undecided
from . import line
from .formulas import Formula, letters, only_equations, substituted
from .sampling import points

_VALUES = tuple(
    fmpq(a, b)
    for a, b in ((3, 2), (-5, 3), (7, 4), (-1, 3), (5, 1), (13, 5), (-7, 2), (2, 7), (11, 6), (-9, 4))
)
_LINES = 5  # for each letter
_ENOUGH_LINES = 4
_ENOUGH_POINTS = 6
_BITS = 320


def compare(answer: Formula, key: Formula) -> Finding:
    """Do both hold at the same real points? Raises Undecided."""
    mine, theirs = only_equations(answer), only_equations(key)
    if mine is not None and theirs is not None:
        found = _by_curves(mine, theirs)
        if found is not None:
            return found
    return _on_lines(answer, key)


def _by_curves(mine: list[Core], theirs: list[Core]) -> Finding | None:
    """By factors where they can be had; else points may still show a difference, but prove nothing."""
    ring = Ring.of(*mine, *theirs)
    try:
        my_factors, their_factors = irreducible(ring, mine), irreducible(ring, theirs)
    except TooBig:
        found = _on_curves(mine, theirs)
        return found if found is not None and not found.equal else None
    if set(my_factors) == set(their_factors):
        return Finding(True, "exact")
    return _on_curves(list(my_factors.values()), list(their_factors.values()))


def irreducible(ring: Ring, values: list[Core]) -> dict[str, Core]:
    """The irreducible factors of all numerators: each is a curve of its own.

    A numerator 0 has no factors, but every point is a zero of it: then it stands alone for them all.
    """
    found: dict[str, Core] = {}
    for value in values:
        top, bottom = ring.fraction(value)
        if top == 0:
            return {"0": ZERO}
        for factor in factors(top / top.gcd(bottom)):
            found[str(factor)] = ring.expression(factor)
    return found


def denominator(ring: Ring, value: Core) -> Core:
    """What the value is divided by, in lowest terms: at its zeros a zero above is none."""
    top, bottom = ring.fraction(value)
    return ring.expression(bottom / top.gcd(bottom))


# Points on curves that give one letter at once, as y = … does.


def _on_curves(mine: list[Core], theirs: list[Core]) -> Finding | None:
    """Points of each curve tried in the other's equations; None where no points can be had."""
    extra, forth = _leaves(mine, theirs)
    lost, back = _leaves(theirs, mine)
    if extra or lost:
        told = [(True, False)] * extra + [(False, True)] * lost + [(True, True)] * bool(forth or back)
        return line.different(told, "counterexample")
    if forth >= _ENOUGH_POINTS * len(mine) and back >= _ENOUGH_POINTS * len(theirs):
        return Finding(True, "sampled")
    return None


def _leaves(curves: list[Core], others: list[Core]) -> tuple[bool, int]:
    """Does a point of the first surely lie on none of the second? And how many points seem to lie on both."""
    names = tuple(sorted({name for value in curves + others for name in symbols(value)}))
    common = 0
    for curve in curves:
        seen = 0
        for name in names:
            for point in _points_on(curve, name, names):
                where = _on_any(others, point)
                if where == "off":
                    return True, common
                seen += where == "on"
            if seen >= _ENOUGH_POINTS:
                break
        common += min(seen, _ENOUGH_POINTS)
    return False, common


def _points_on(curve: Core, name: str, names: tuple[str, ...]) -> Iterator[dict[str, Ball]]:
    """Points of f = 0 where f is linear in one letter, found by certified arithmetic."""
    if name not in symbols(curve) or not _linear_in(curve, name):
        return
    others = tuple(other for other in names if other != name)
    for count, point in enumerate(points(others)):
        if count >= 3 * _ENOUGH_POINTS:
            return
        try:
            at_zero = evaluate(curve, {**point, name: fmpq(0)}, _BITS)
            at_one = evaluate(curve, {**point, name: fmpq(1)}, _BITS)
            slope = at_one - at_zero
            if acb(slope).contains(0):
                continue
        except Unclear:
            continue
        yield {**point, name: -at_zero / slope}


def _linear_in(curve: Core, name: str) -> bool:
    """Does the letter stand only as a plain factor of terms?"""
    terms = curve.parts if curve.kind == "+" else (curve,)
    for term in terms:
        factors_ = term.parts if term.kind == "*" else (term,)
        holding = [factor for factor in factors_ if name in symbols(factor)]
        if holding and not (len(holding) == 1 and holding[0].kind == "s"):
            return False
    return True


def _on_any(others: list[Core], point: dict[str, Ball]) -> str:
    """`on` one of them as far as can be seen, surely `off` all, or `unclear`."""
    real = all(is_real(value) or isinstance(value, fmpq) for value in point.values())
    outcome = "off" if real else "unclear"  # only a surely real point speaks against
    for other in others:
        try:
            value = evaluate(other, point, _BITS)
        except Unclear:
            outcome = "unclear"
            continue
        if acb(value).contains(0):
            return "on" if float(abs(value).upper()) < 1e-40 else "unclear"
    return outcome


# Lines along each letter.


def _on_lines(answer: Formula, key: Formula) -> Finding:
    names = tuple(sorted(set(letters(answer)) | set(letters(key))))
    telling = 0
    for name in names:
        for number in range(_LINES):
            values = _others(names, name, number)
            try:
                one, other = substituted(answer, values), substituted(key, values)
                told = _told(one, other, name)
            except (TooBig, line.NotAlgebraic):
                continue
            if any(mine != theirs for mine, theirs in told):
                return line.different(told, "counterexample")
            telling += len({mine for mine, _ in told}) == 2
    if telling >= _ENOUGH_LINES:
        return Finding(True, "sampled")
    raise Undecided("The engine could not decide whether these have the same solutions.", "lines")


def _others(names: tuple[str, ...], name: str, number: int) -> dict[str, Core]:
    count = len(_VALUES)
    others = [other for other in names if other != name]
    return {
        other: q(_fraction(_VALUES[(number * (2 * place + 1) + 3 * place) % count]))
        for place, other in enumerate(others)
    }


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _told(one: Formula, other: Formula, name: str) -> list[tuple[bool, bool]]:
    cut = line.Line(one, other, name)
    return [(cut.holds(one, place), cut.holds(other, place)) for place in cut.places()]

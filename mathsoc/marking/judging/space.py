"""Statements about several letters: by their irreducible factors, and by what can be seen on lines.

Equal sets of factors prove equations equal. A difference is always shown by a point or on a line, where
the comparison is exact; agreement on many lines only says that the statements look equal (`sampled`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import fmpq

from ..algebra.node import ZERO, Core, q, symbols, walk
from ..algebra.quotients import Ring, TooBig, factors
from ..results import Finding, Undecided
from . import boundaries, curves, explicit, kinks, line
from .formulas import Formula, atoms, letters, only_equations, substituted

_VALUES = tuple(
    fmpq(a, b)
    for a, b in ((3, 2), (-5, 3), (7, 4), (-1, 3), (5, 1), (13, 5), (-7, 2), (2, 7), (11, 6), (-9, 4))
)
_LINES = 5  # for each letter
_ROUGH_LINES = 3  # of them, where no line is algebraic
_ENOUGH_LINES = 4
_MOST_GAPS = 8


def compare(answer: Formula, key: Formula) -> Finding:
    """Do both hold at the same real points? Raises Undecided."""
    mine, theirs = only_equations(answer), only_equations(key)
    far = explicit.sides(answer, key) is None
    found = _by_curves(mine, theirs, far) if mine is not None and theirs is not None else None
    if found is not None and (far or not found.equal or found.method == "exact"):
        return found
    return explicit.compare(answer, key) or _on_lines(answer, key)


def _by_curves(mine: list[Core], theirs: list[Core], far: bool) -> Finding | None:
    """By factors where they can be had; else points may still show a difference, but prove nothing."""
    ring = Ring.of(*mine, *theirs)
    try:
        my_factors, their_factors = irreducible(ring, mine), irreducible(ring, theirs)
    except TooBig:
        found = curves.compare(mine, theirs, far)
        return found if found is not None and not found.equal else None
    if set(my_factors) == set(their_factors):
        return Finding(True, "exact")
    return curves.compare(list(my_factors.values()), list(their_factors.values()), far)


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


# Lines along each letter.


def _on_lines(answer: Formula, key: Formula) -> Finding:
    names = tuple(sorted(set(letters(answer)) | set(letters(key))))
    telling = 0
    for name in names:
        usual = [_others(names, name, number) for number in range(_LINES)]
        for number, values in enumerate([*usual, *_between_kinks(answer, key, names, name)]):
            one, other = substituted(answer, values), substituted(key, values)
            told, exact = _told(one, other, name, number < _ROUGH_LINES)
            if any(mine != theirs for mine, theirs in told):
                return line.different(told, "counterexample")
            telling += exact and number < _LINES and len({mine for mine, _ in told}) == 2
    beside = boundaries.difference(answer, key)
    if beside is not None:
        return beside
    if telling >= _ENOUGH_LINES:
        return Finding(True, "sampled")
    raise Undecided("The engine could not decide whether these have the same solutions.", "lines")


def _between_kinks(
    answer: Formula, key: Formula, names: tuple[str, ...], name: str
) -> Iterator[dict[str, Core]]:
    """Values of the other letters from each gap between the kinks of the statements."""
    turning = kinks.inner([node for value in atoms(answer) + atoms(key) for node in walk(value)])
    if not turning:
        return
    usual = _others(names, name, 0)
    others = {letter: fmpq(at.value.numerator, at.value.denominator) for letter, at in usual.items()}
    met = 0
    for letter in others:
        free = [value for value in turning if name not in symbols(value)]
        for gap in kinks.gaps(kinks.zeros(free, letter, others))[: _MOST_GAPS - met]:
            met += 1
            for at in (gap[0], gap[2]):
                yield usual | {letter: q(_fraction(at))}


def _others(names: tuple[str, ...], name: str, number: int) -> dict[str, Core]:
    count = len(_VALUES)
    others = [other for other in names if other != name]
    return {
        other: q(_fraction(_VALUES[(number * (2 * place + 1) + 3 * place) % count]))
        for place, other in enumerate(others)
    }


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _told(one: Formula, other: Formula, name: str, roughly: bool) -> tuple[list[tuple[bool, bool]], bool]:
    """The truths along a line, and whether it was cut exactly; else `roughly` by numbers, or not at all."""
    try:
        cut = line.Line(one, other, name)
        return [(cut.holds(one, place), cut.holds(other, place)) for place in cut.places()], True
    except (TooBig, line.NotAlgebraic):
        return boundaries.along(one, other, name) if roughly else [], False

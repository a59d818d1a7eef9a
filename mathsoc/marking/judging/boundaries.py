"""Where only one of two statements sets a condition, they are compared on its boundary and just beside it.

y > sin(x) and y > sin(x), x < 100000 agree wherever one happens to look; x = 100000 is where to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from flint import fmpq

from ..algebra.balls import Ball, Unclear, evaluate, is_real, surely_not_real
from ..algebra.core import add, divide, negate, substitute, subtract
from ..algebra.node import ONE, ZERO, Core, q, symbols, walk
from ..algebra.quotients import TooBig
from ..results import Finding, Undecided
from . import kinks, line, sampling
from .explicit import linear_in
from .formulas import Formula, atom, atoms, letters, only_equations, substituted

_BESIDE = Fraction(1, 1_000_003)
_MOST_CONDITIONS = 8
_MOST_LETTERS = 2  # that one condition is solved for
_BACKGROUNDS = 3
_MOST_PLACES = 24
_BITS = 320

Told = list[tuple[bool, bool]]


def difference(answer: Formula, key: Formula) -> Finding | None:
    """A place by the boundary of a condition that only one has, where only one holds.

    Raises Undecided where such a boundary can be had, but nothing can be seen by it.
    """
    if only_equations(answer) is not None and only_equations(key) is not None:
        return None
    for condition in _only_in_one(answer, key):
        seen = False
        for told in _by(condition, answer, key):
            if any(mine != theirs for mine, theirs in told):
                return line.different(told, "counterexample")
            seen = seen or bool(told)
        if not seen and _changes_sign(condition):
            raise Undecided("The engine could not decide whether these have the same solutions.", "boundary")
    return None


def _only_in_one(answer: Formula, key: Formula) -> list[Core]:
    mine, theirs = ({atom("=", value).key: value for value in atoms(item)} for item in (answer, key))
    if len(mine) == len(theirs) == 1:
        return []
    found = [value for name, value in sorted((mine | theirs).items()) if (name in mine) != (name in theirs)]
    return found[:_MOST_CONDITIONS]


def _by(condition: Core, answer: Formula, key: Formula) -> Iterator[Told]:
    """What both say on lines in the boundary and beside it, exactly; else at points there."""
    names = tuple(sorted(set(letters(answer)) | set(letters(key))))
    linear = [name for name in symbols(condition) if linear_in(condition, name)][:_MOST_LETTERS]
    for name in linear:
        at_zero = substitute(condition, {name: ZERO})
        along = divide(negate(at_zero), subtract(substitute(condition, {name: ONE}), at_zero))
        for step in (Fraction(0), _BESIDE, -_BESIDE):
            there = {name: add(along, q(step))}
            rest = tuple(other for other in names if other != name)
            yield from _slices(substituted(answer, there), substituted(key, there), rest)
    yield _near(condition, answer, key, names)


def _slices(one: Formula, other: Formula, names: tuple[str, ...]) -> Iterator[Told]:
    """The two along lines of what is left of space; nothing where a line is not algebraic."""
    if one.key == other.key:
        constant = one.kind == "true"
        yield [(constant, constant)]
        return
    for name in names or ("x",):
        for point in islice(sampling.spread(names), _BACKGROUNDS if len(names) > 1 else 1):
            fixed = {letter: _exact(at) for letter, at in point.items() if letter != name}
            mine, theirs = substituted(one, fixed), substituted(other, fixed)
            try:
                cut = line.Line(mine, theirs, name)
                yield [(cut.holds(mine, at), cut.holds(theirs, at)) for at in cut.places()]
            except (TooBig, Undecided):
                yield _by_waves(mine, theirs, name)


def _by_waves(mine: Formula, theirs: Formula, name: str) -> Told:
    from . import periodic, waves

    try:
        found = periodic.compare(mine, theirs) or waves.compare(mine, theirs, name)
    except (TooBig, Undecided, periodic.NotPeriodic):
        return []
    return [(True, found.equal)]


def _near(condition: Core, answer: Formula, key: Formula, names: tuple[str, ...]) -> Told:
    """The truths at zeros of the condition along each letter, and beside them, where both can be seen."""
    told: Told = []
    for name, others in sampling.lines(names):
        for zero in kinks.zeros([condition], name, others)[:_MOST_PLACES]:
            for step in (fmpq(0), _fmpq(_BESIDE), _fmpq(-_BESIDE)):
                told += _truths(answer, key, {**others, name: zero + step})
    return told


def along(answer: Formula, key: Formula, name: str) -> Told:
    """The truths between and at what zeros are found on a line that is not algebraic, where both are seen."""
    values = list({value.key: value for value in atoms(answer) + atoms(key)}.values())
    if any(node.key == "'i" for value in values for node in walk(value)):
        return []
    turning = kinks.inner([node for value in values for node in walk(value)])
    found = kinks.zeros([*values, *turning], name, {})[:_MOST_PLACES]
    told: Told = []
    for gap in kinks.gaps(found):
        for at in gap[:1]:
            told += _truths(answer, key, {name: at})
    for at in found:
        told += _truths(answer, key, {name: at})
    return told


def _truths(answer: Formula, key: Formula, point: dict[str, Ball]) -> Told:
    exact = {name: _exact(at) for name, at in point.items()}
    mine, theirs = _holds(substituted(answer, exact)), _holds(substituted(key, exact))
    return [] if mine is None or theirs is None else [(mine, theirs)]


def _holds(item: Formula) -> bool | None:
    """Does a statement without letters hold? None where it cannot be seen."""
    if item.kind in ("true", "false"):
        return item.kind == "true"
    if item.items:
        found = [_holds(part) for part in item.items]
        settling = item.kind == "or"
        if settling in found:
            return settling
        return None if None in found else not settling
    try:
        value = evaluate(item.value or ZERO, {}, _BITS)
    except Unclear:
        return None
    if surely_not_real(value):
        return False
    if not is_real(value) or value.contains(0):
        return None
    return line.RELATIONS[item.op](1 if value > 0 else -1)


def _changes_sign(condition: Core) -> bool:
    names = symbols(condition)
    return any(kinks.zeros([condition], name, others) for name, others in sampling.lines(names))


def _exact(at: Ball) -> Core:
    return q(Fraction(int(at.p), int(at.q)))


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)

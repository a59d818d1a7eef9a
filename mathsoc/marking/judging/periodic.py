"""Statements about sines and cosines of one angle, compared exactly over one turn.

With t = tan(θ/2) every sine and cosine of a multiple of θ is a quotient of polynomials in t, and t runs
through all real numbers but for θ = π, which is looked at by itself. So the statements become algebraic
ones about t (Weierstrass's substitution).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from flint import arb, fmpq

from ..algebra.angles import cosine, sine
from ..algebra.balls import Ball, Unclear, accuracy, evaluate, is_real, precision
from ..algebra.core import add, divide, mul, negate, power, rebuilt, split, substitute, subtract
from ..algebra.node import HALF, ONE, PI, TWO, Core, q, sym, symbols, walk
from ..algebra.quotients import TooBig
from ..results import Finding, Undecided
from . import line
from .cuts import Place
from .formulas import Formula, atom, atoms, join

_T = sym("t'")
_MOST_TIMES = 24  # sin(24θ) is of degree 48 in t
_BITS = 1000


class NotPeriodic(Exception):
    """The letters do not stand in sines and cosines of one angle alone."""


def compare(answer: Formula, key: Formula) -> Finding:
    """Do both hold at the same angles? Raises NotPeriodic, TooBig, Undecided."""
    angle = _angle(atoms(answer) + atoms(key))
    mine, theirs = _algebraic(answer, angle), _algebraic(key, angle)
    try:
        cut = line.Line(mine, theirs, _T.name)
    except line.NotAlgebraic as error:
        raise NotPeriodic from error
    told = [(cut.holds(mine, place), cut.holds(theirs, place)) for place in cut.places()]
    told.append((_holds_opposite(answer, angle), _holds_opposite(key, angle)))
    if all(one == other for one, other in told):
        return Finding(True, "exact")
    return line.different(told, "exact")


def zeros(value: Core, reach: int, most: int) -> tuple[list[Ball], bool]:
    """The zeros of a value of one angle from −reach to reach; some, and False, if there are more than `most`.

    Raises NotPeriodic, TooBig, Undecided.
    """
    angle = _angle([value])
    equation = _algebraic(atom("=", value), angle)
    try:
        cut = line.Line(equation, equation, _T.name)
    except line.NotAlgebraic as error:
        raise NotPeriodic from error
    with precision(_BITS):
        turns = [2 * _ball(place).atan() for place in cut.places() if cut.holds(equation, place)]
        if _holds_opposite(atom("=", value), angle):
            turns.append(arb.pi())
        scale = evaluate(substitute(angle, {name: ONE for name in symbols(angle)}), {}, _BITS)
        if not turns:
            return [], True
        wanted = int(float(abs(scale)) * reach / 6) + 1
        rounds = min(wanted, most // (2 * len(turns)))
        found = [(turn + 2 * arb.pi() * k) / scale for turn in turns for k in range(-rounds, rounds + 1)]
        return found, rounds == wanted


def _ball(place: Place) -> Ball:
    return arb(place) if isinstance(place, fmpq) else place.ball(_BITS)


def _angle(values: list[Core]) -> Core:
    """θ: the letter with its factor, of which all angles are whole multiples beside multiples of π."""
    counts: list[Fraction] = []
    unit: Core | None = None
    for value in values:
        for arg in _arguments(value):
            count, letter, _ = _parted(arg)
            if unit is not None and letter != unit:
                raise NotPeriodic
            unit = letter
            counts.append(count)
    if unit is None:
        raise NotPeriodic
    bottom = lcm(*(count.denominator for count in counts))
    top = gcd(*(int(count * bottom) for count in counts))
    if max(abs(count) * bottom / top for count in counts) > _MOST_TIMES:
        raise TooBig
    return mul(q(Fraction(top, bottom)), unit)


def _arguments(value: Core) -> list[Core]:
    """What stands in sines and cosines. Raises NotPeriodic where a letter stands elsewhere."""
    if not symbols(value):
        return []
    if value.kind == "f" and value.name in ("sin", "cos"):
        return [value.parts[0]]
    if value.kind in ("+", "*") or (value.kind == "^" and value.parts[1].whole is not None):
        return [arg for part in value.parts for arg in _arguments(part)]
    raise NotPeriodic


def _parted(arg: Core) -> tuple[Fraction, Core, Core]:
    """r·m + φ as r, the letter m (times a number such as π) and the number φ."""
    terms = arg.parts if arg.kind == "+" else (arg,)
    holding = [term for term in terms if symbols(term)]
    if len(holding) != 1:
        raise NotPeriodic
    count, unit = split(holding[0])
    factors = unit.parts if unit.kind == "*" else (unit,)
    letters = [factor for factor in factors if symbols(factor)]
    if len(letters) != 1 or letters[0].kind != "s" or any(node.key == "'i" for node in walk(arg)):
        raise NotPeriodic
    return count, unit, subtract(arg, holding[0])


def _algebraic(item: Formula, angle: Core) -> Formula:
    if item.items:
        return join(item.kind, [_algebraic(part, angle) for part in item.items])
    return item if item.value is None else atom(item.op, _in_t(item.value, angle))


def _in_t(value: Core, angle: Core) -> Core:
    if not symbols(value):
        return value
    if value.kind == "f":
        count, _, phase = _parted(value.parts[0])
        # cos(a) is sin(a + π/2), so that sines are all there is.
        shifted = phase if value.name == "sin" else add(phase, mul(HALF, PI))
        times = int(count / split(angle)[0])
        sin, cos = _multiple(abs(times))
        sin = negate(sin) if times < 0 else sin
        return add(mul(sin, cosine(shifted)), mul(cos, sine(shifted)))
    return rebuilt(value, [_in_t(part, angle) for part in value.parts])


def _multiple(times: int) -> tuple[Core, Core]:
    """sin(nθ) and cos(nθ) in t: the parts of (1 + it)^2n / (1 + t²)^n."""
    coefficients = [1]
    for _ in range(2 * times):
        coefficients = [a + b for a, b in zip([*coefficients, 0], [0, *coefficients], strict=True)]
    below = power(add(ONE, power(_T, TWO)), q(times))
    parts: list[list[Core]] = [[], []]
    for degree, count in enumerate(coefficients):
        sign = -1 if degree % 4 in (2, 3) else 1
        parts[degree % 2].append(mul(q(sign * count), power(_T, q(degree))))
    return divide(add(*parts[1]), below), divide(add(*parts[0]), below)


def _holds_opposite(item: Formula, angle: Core) -> bool:
    """Does the statement hold at θ = π?"""
    if item.items:
        found = [_holds_opposite(part, angle) for part in item.items]
        return all(found) if item.kind == "and" else any(found)
    if item.value is None:
        return item.kind == "true"
    sign = _sign(_at_half_turn(item.value, angle))
    return sign is not None and line.RELATIONS[item.op](sign)


def _at_half_turn(value: Core, angle: Core) -> Core:
    if not symbols(value):
        return value
    if value.kind == "f":
        count, _, phase = _parted(value.parts[0])
        here = add(mul(q(count / split(angle)[0]), PI), phase)
        return sine(here) if value.name == "sin" else cosine(here)
    return rebuilt(value, [_at_half_turn(part, angle) for part in value.parts])


def _sign(number: Core) -> int | None:
    """Of a constant, None where it has no real value; no further than the digits looked at."""
    if number.rational:
        return int(number.value > 0) - int(number.value < 0)
    if any(node.name == "undefined" for node in walk(number)):
        return None
    try:
        ball = evaluate(number, {}, _BITS)
    except Unclear:
        return None
    if not is_real(ball):
        return None
    if ball.contains(0) and accuracy(ball) < _BITS // 3:
        raise Undecided("The engine could not decide this.", "ball")
    return 0 if ball.contains(0) else (1 if ball > 0 else -1)

"""How near two constants are, in certified numerics. Runs in the pool only."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq

from .. import limits
from ..algebra.balls import Ball, Unclear, evaluate, is_real, precision
from ..algebra.node import Core
from ..results import Undecided


def within(left: Core, right: Core, absolute: Fraction | None, relative: Fraction) -> bool:
    """|left − right| ≤ absolute, or relative·|right|; of complex values, too."""
    for bits in limits.PRECISIONS:
        try:
            mine, theirs = evaluate(left, {}, bits), evaluate(right, {}, bits)
        except Unclear:
            continue
        spare = _spare(mine, theirs, absolute, relative, bits)
        if not spare.contains(0):
            return bool(spare > 0)
    raise Undecided("This value lies exactly on the edge of what is allowed.", "ball")


def _spare(mine: Ball, theirs: Ball, absolute: Fraction | None, relative: Fraction, bits: int) -> Ball:
    with precision(bits):
        allowed = _ball(absolute) if absolute is not None else _ball(relative) * abs(theirs)
        return allowed - abs(mine - theirs)


def _ball(value: Fraction) -> Ball:
    return arb(fmpq(value.numerator, value.denominator))


def rational(value: Core) -> Fraction:
    """A rational within 2^-400 of a real constant. Raises Undecided where it is not real."""
    try:
        ball = evaluate(value, {}, 512)
    except Unclear:
        raise Undecided("The key has no value.", "ball") from None
    if not is_real(ball):
        raise Undecided("The key is not a real number.", "ball")
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

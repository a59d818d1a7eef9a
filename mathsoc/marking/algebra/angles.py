"""Sines, cosines and their inverses, with the exact values of the usual angles."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .core import divide, mul, negate, power, split
from .node import HALF, MINUS_ONE, ONE, PI, ZERO, Core, fn, q


def negative(arg: Core) -> bool:
    """Does the argument begin with a minus sign? The choice between x and -x that makes keys agree."""
    first = arg.parts[0] if arg.kind == "+" else arg
    return split(first)[0] < 0


_SINES = {
    Fraction(0): ZERO, Fraction(1, 6): HALF, Fraction(1, 4): power(HALF, HALF),
    Fraction(1, 3): mul(HALF, power(q(3), HALF)), Fraction(1, 2): ONE,
}  # fmt: skip


def _turns(arg: Core) -> Fraction | None:
    """The rational r with arg = r·π."""
    if arg == ZERO:
        return Fraction(0)
    if arg == PI:
        return Fraction(1)
    if arg.kind == "*" and arg.parts == (PI,):
        return arg.value
    return None


def sine_of_turns(turns: Fraction) -> Core | None:
    turns %= 2
    sign = ONE
    if turns >= 1:
        turns, sign = turns - 1, MINUS_ONE
    if turns > Fraction(1, 2):
        turns = 1 - turns
    value = _SINES.get(turns)
    return mul(sign, value) if value is not None else None


def sine(arg: Core) -> Core:
    turns = _turns(arg)
    known = sine_of_turns(turns) if turns is not None else None
    if known is not None:
        return known
    return negate(fn("sin", negate(arg))) if negative(arg) else fn("sin", arg)


def cosine(arg: Core) -> Core:
    turns = _turns(arg)
    known = sine_of_turns(turns + Fraction(1, 2)) if turns is not None else None
    if known is not None:
        return known
    return fn("cos", negate(arg) if negative(arg) else arg)


_THIRD = power(q(3), HALF)
_ANGLES = {
    "arcsin": {value.key: turns for turns, value in _SINES.items()},
    "arctan": {"0": Fraction(0), "1": Fraction(1, 4), _THIRD.key: Fraction(1, 3),
               divide(ONE, _THIRD).key: Fraction(1, 6)},
}  # fmt: skip


def inverse(name: str) -> Callable[[Core], Core]:
    def rule(arg: Core) -> Core:
        for sign in (ONE, MINUS_ONE):
            turns = _ANGLES[name].get(mul(sign, arg).key)
            if turns is not None:
                return mul(sign, q(turns), PI)
        return negate(fn(name, negate(arg))) if negative(arg) else fn(name, arg)

    return rule

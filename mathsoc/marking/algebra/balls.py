"""Certified numerics: an expression at a point as a ball that surely contains the value (Arb).

Real values stay real balls, so that roots and logarithms of negative numbers are known to leave the reals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Any, TypeAlias

from flint import acb, arb, ctx, fmpq, fmpz

from .. import limits
from .node import Core

Ball: TypeAlias = Any  # arb where real, else acb: python-flint has no types


class Unclear(ArithmeticError):
    """No certain value here: undefined, or the ball meets a branch cut."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of so many bits inside, and leave the process's setting as it was.

    The setting is global in flint: whatever leaked would make a verdict depend on the one before it.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def evaluate(node: Core, point: Mapping[str, Ball], bits: int, *, real_logarithms: bool = False) -> Ball:
    """The value of `node` at `point`, at a precision of `bits`. Raises Unclear.

    With `real_logarithms`, ln(x) is taken as ln|x|.
    """
    with precision(bits):
        value = _Evaluation(point, real_logarithms).value(node)
    if not value.is_finite():
        raise Unclear
    return value


def real_throughout(node: Core, point: Mapping[str, Ball], bits: int) -> bool:
    """Is every part of the expression surely real at the point? Raises Unclear."""
    with precision(bits):
        evaluation = _Evaluation(point, real_logarithms=False)
        evaluation.value(node)
    return all(map(is_real, evaluation.cache.values()))


def differ(left: Ball, right: Ball) -> bool:
    """Certainly different?"""
    return not acb(left).overlaps(acb(right))


def is_real(value: Ball) -> bool:
    return isinstance(value, arb)


def surely_not_real(value: Ball) -> bool:
    return isinstance(value, acb) and not value.imag.contains(0)


def accuracy(value: Ball) -> int:
    """How many bits of the value are certain, counted from 1 or from its own size."""
    return int(acb(value).rel_one_accuracy_bits())


def surely_not_whole(value: Ball) -> bool:
    """Does no whole number lie in the ball?"""
    ball = acb(value)
    return not (ball.imag.contains(0) and ball.real.contains_integer())


def real_part_if_real(value: Ball) -> Ball:
    """A complex ball with an exactly zero imaginary part is real."""
    if isinstance(value, acb) and value.imag == 0 and value.imag.is_exact():
        return value.real
    return value


class _Evaluation:
    def __init__(self, point: Mapping[str, Ball], real_logarithms: bool) -> None:
        self.point = point
        self.real_logarithms = real_logarithms
        self.cache: dict[str, Ball] = {}

    def value(self, node: Core) -> Ball:
        known = self.cache.get(node.key)
        if known is None:
            known = real_part_if_real(self.work_out(node))
            self.cache[node.key] = known
        return known

    def work_out(self, node: Core) -> Ball:
        match node.kind:
            case "q":
                return arb(fmpq(node.value.numerator, node.value.denominator))
            case "s":
                if node.name not in self.point:
                    raise Unclear
                here = self.point[node.name]  # an exact rational becomes a ball of the present precision
                return arb(here) if isinstance(here, fmpq) else here
            case "k":
                return _constant(node.name)
            case "+":
                total = self.value(node.parts[0])
                for part in node.parts[1:]:
                    total = total + self.value(part)
                return total
            case "*":
                out: Ball = arb(fmpq(node.value.numerator, node.value.denominator))
                for part in node.parts:
                    out = out * self.value(part)
                return out
            case "^":
                return self.power(node.parts[0], node.parts[1])
        return self.function(node)

    def power(self, base: Core, exponent: Core) -> Ball:
        below = self.value(base)
        if exponent.kind == "q":
            return _rational_power(below, exponent.value.numerator, exponent.value.denominator)
        above = self.value(exponent)
        if base.key == "'e":
            return above.exp()
        if is_real(below):
            if below == 0 or below.contains(0):
                raise Unclear
            if below > 0:
                return (above * below.log()).exp()
        return (acb(above) * _log(below)).exp()

    def function(self, node: Core) -> Ball:
        rule = _FUNCTIONS.get(node.name)
        if rule is None:
            raise Unclear
        args = [self.value(part) for part in node.parts]
        if node.name == "ln" and self.real_logarithms and is_real(args[0]):
            args[0] = abs(args[0])
        return rule(*args)


def _constant(name: str) -> Ball:
    if name == "pi":
        return arb.pi()
    if name == "e":
        return arb(1).exp()
    if name == "i":
        return acb(0, 1)
    raise Unclear


def _rational_power(base: Ball, top: int, bottom: int) -> Ball:
    if bottom == 1:
        if top < 0 and acb(base).contains(0):
            raise Unclear
        if top == 0 and acb(base).contains(0):
            raise Unclear
        return base ** fmpz(top) if top < 0 or not acb(base).contains(0) else _near_zero(base, top)
    if is_real(base):
        if base > 0:
            return base ** arb(fmpq(top, bottom))
        if base < 0 and bottom % 2:
            size = (-base) ** arb(fmpq(top, bottom))
            return -size if top % 2 else size
        if base == 0 and top > 0:
            return arb(0)
        if base.contains(0):
            raise Unclear
        return (_log(base) * acb(arb(fmpq(top, bottom)))).exp() if bottom != 2 else _half_power(base, top)
    return (_log(base) * acb(arb(fmpq(top, bottom)))).exp()


def _near_zero(base: Ball, count: int) -> Ball:
    """A power of a ball around 0 by squaring, for flint's own has a logarithm in it."""
    if count == 1:
        return base
    half = _near_zero(base, count // 2)
    return half * half * base if count % 2 else half * half


def _half_power(negative: Ball, top: int) -> Ball:
    """(√(−a))^n is iⁿ·(√a)ⁿ, exactly real or exactly imaginary."""
    size = (-negative).sqrt() ** fmpz(top)
    turned = ((1, 0), (0, 1), (-1, 0), (0, -1))[top % 4]
    return acb(size * turned[0], size * turned[1])


def _log(value: Ball) -> Ball:
    if is_real(value):
        if value > 0:
            return value.log()
        if value < 0:
            return acb((-value).log(), arb.pi())
        raise Unclear
    if value.imag.contains(0) and not value.real > 0:
        raise Unclear
    return value.log()


def _abs(value: Ball) -> Ball:
    return abs(value)


def _inside(name: str) -> Callable[[Ball], Ball]:
    """arcsin and arccos are real from −1 to 1, else complex."""

    def rule(value: Ball) -> Ball:
        if is_real(value):
            if abs(value) <= 1:
                return getattr(value, name)()
            if not abs(value) > 1:
                raise Unclear
        return getattr(acb(value), name)()

    return rule


def _rounded(name: str) -> Callable[[Ball], Ball]:
    def rule(value: Ball) -> Ball:
        if not is_real(value):
            raise Unclear
        out = getattr(value, name)()
        if not out.is_exact():
            raise Unclear
        return out

    return rule


def _sign(value: Ball) -> Ball:
    if is_real(value):
        for sign, holds in ((1, value > 0), (-1, value < 0), (0, value == 0)):
            if holds:
                return arb(sign)
    raise Unclear


def _extreme(largest: bool) -> Callable[..., Ball]:
    def rule(*values: Ball) -> Ball:
        if not all(map(is_real, values)):
            raise Unclear
        best = values[0]
        for value in values[1:]:
            best = best.max(value) if largest else best.min(value)
        return best

    return rule


def _factorial(value: Ball) -> Ball:
    if abs(value) > 5000:
        raise Unclear
    return (value + 1).gamma()


def _of_whole(fold: Callable[[int, int], int]) -> Callable[..., Ball]:
    """gcd and lcm: only of numbers that are exactly whole."""

    def rule(*values: Ball) -> Ball:
        found = [value.unique_fmpz() if is_real(value) and value.is_exact() else None for value in values]
        whole = [int(value) for value in found if value is not None]
        if len(whole) < len(values) or max(map(abs, whole)).bit_length() > limits.MAX_POWER_BITS:
            raise Unclear
        return arb(reduce(fold, whole))

    return rule


_FUNCTIONS: dict[str, Callable[..., Ball]] = {
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "arcsin": _inside("asin"),
    "arctan": lambda x: x.atan(),
    "ln": _log,
    "principal_ln": _log,
    "abs": _abs,
    "sign": _sign,
    "floor": _rounded("floor"),
    "ceil": _rounded("ceil"),
    "max": _extreme(True),
    "min": _extreme(False),
    "factorial": _factorial,
    "gcd": _of_whole(math.gcd),
    "lcm": _of_whole(math.lcm),
    "re": lambda x: acb(x).real,
    "im": lambda x: acb(x).imag,
    "conj": lambda x: acb(x).conjugate(),
    "arg": lambda x: acb(x).arg(),
}

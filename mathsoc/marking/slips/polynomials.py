"""A polynomial multiplied out, and as a product of its factors, as trees."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from ..algebra.convert import core
from ..algebra.core import mul
from ..algebra.node import Core, q
from ..algebra.quotients import Ring
from ..algebra.written import number, written
from ..results import Undecided
from ..syntax.tree import Negative, Node, Number, Power, Product, Quotient, Sum, Symbol


@dataclass(frozen=True, slots=True)
class Factors:
    """`front · ∏ baseᵉ`: the bases have whole numbers without a common factor."""

    front: Fraction
    bases: tuple[tuple[Node, int], ...]

    @property
    def single(self) -> list[Node]:
        """The bases, each as often as it occurs."""
        return [base for base, count in self.bases for _ in range(count)]


def expanded(value: Core) -> Node | None:
    """A polynomial as a sum of powers; None for what is no polynomial, or is too big."""
    found = _polynomial(value)
    return written(found[0].expression(found[1])) if found else None


def factors(value: Core) -> Factors | None:
    """The irreducible factors over the rationals, in a fixed order."""
    found = _polynomial(value)
    if found is None:
        return None
    ring, poly = found
    lead, parts = poly.factor()
    front = Fraction(int(lead.p), int(lead.q))
    bases: list[tuple[Node, int]] = []
    for part, count in parts:
        scale = _content(part)
        front *= scale**count
        bases.append((written(ring.expression(part / _rational(part, scale))), int(count)))
    bases.sort(key=lambda base: (not isinstance(base[0], Symbol), repr(base)))
    return Factors(front, tuple(bases))


def product(front: Fraction, bases: tuple[tuple[Node, int], ...]) -> Node:
    """The product as one writes it, a sign in front."""
    powers = [Power(base, Number(str(count))) if count > 1 else base for base, count in bases]
    size = abs(front)
    parts = [number(size.numerator), *powers] if size.numerator != 1 or not powers else powers
    node = parts[0] if len(parts) == 1 else Product(tuple(parts))
    if size.denominator != 1:
        node = Quotient(node, number(size.denominator))
    return Negative(node) if front < 0 else node


def partly(found: Factors) -> Node | None:
    """One bracket, and the rest multiplied out; None where that is the whole factorisation."""
    *others, last = found.single or [Number("1")]
    if not others or not isinstance(last, Sum) or (len(others) == 1 and abs(found.front) == 1):
        return None
    rest = expanded(mul(q(found.front), *map(core, others)))
    return Product((rest, last)) if rest is not None else None


def _polynomial(value: Core) -> tuple[Ring, Any] | None:
    try:
        ring = Ring.of(value)
        if not ring.algebraic or ring.roots:
            return None
        top, bottom = ring.fraction(value)
    except Undecided:
        return None
    if not bottom.is_constant() or not bottom or not top:
        return None
    return ring, top / bottom.leading_coefficient()


def _content(poly: Any) -> Fraction:
    """The rational that leaves whole numbers without a common factor, the first of them positive."""
    values = [Fraction(int(value.p), int(value.q)) for value in poly.coeffs()]
    below = lcm(*(value.denominator for value in values))
    above = gcd(*(int(value * below) for value in values))
    size = Fraction(above, below)
    return -size if values[0] < 0 else size


def _rational(poly: Any, value: Fraction) -> Any:
    return type(poly.leading_coefficient())(value.numerator, value.denominator)

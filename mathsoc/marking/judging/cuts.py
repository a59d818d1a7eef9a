"""Real numbers at which the truth of a statement may change: how they are known, ordered and told apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, TypeAlias

from flint import arb, fmpq, fmpz

from ..algebra.balls import Ball, evaluate, precision
from ..algebra.node import Core
from ..results import Undecided

BITS = 320
FINE_BITS = 3000

UniPoly: TypeAlias = Any


@dataclass(frozen=True)
class Cut:
    """A real algebraic number: the `index`th real root of an irreducible polynomial."""

    poly: UniPoly
    index: int

    def ball(self, bits: int) -> Ball:
        return real_roots(self.poly, bits)[self.index]


@dataclass(frozen=True)
class ConstantCut:
    """A real number that is known by an expression such as π/2 or ln(3)."""

    value: Core

    def ball(self, bits: int) -> Ball:
        return evaluate(self.value, {}, bits)


AnyCut: TypeAlias = "Cut | ConstantCut"
Place: TypeAlias = "AnyCut | fmpq"


def real_roots(poly: UniPoly, bits: int) -> list[Ball]:
    """The real roots, in order, as balls that surely hold one each."""
    with precision(bits):
        found = [_real(root) for root in complex_roots(poly)]
    return sorted((root for root in found if root is not None), key=lambda root: float(root.mid()))


def complex_roots(poly: UniPoly) -> list[Ball]:
    return [root for root, _ in poly.complex_roots()]


def _real(root: Ball) -> Ball | None:
    return root.real if root.imag == 0 else None


def in_order(cuts: list[AnyCut]) -> list[AnyCut]:
    """From the smallest to the largest, without those that no digit tells apart."""
    return _apart(sorted(cuts, key=cmp_to_key(_order)))


def _order(left: AnyCut, right: AnyCut) -> int:
    difference = left.ball(BITS) - right.ball(BITS)
    return 1 if difference > 0 else -1 if difference < 0 else 0


def _equal(left: AnyCut, right: AnyCut) -> bool:
    """As far as thousands of digits tell."""
    for bits in (BITS, FINE_BITS):
        with precision(bits):
            if not (left.ball(bits) - right.ball(bits)).contains(0):
                return False
    return True


def _apart(cuts: list[AnyCut]) -> list[AnyCut]:
    """Without those that no digit tells from the one before: ln(4) and ln(2) + ln(2) written otherwise."""
    kept: list[AnyCut] = []
    for cut in cuts:
        if kept and not all(isinstance(one, Cut) for one in (kept[-1], cut)) and _equal(kept[-1], cut):
            if isinstance(cut, Cut):
                kept[-1] = cut
            continue
        kept.append(cut)
    return kept


def between(low: Ball, high: Ball) -> fmpq:
    """A short rational number strictly between two balls."""
    for bits in (0, 2, 6, 16, 64, 200):
        scale = fmpz(2) ** bits
        middle = ((low + high) / 2 * scale).mid().floor().unique_fmpz()
        if middle is None:
            continue
        found = fmpq(middle, scale)
        if low < arb(found) < high:
            return found
    raise Undecided("The solutions lie too close together.", "line")

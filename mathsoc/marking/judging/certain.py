"""Is there a real point at which expressions surely have values? What has none is equal to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from .. import limits
from ..algebra.balls import Ball, Unclear, accuracy, evaluate
from ..algebra.node import Core, symbols

_SPARE_BITS = 64  # a value with fewer certain bits says nothing
# Between whole numbers, on both sides of 0, near and far; and whole ones for gcd and n!.
_PLACES = (
    fmpq(733, 1009), fmpq(6), fmpq(2621, 1009), fmpq(-1381, 1009), fmpq(31, 1009), fmpq(12), fmpq(9),
    fmpq(60313, 1009), fmpq(-52417, 1009), fmpq(4), fmpq(412007, 1009), fmpq(-31, 1009), fmpq(7), fmpq(-5),
    fmpq(2003009, 1009), fmpq(10), fmpq(24), fmpq(35), fmpq(60),
)  # fmt: skip


def somewhere(*values: Core) -> bool:
    """Do all have a certain value at one and the same point?"""
    names = sorted({name for value in values for name in symbols(value)})
    return any(all(_certain(value, point) for value in values) for point in points(names))


def points(names: Sequence[str]) -> Iterator[dict[str, Ball]]:
    """Fixed points, whole ones among them."""
    if not names:
        yield {}
        return
    for turn in range(3):
        for start in range(len(_PLACES)):
            # The second and third turns move the letters apart.
            yield {name: _PLACES[(start + turn * j) % len(_PLACES)] for j, name in enumerate(names)}


def _certain(value: Core, point: dict[str, Ball]) -> bool:
    # With letters another point is cheaper than more digits.
    for bits in limits.PRECISIONS[:2] if point else limits.PRECISIONS:
        try:
            if accuracy(evaluate(value, point, bits)) >= _SPARE_BITS:
                return True
        except Unclear:
            continue
    return False

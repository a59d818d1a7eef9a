"""Two expressions compared at fixed real points, in certified numerics.

The answer must have the key's value wherever the key has a real one, and no real value elsewhere, but that
ln|x| may stand for ln(x). A point where neither is real says nothing, unless there is no other: then
complex values are compared. Points are fixed numbers
that no formula of a textbook singles out; the same pair meets the same points every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import arb, fmpq

from . import limits
from .balls import Ball, Unclear, accuracy, differ, evaluate, is_real, surely_not_real
from .core import Core, symbols, walk

_NUMBERS = tuple(
    fmpq(top, 1009)
    for top in (
        733, -1381, 2621, 317, -541, 1777, -2203, 4057, 97, -1151, 3301, -211, 1489, -3727, 613, 2089, -859,
        5039, 1229, -1693, 443, 2903, -2521, 3889,
    )
)  # fmt: skip
_SCALES = (fmpq(1), fmpq(11, 2), fmpq(1, 7), fmpq(61, 2), fmpq(333), fmpq(1, 90))
ENOUGH = 8
_MOST = 24 * 6
_FINE_POINTS = 2


@dataclass(frozen=True)
class Sampled:
    """`agree`: how many points agreed. `different`: a point certifies a difference; `where` tells it."""

    agree: int
    different: bool = False
    where: str = ""
    complex_only: bool = False


def points(names: tuple[str, ...]) -> Iterator[dict[str, Ball]]:
    """Fixed points, small ones of both signs first."""
    count = len(_NUMBERS)
    for scale in _SCALES:
        for n in range(count):
            # Steps that grow with the letter's place keep letters from moving together.
            yield {name: _NUMBERS[(n * (2 * j + 1) + 5 * j) % count] * scale for j, name in enumerate(names)}


def compare(answer: Core, key: Core) -> Sampled:
    """Both at the fixed points, until a difference is certain or enough points agree."""
    names = tuple(sorted(set(symbols(answer)) | set(symbols(key))))
    with_i = any(node.key == "'i" for node in walk(answer) + walk(key))
    agreeing: list[dict[str, Ball]] = []
    complex_points: list[dict[str, Ball]] = []
    for tried, point in enumerate(points(names)):
        if tried >= _MOST and (agreeing or complex_points):
            break
        outcome = _at(answer, key, point, limits.SAMPLE_BITS, with_i)
        if outcome == "different":
            return Sampled(len(agreeing), True, _told(point))
        if outcome == "same":
            agreeing.append(point)
        elif outcome == "complex":
            complex_points.append(point)
        if len(agreeing) >= ENOUGH:
            return _finely(answer, key, agreeing, with_i)
    if not agreeing and complex_points:
        return _complex(answer, key, complex_points)
    return Sampled(len(agreeing))


def _complex(answer: Core, key: Core, tried: list[dict[str, Ball]]) -> Sampled:
    for point in tried:
        if _at(answer, key, point, limits.SAMPLE_BITS, True) == "different":
            return Sampled(0, True, _told(point))
    if len(tried) < ENOUGH:
        return Sampled(0)
    result = _finely(answer, key, tried, True)
    return Sampled(len(tried), result.different, result.where, True)


def _finely(answer: Core, key: Core, agreeing: list[dict[str, Ball]], with_i: bool) -> Sampled:
    """A few points again with thousands of digits: a difference of 10^-300 is a difference."""
    for point in agreeing[:_FINE_POINTS]:
        if _at(answer, key, point, limits.PRECISIONS[-1], with_i) == "different":
            return Sampled(len(agreeing), True, _told(point))
    return Sampled(len(agreeing))


def _at(answer: Core, key: Core, point: dict[str, Ball], bits: int, with_i: bool) -> str:
    try:
        wanted = evaluate(key, point, bits)
    except Unclear:
        return "skipped"
    try:
        got = evaluate(answer, point, bits)
    except Unclear:
        return "skipped"
    if with_i or (is_real(wanted) and (is_real(got) or surely_not_real(got))):
        if differ(got, wanted):
            return "different"
        fine = accuracy(got) > bits // 3 and accuracy(wanted) > bits // 3
        return "same" if fine else "skipped"
    if surely_not_real(wanted) and is_real(got):
        return _beyond(got, key, point, bits)
    return "complex" if surely_not_real(wanted) and surely_not_real(got) else "skipped"


def _beyond(got: Ball, key: Core, point: dict[str, Ball], bits: int) -> str:
    """The answer has a real value where the key has none: only ln|x| for ln(x) may do so."""
    try:
        wanted = evaluate(key, point, bits, real_logarithms=True)
    except Unclear:
        return "skipped"
    return "skipped" if is_real(wanted) and not differ(got, wanted) else "different"


def _told(point: dict[str, Ball]) -> str:
    """The point for the officer: x = 0.726…"""
    return ", ".join(f"{name} = {arb(value).str(4, radius=False)}" for name, value in point.items())

"""Two expressions compared at fixed real points, in certified numerics.

The answer must have the key's value wherever the key has a real one, and no real value elsewhere, but that
ln|x| may stand for ln(x). A point where neither is real says nothing, unless there is no other: then
complex values are compared. Points are fixed numbers
that no formula of a textbook singles out; the same pair meets the same points every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from flint import arb, fmpq

from . import limits
from .balls import Ball, Unclear, accuracy, differ, evaluate, is_real, surely_not_real
from .core import Core, subtract, symbols, walk

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


Point: TypeAlias = dict[str, Ball]


@dataclass(frozen=True)
class Sampled:
    """`agree`: how many points agreed. `different`: a point certifies a difference; `where` tells it."""

    agree: int
    different: bool = False
    where: str = ""


def points(names: tuple[str, ...]) -> Iterator[Point]:
    """Fixed points, small ones of both signs first."""
    count = len(_NUMBERS)
    for scale in _SCALES:
        for n in range(count):
            # Steps that grow with the letter's place keep letters from moving together.
            yield {name: _NUMBERS[(n * (2 * j + 1) + 5 * j) % count] * scale for j, name in enumerate(names)}


@dataclass(frozen=True)
class _Pair:
    """The two expressions and their difference, in which equal terms have already gone."""

    answer: Core
    key: Core
    rest: Core
    with_i: bool


def compare(answer: Core, key: Core) -> Sampled:
    """Both at the fixed points, until a difference is certain or enough points agree."""
    names = tuple(sorted(set(symbols(answer)) | set(symbols(key))))
    with_i = any(node.key == "'i" for node in walk(answer) + walk(key))
    pair = _Pair(answer, key, subtract(answer, key), with_i)
    agreeing: list[Point] = []
    complex_points: list[Point] = []
    for tried, point in enumerate(points(names)):
        if tried >= _MOST and (agreeing or complex_points):
            break
        outcome = _at(pair, point, limits.SAMPLE_BITS)
        if outcome == "different":
            return Sampled(len(agreeing), True, _told(point))
        if outcome == "same":
            agreeing.append(point)
        elif outcome == "complex":
            complex_points.append(point)
        if len(agreeing) >= ENOUGH:
            return _finely(pair, agreeing)
    if not agreeing and complex_points and not with_i:
        return _complex(replace(pair, with_i=True), complex_points)
    return Sampled(len(agreeing))


def _complex(pair: _Pair, tried: list[Point]) -> Sampled:
    """No point has real values: complex ones are compared instead."""
    agreeing: list[Point] = []
    for point in tried:
        outcome = _at(pair, point, limits.SAMPLE_BITS)
        if outcome == "different":
            return Sampled(len(agreeing), True, _told(point))
        if outcome == "same":
            agreeing.append(point)
    return _finely(pair, agreeing)


def _finely(pair: _Pair, agreeing: list[Point]) -> Sampled:
    """A few points again with thousands of digits: a difference of 10^-300 is a difference."""
    for point in agreeing[:_FINE_POINTS]:
        if _at(pair, point, limits.PRECISIONS[-1]) == "different":
            return Sampled(len(agreeing), True, _told(point))
    return Sampled(len(agreeing))


def _at(pair: _Pair, point: Point, bits: int) -> str:
    """`same`, `different`, `complex` (neither is real) or `skipped`."""
    try:
        wanted, got = evaluate(pair.key, point, bits), evaluate(pair.answer, point, bits)
    except Unclear:
        return "skipped"
    if pair.with_i or (is_real(wanted) and (is_real(got) or surely_not_real(got))):
        if differ(got, wanted):
            return "different"
        return _closely(pair.rest, (got, wanted), point, bits)
    if surely_not_real(wanted) and is_real(got):
        return _beyond(got, pair.key, point, bits)
    return "complex" if surely_not_real(wanted) and surely_not_real(got) else "skipped"


def _closely(rest: Core, values: tuple[Ball, Ball], point: Point, bits: int) -> str:
    """The values overlap: do they say anything? Huge ones would swallow a difference of 1."""
    try:
        if differ(evaluate(rest, point, bits), 0):
            return "different"
    except Unclear:
        return "skipped"
    telling = all(accuracy(value) > bits // 3 and abs(value) < arb(2) ** (bits // 4) for value in values)
    return "same" if telling else "skipped"


def _beyond(got: Ball, key: Core, point: Point, bits: int) -> str:
    """The answer has a real value where the key has none: only ln|x| for ln(x) may do so."""
    try:
        wanted = evaluate(key, point, bits, real_logarithms=True)
    except Unclear:
        return "skipped"
    return "skipped" if is_real(wanted) and not differ(got, wanted) else "different"


def _told(point: Point) -> str:
    """The point for the officer: x = 0.726…"""
    return ", ".join(f"{name} = {arb(value).str(4, radius=False)}" for name, value in point.items())

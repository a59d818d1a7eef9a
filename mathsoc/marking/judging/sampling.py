"""Two expressions compared at fixed real points, in certified numerics.

The answer must have the key's value wherever the key has a real one, and no real value elsewhere, but that
ln|x| may stand for ln(x). A point where neither is real says nothing, unless there is no other: then
complex values are compared. Points are fixed numbers
that no formula of a textbook singles out, small and large; the same pair meets the same points every time.
Where an expression is put together of pieces (|x − 5|, ⌊x⌋, ln(x²)), each piece must agree: see `kinks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from flint import arb, fmpq

from .. import limits
from ..algebra.balls import (
    Ball,
    Unclear,
    accuracy,
    differ,
    evaluate,
    is_real,
    real_throughout,
    surely_not_real,
)
from ..algebra.core import substitute, subtract
from ..algebra.node import Core, q, symbols, walk
from . import certain, kinks

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
_GAP_BITS = 1024  # |x − 5|·e^x shows its kink's far side in the small only
_MAX_LINES = 6
_MAX_GAPS = 120
_IN_POWERS = (fmpq(-3, 2), fmpq(2), fmpq(1, 2))
_MOST_IN_POWERS = 3
_SEEN = ("same", "complex", "lenient")


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


def spread(names: tuple[str, ...]) -> Iterator[Point]:
    """The same points with the scales interleaved, so that a few already reach far out and close to 0.

    Every other round takes another scale for each letter: x is then large where y is small.
    """
    found = list(points(names))
    count, scales = len(_NUMBERS), len(_SCALES)
    for n in range(count):
        for scale in range(scales):
            yield {
                name: found[(scale + (j if n % 2 else 0)) % scales * count + (n + 5 * scale) % count][name]
                for j, name in enumerate(names)
            }


@dataclass(frozen=True)
class _Pair:
    """The two expressions and their difference, in which equal terms have already gone."""

    answer: Core
    key: Core
    rest: Core
    with_i: bool
    real_parts: bool = False


def compare(answer: Core, key: Core, *, real_parts: bool = False) -> Sampled:
    """Both at the fixed points, until a difference is certain or enough points agree.

    With `real_parts`, only points where every part of the answer is real count.
    """
    names = tuple(sorted(set(symbols(answer)) | set(symbols(key))))
    with_i = any(node.key == "'i" for node in walk(answer) + walk(key))
    pair = _Pair(answer, key, subtract(answer, key), with_i, real_parts)
    result = _at_points(pair, names)
    if result.different or not names:
        return result
    for point in _of_powers(answer, key, names):
        if _differ_exactly(pair, point):
            return Sampled(result.agree, True, _told(point))
    across = _across_kinks(pair, names)
    if across is None:
        return result
    if across.different:
        return across
    return Sampled(result.agree + across.agree if across.agree else 0)


def _at_points(pair: _Pair, names: tuple[str, ...]) -> Sampled:
    agreeing: list[Point] = []
    complex_points: list[Point] = []
    for tried, point in enumerate(spread(names)):
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
    if not agreeing and complex_points and not pair.with_i:
        return _complex(replace(pair, with_i=True), complex_points)
    # gcd(n, 12) has values at whole numbers only. Agreement there proves little, a difference enough.
    for point in certain.points(names):
        if _at(pair, point, limits.SAMPLE_BITS) == "different":
            return Sampled(len(agreeing), True, _told(point))
    return Sampled(len(agreeing))


def _of_powers(answer: Core, key: Core, names: tuple[str, ...]) -> Iterator[Point]:
    """Negative bases with whole and half exponents: (x^y)^z and x^(yz) differ there alone."""
    nodes = [node for node in walk(answer) + walk(key) if node.kind == "^" and symbols(node.parts[1])]
    nested = any(node.parts[0].kind == "^" and symbols(node.parts[0].parts[1]) for node in nodes)
    if len(names) > _MOST_IN_POWERS or not nested:
        return
    for values in product(_IN_POWERS, repeat=len(names)):
        yield dict(zip(names, values, strict=True))


def _across_kinks(pair: _Pair, names: tuple[str, ...]) -> Sampled | None:
    """On lines through space, a point of every gap between kinks. None where nothing turns.

    `agree` is 0 if a gap could not be seen: then points of other gaps prove nothing about it.
    """
    nodes = walk(pair.answer) + walk(pair.key)
    turning = kinks.inner(nodes)
    if not turning:
        return None
    agree, seen, met = 0, True, 0
    for name, others in lines(names):
        found = kinks.zeros(turning, name, others)
        for gap in kinks.gaps(found)[: _MAX_GAPS - met]:
            met += 1
            outcome, point = _in_gap(pair, gap, name, others)
            if outcome == "different":
                return Sampled(agree, True, _told(point))
            agree += outcome == "same"
            seen = seen and outcome in _SEEN
        if kinks.jumps(nodes):
            for at in found:
                if _differ_exactly(pair, others | {name: at}):
                    return Sampled(agree, True, _told(others | {name: at}))
    if not met:
        return None
    return Sampled(agree if seen else 0)


def lines(names: tuple[str, ...]) -> Iterator[tuple[str, Point]]:
    """Each letter in turn, the others fixed in some ways."""
    ways = 1 if len(names) == 1 else max(1, _MAX_LINES // len(names))
    backgrounds = list(zip(spread(names), range(2 * ways), strict=False))[::2]
    for point, _ in backgrounds:
        for name in names[:_MAX_LINES]:
            yield name, point


def _in_gap(pair: _Pair, gap: tuple[fmpq, ...], name: str, others: Point) -> tuple[str, Point]:
    """What the first point of the gap says that says anything."""
    outcome, point = "skipped", others
    for at in gap:
        point = others | {name: at}
        outcome = _at(pair, point, _GAP_BITS)
        if outcome in ("different", *_SEEN):
            break
    return outcome, point


def _differ_exactly(pair: _Pair, point: Point) -> bool:
    """At this very point: certainly different real values? A value that is not defined there says nothing."""
    exact = {name: q(Fraction(int(at.p), int(at.q))) for name, at in point.items()}
    try:
        # Every part must have a value: 0·(1/0) would be folded to 0.
        for node in walk(pair.answer) + walk(pair.key):
            evaluate(substitute(node, exact), {}, limits.SAMPLE_BITS)
        got, wanted = (
            evaluate(substitute(side, exact), {}, limits.SAMPLE_BITS) for side in (pair.answer, pair.key)
        )
    except Unclear:
        return False
    return is_real(got) and is_real(wanted) and differ(got, wanted)


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
    """`same`, `different`, `complex` (neither is real), `lenient` (ln|x| for ln(x)) or `skipped`."""
    try:
        if pair.real_parts and not real_throughout(pair.answer, point, bits):
            return "complex"
        wanted, got = evaluate(pair.key, point, bits), evaluate(pair.answer, point, bits)
    except Unclear:
        return "skipped"
    if pair.with_i or (is_real(wanted) and (is_real(got) or surely_not_real(got))):
        if differ(got, wanted):
            return "different"
        return _closely(pair.rest, (got, wanted), point, bits)
    if surely_not_real(wanted) and is_real(got):
        return _beyond(got, pair.key, point, bits)
    if surely_not_real(wanted) and surely_not_real(got):
        return "complex"
    return _perhaps_real(got, wanted, pair.key, point, bits)


def _perhaps_real(got: Ball, wanted: Ball, key: Core, point: Point, bits: int) -> str:
    """ln(x) − ln(y) below 0: the imaginary parts cancel, but no ball says so. Never a difference."""
    telling = all(accuracy(value) > bits // 3 for value in (got, wanted))
    if telling and not differ(got, wanted):
        return "lenient"
    return "lenient" if is_real(got) and _beyond(got, key, point, bits) == "lenient" else "skipped"


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
    return "lenient" if is_real(wanted) and not differ(got, wanted) else "different"


def _told(point: Point) -> str:
    """The point for the officer: x = 0.726…"""
    return ", ".join(f"{name} = {arb(value).str(4, radius=False)}" for name, value in point.items())

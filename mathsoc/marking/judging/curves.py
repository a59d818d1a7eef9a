"""Curves f = 0, compared by their points: each must lie on a curve of the other statement.

Points are had where f is linear in a letter, or is so once each |…|, max, min and sign is replaced by one
of its pieces. They come from all sizes, and from every gap between the kinks of either statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import acb, fmpq

from ..algebra.balls import Ball, Unclear, evaluate, is_real, surely_not_real
from ..algebra.core import divide, negate, substitute, subtract
from ..algebra.node import MINUS_ONE, ONE, ZERO, Core, symbols, walk
from ..algebra.replacing import replace
from ..results import Finding
from . import kinks, line, sampling
from .explicit import linear_in

ENOUGH_POINTS = 6
_NEAR_POINTS = 3 * ENOUGH_POINTS
_FAR_POINTS = 24
_MAX_GAPS = 60
_MAX_PIECES = 3
_BITS = 320
_GAP_BITS = 1024
_ON = 1e-40  # closer to 0 than this counts as on the curve


@dataclass(frozen=True, slots=True)
class Piece:
    """A curve with each kink replaced by one of its pieces: it counts only where all of `above` are > 0."""

    value: Core
    above: tuple[Core, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """`off`: a point surely lies on no other curve. `blind`: a gap showed nothing."""

    off: bool
    on: int
    blind: bool = False


def compare(mine: list[Core], theirs: list[Core], far: bool) -> Finding | None:
    """Points of each curve tried in the other's equations; None where too few points can be had.

    Without `far`, only near 0: something else looks at the rest.
    """
    extra, lost = _leaves(mine, theirs, far), _leaves(theirs, mine, far)
    if extra.off or lost.off:
        told = [(True, False)] * extra.off + [(False, True)] * lost.off
        return line.different(told + [(True, True)] * bool(extra.on or lost.on), "counterexample")
    if extra.blind or lost.blind:
        return None
    if extra.on >= ENOUGH_POINTS * len(mine) and lost.on >= ENOUGH_POINTS * len(theirs):
        return Finding(True, "sampled")
    return None


def _leaves(curves: list[Core], others: list[Core], far: bool) -> _Seen:
    """Does a point of the first surely lie on none of the second? And how many points seem to lie on both."""
    names = tuple(sorted({name for value in curves + others for name in symbols(value)}))
    common, blind = 0, False
    for curve in curves:
        on, dark = 0, False
        for piece in pieces(curve, names):
            found = _piece_leaves(piece, curves if far else None, others, names)
            if found.off:
                return _Seen(True, common)
            on, dark = on + found.on, dark or found.blind
        common += min(on, ENOUGH_POINTS)
        blind = blind or dark
    return _Seen(False, common, blind)


def pieces(curve: Core, names: tuple[str, ...]) -> Iterator[Piece]:
    """The curve itself where it is linear in a letter, else the pieces that it is put together of."""
    waiting = [(Piece(curve), 0)]
    while waiting:
        piece, depth = waiting.pop(0)
        if any(name in symbols(piece.value) and linear_in(piece.value, name) for name in names):
            yield piece
        elif depth < _MAX_PIECES:
            waiting += [(part, depth + 1) for part in _split(piece)]


def _split(piece: Piece) -> list[Piece]:
    """The two pieces of the first |…|, max, min or sign."""
    for node in walk(piece.value):
        if node.kind != "f" or node.name not in ("abs", "sign", "max", "min") or not symbols(node):
            continue
        first = node.parts[0]
        if node.name in ("max", "min") and len(node.parts) != 2:
            continue
        positive, negative = {
            "abs": (first, negate(first)),
            "sign": (ONE, MINUS_ONE),
            "max": (first, node.parts[-1]),
            "min": (node.parts[-1], first),
        }[node.name]
        inner = first if len(node.parts) == 1 else subtract(first, node.parts[1])
        return [
            Piece(replace(piece.value, {node.key: positive}), (*piece.above, inner)),
            Piece(replace(piece.value, {node.key: negative}), (*piece.above, negate(inner))),
        ]
    return []


def _piece_leaves(
    piece: Piece, curves: list[Core] | None, others: list[Core], names: tuple[str, ...]
) -> _Seen:
    on, blind = 0, False
    for name in names:
        if name not in symbols(piece.value) or not linear_in(piece.value, name):
            continue
        rest = tuple(other for other in names if other != name)
        for point in _fixed(rest, curves is not None):
            where = _where(piece, name, others, point, _BITS)
            if where == "off":
                return _Seen(True, on)
            on += where == "on"
        for gap in _gaps(piece.value, name, curves + others, rest) if curves else ():
            where = _in_gap(piece, name, others, gap)
            if where == "off":
                return _Seen(True, on)
            blind = blind or where == "unclear"
        if on >= ENOUGH_POINTS:
            break
    return _Seen(False, on, blind)


def _fixed(names: tuple[str, ...], far: bool) -> Iterator[dict[str, Ball]]:
    """Points near 0, then some of all sizes."""
    for _, point in zip(range(_NEAR_POINTS), sampling.points(names), strict=False):
        yield point
    for _, point in zip(range(_FAR_POINTS if far else 0), sampling.spread(names), strict=False):
        yield point


def _gaps(
    curve: Core, name: str, values: list[Core], rest: tuple[str, ...]
) -> Iterator[list[dict[str, Ball]]]:
    """Some points for every gap between kinks, as they follow one another along the curve."""
    if not kinks.inner([node for value in values for node in walk(value)]):
        return
    at_zero = substitute(curve, {name: ZERO})
    slope = subtract(substitute(curve, {name: ONE}), at_zero)
    if slope.rational and slope.value == 0:
        return
    along = divide(negate(at_zero), slope)
    turning = kinks.inner([node for value in values for node in walk(substitute(value, {name: along}))])
    met = 0
    for letter, others in sampling.lines(rest):
        for gap in kinks.gaps(kinks.zeros(turning, letter, others))[: _MAX_GAPS - met]:
            met += 1
            yield [others | {letter: at} for at in gap]


def _in_gap(piece: Piece, name: str, others: list[Core], gap: list[dict[str, Ball]]) -> str:
    """What the first point of the gap says that says anything."""
    for bits in (_BITS, _GAP_BITS):
        for point in gap:
            where = _where(piece, name, others, point, bits)
            if where != "unclear":
                return where
    return "unclear"


def _where(piece: Piece, name: str, others: list[Core], point: dict[str, Ball], bits: int) -> str:
    """Of the curve's point over this one: `on` another curve, `off` all, `none` (no point) or `unclear`."""
    try:
        at_zero = evaluate(piece.value, {**point, name: fmpq(0)}, bits)
        slope = evaluate(piece.value, {**point, name: fmpq(1)}, bits) - at_zero
        if acb(slope).contains(0):
            return "unclear"
        full = {**point, name: -at_zero / slope}
        if surely_not_real(full[name]) or any(_below(value, full, bits) for value in piece.above):
            return "none"
        if not all(_above(value, full, bits) for value in piece.above):
            return "unclear"
    except Unclear:
        return "unclear"
    return _on_any(others, full, bits)


def _above(value: Core, point: dict[str, Ball], bits: int) -> bool:
    ball = evaluate(value, point, bits)
    return is_real(ball) and bool(ball > 0)


def _below(value: Core, point: dict[str, Ball], bits: int) -> bool:
    ball = evaluate(value, point, bits)
    return surely_not_real(ball) or (is_real(ball) and bool(ball < 0))


def _on_any(others: list[Core], point: dict[str, Ball], bits: int) -> str:
    """`on` one of them as far as can be seen, surely `off` all, or `unclear`."""
    real = all(is_real(value) or isinstance(value, fmpq) for value in point.values())
    outcome = "off" if real else "unclear"  # only a surely real point speaks against
    for other in others:
        try:
            value = evaluate(other, point, bits)
        except Unclear:
            outcome = "unclear"
            continue
        if acb(value).contains(0):
            return "on" if float(abs(value).upper()) < _ON else "unclear"
    return outcome

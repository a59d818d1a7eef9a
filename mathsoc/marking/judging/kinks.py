"""Where an expression may turn: the zeros of what stands in |…|, roots, logarithms, ⌊…⌋, max and the like.

Between two neighbouring kinks an expression is analytic, and agreement at points there speaks for the whole
gap; across a kink it says nothing. All letters but one are held fixed, so that the kinks lie on a line: exact
where the inner argument is algebraic, else by changes of sign on a wide fixed grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from math import lcm
from typing import Any, TypeAlias

from flint import fmpq, fmpz_poly

from ..algebra.balls import Ball, Unclear, evaluate, is_real, precision
from ..algebra.core import add, divide, mul, substitute, subtract
from ..algebra.node import ONE, PI, Core, q, sym, symbols, walk
from ..algebra.quotients import Poly, Ring, TooBig, factors

_BITS = 64
_MAX_DEGREE = 40
_MAX_INNER = 40
_MAX_SEARCHED = 12  # kinks of these are looked for on the grid, on one line
_STEPS = (-3, -2, -1, 0, 1, 2, 3)
_JUMPS = frozenset(("floor", "ceil", "sign", "arg"))
_INVERSES = frozenset(("arcsin", "arctan"))
_WAVES = frozenset(("sin", "cos"))
_MAX_WAVES = 4
_QUARTERS = 8  # of a turn, on each side of 0
_BISECTIONS = 50
_WIDTH = fmpq(1, 1 << 40)  # zeros closer than this are one
# Both signs, from fine steps near 0 to wide ones far out; odd denominators keep off round numbers.
_GRID = tuple(
    sorted(
        {fmpq(37 * step, 101) for step in range(-33, 34)}
        | {sign * fmpq(13, 1009) * fmpq(4, 3) ** step for step in range(0, 64) for sign in (1, -1)}
    )
)

Line: TypeAlias = dict[str, fmpq]


def inner(nodes: list[Core]) -> list[Core]:
    """The expressions with letters at whose zeros one of the nodes may turn, once each."""
    found: dict[str, Core] = {}
    for node in nodes:
        for value in _of(node):
            for factor in _parts(value):
                if symbols(factor):
                    found.setdefault(factor.key, factor)
    return list(found.values())[:_MAX_INNER]


def jumps(nodes: list[Core]) -> bool:
    """Can a value stand alone at a kink, as ⌊x⌋ and ⌈x⌉ − 1 differ at whole numbers only?"""
    return any(node.kind == "f" and node.name in _JUMPS for node in nodes)


def _of(node: Core) -> Iterator[Core]:
    if node.kind == "^":
        # A whole power has poles at most; any other may change its branch where the base is 0.
        if node.parts[1].whole is None and node.parts[0].key != "'e":
            yield node.parts[0]
        return
    if node.kind != "f":
        return
    if node.name in ("abs", "sign", "ln", "arg"):
        yield node.parts[0]
    elif node.name in ("floor", "ceil"):
        yield from (subtract(node.parts[0], q(step)) for step in _STEPS)
    elif node.name in ("max", "min"):
        yield from (subtract(left, right) for left, right in combinations(node.parts, 2))
    elif node.name in _INVERSES:
        yield from _of_inverse(node)


def _of_inverse(node: Core) -> Iterator[Core]:
    """arcsin turns where its argument is ±1; arctan(tan(v)) where v is a multiple of a quarter turn."""
    arg = node.parts[0]
    if node.name == "arcsin":
        yield from (subtract(arg, ONE), add(arg, ONE))
    for part in walk(arg):
        if part.kind == "f" and part.name in _WAVES:
            quarter = mul(q(Fraction(1, 2)), PI)
            yield from (subtract(part.parts[0], mul(q(step), quarter)) for step in _STEPS)


def _parts(value: Core) -> tuple[Core, ...]:
    """What a product is 0 with: (x−7)² has no change of sign, x − 7 has."""
    if value.kind == "*":
        return tuple(part for factor in value.parts for part in _parts(factor))
    if value.kind == "^" and value.parts[1].kind == "q":
        return _parts(value.parts[0])
    return (value,)


def zeros(values: list[Core], name: str, others: Line) -> list[fmpq]:
    """Where the values vanish along a letter, the others held fixed: in order, exact or very close."""
    fixed = {letter: q(Fraction(int(at.p), int(at.q))) for letter, at in others.items() if letter != name}
    found: list[fmpq] = []
    searched = 0
    for value in values:
        here = substitute(value, fixed)
        if symbols(here) != (name,):
            continue
        exact, rest = _algebraic(here, name)
        found += exact
        for one in rest:
            searched += 1
            if searched <= _MAX_SEARCHED:
                found += _on_grid(one, name)
    return _apart(found)


def _apart(found: list[fmpq]) -> list[fmpq]:
    kept: list[fmpq] = []
    for at in sorted(found):
        if not kept or at - kept[-1] > _WIDTH:
            kept.append(at)
    return kept


def _algebraic(value: Core, name: str) -> tuple[list[fmpq], list[Core]]:
    """The zeros of an algebraic value; else the factors whose zeros have to be searched for."""
    try:
        ring = Ring.of(value)
        top, _ = ring.fraction(value)
        if top.is_constant():
            return [], []
        if not ring.algebraic:
            return [], [ring.expression(factor) for factor in factors(top)]
        norm = ring.without_roots(top)
        return [at for factor in factors(norm) for at in _roots(ring, factor, name)], []
    except TooBig:
        return [], [value]


def _roots(ring: Ring, poly: Poly, name: str) -> list[fmpq]:
    if poly.is_constant():
        return []
    column = ring.context.variable_to_index(f"v{ring.names.index(name)}")
    terms = {int(powers[column]): value for powers, value in poly.to_dict().items()}
    degree = max(terms)
    if degree > _MAX_DEGREE:
        raise TooBig
    if degree == 1:
        return [-terms.get(0, fmpq(0)) / terms[1]]
    common = lcm(*(int(value.q) for value in terms.values()))
    whole = fmpz_poly([int(terms.get(power, fmpq(0)) * common) for power in range(degree + 1)])
    with precision(_BITS):
        found: list[Ball] = [root for root, _ in _complex_roots(whole)]
        return [_middle(root.real) for root in found if root.imag == 0]


def _complex_roots(poly: Any) -> list[tuple[Ball, int]]:
    return list(poly.complex_roots())


def _middle(value: Ball) -> fmpq:
    return fmpq(value.mid().fmpq())


def _on_grid(value: Core, name: str) -> list[fmpq]:
    """Between neighbours of different sign; what has no value is passed over."""
    found: list[fmpq] = []
    before: tuple[fmpq, int] | None = None
    for at in sorted({*_GRID, *_crests(value, name)}):
        sign = _sign(value, name, at)
        if sign is None:
            continue
        if before is not None and sign != before[1]:
            found.append(_bisected(value, name, before, at))
        before = (at, sign)
    return found


def _crests(value: Core, name: str) -> Iterator[fmpq]:
    """Where waves are at their highest and lowest: two zeros may lie close together on either side."""
    arguments = {node.parts[0].key: node.parts[0] for node in walk(value) if node.name in _WAVES}
    for arg in list(arguments.values())[:_MAX_WAVES]:
        at_zero, at_one = (substitute(arg, {name: q(at)}) for at in (0, 1))
        slope = subtract(at_one, at_zero)
        if symbols(arg) != (name,) or subtract(arg, add(at_zero, mul(slope, sym(name)))).key != "0":
            continue
        for quarter in range(-_QUARTERS, _QUARTERS + 1):
            place = divide(subtract(mul(q(Fraction(quarter, 2)), PI), at_zero), slope)
            try:
                ball = evaluate(place, {}, 2 * _BITS)
            except Unclear:
                break
            if is_real(ball):
                yield _middle(ball)


def _bisected(value: Core, name: str, low: tuple[fmpq, int], high: fmpq) -> fmpq:
    left, sign = low
    for _ in range(_BISECTIONS):
        middle = (left + high) / 2
        here = _sign(value, name, middle)
        if here is None:
            return middle
        left, high = (middle, high) if here == sign else (left, middle)
    return (left + high) / 2


def _sign(value: Core, name: str, at: fmpq) -> int | None:
    """The sign of a value, or of its imaginary part where it is not real."""
    try:
        ball = evaluate(value, {name: at}, _BITS)
    except Unclear:
        return None
    real = ball if is_real(ball) else ball.imag
    return None if real.contains(0) else (1 if real > 0 else -1)


def gaps(kinks: list[fmpq]) -> list[tuple[fmpq, ...]]:
    """A few points in each gap between kinks, and beyond the outermost on each side."""
    if not kinks:
        return []
    reach = max(kinks[-1] - kinks[0], fmpq(1))
    low, high = kinks[0], kinks[-1]
    out = [tuple(low - reach * step for step in _BEYOND)]
    for left, right in pairwise(kinks):
        out.append(tuple(left + (right - left) * step for step in _WITHIN))
    out.append(tuple(high + reach * step for step in _BEYOND))
    return out


_WITHIN = (fmpq(41, 97), fmpq(17, 101), fmpq(89, 103), fmpq(3, 997))
_BEYOND = (fmpq(29, 97), fmpq(7, 103), fmpq(173, 101), fmpq(1, 499))

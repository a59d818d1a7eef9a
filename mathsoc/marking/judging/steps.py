"""Steps in an antiderivative: terms such as |x|/x, whose derivative is 0 and which are no constant."""

from __future__ import annotations

from itertools import combinations, islice

from flint import acb

from ..algebra.balls import Ball, Unclear, evaluate
from ..algebra.derivative import NotDifferentiable, derivative
from ..algebra.node import Core, symbols
from ..algebra.residues import expand
from .sampling import points

_BITS = 200
_FLAT = 1e-30
_POINTS = 12
_LEAST_POINTS = 3
_MOST_TERMS = 8


def adds_step(answer: Core, declared: tuple[str, ...]) -> bool:
    """Do some terms, but not all, have the derivative 0 though they hold a declared letter?

    arctan((x − 1)/(x + 1)) jumps by itself at its pole; |x|/x or arctan(x) + arctan(1/x) is a step on top.
    """
    whole = expand(answer)
    terms = whole.parts if whole.kind == "+" else (whole,)
    moving = [term for term in terms if set(symbols(term)) & set(declared)]
    if not 1 < len(moving) <= _MOST_TERMS:
        return len(moving) > _MOST_TERMS
    try:
        return any(_idle(moving, name) for name in declared)
    except NotDifferentiable:
        return True


def _idle(terms: list[Core], name: str) -> bool:
    """Does a choice of terms that hold the letter stand still as it moves?"""
    holding = [term for term in terms if name in symbols(term)]
    names = tuple(sorted({letter for term in holding for letter in symbols(term)}))
    slopes = [_slopes(derivative(term, name), names) for term in holding]
    sizes = range(1, len(terms) if len(holding) == len(terms) else len(holding) + 1)
    return any(_cancel(choice) for size in sizes for choice in combinations(slopes, size))


def _slopes(slope: Core, names: tuple[str, ...]) -> list[Ball | None]:
    found: list[Ball | None] = []
    for point in islice(points(names), _POINTS):
        try:
            found.append(evaluate(slope, point, _BITS))
        except Unclear:
            found.append(None)
    return found


def _cancel(slopes: tuple[list[Ball | None], ...]) -> bool:
    sums = [
        sum((acb(value) for value in values if value is not None), acb(0))
        for values in zip(*slopes, strict=True)
        if None not in values
    ]
    return len(sums) >= _LEAST_POINTS and all(float(abs(total).upper()) < _FLAT for total in sums)

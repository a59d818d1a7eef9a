"""A plain point where one of two statements surely holds and the other surely does not.

Points that textbooks speak of: small whole numbers, halves and, for one letter, multiples of π. Single
exceptions lie there, as in x² + y² > 0 or sin(x) ≠ 0, where lines and curves pass them by.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from ..algebra.balls import Unclear, evaluate, is_real, real_throughout
from ..algebra.core import mul, rebuilt
from ..algebra.functions import apply
from ..algebra.node import PI, Core, I, q, walk
from ..results import Finding
from . import line
from .formulas import Formula, atoms, letters

_FINE = tuple(Fraction(n, 2) for n in range(-6, 7))
_COARSE = (Fraction(0), Fraction(1), Fraction(-1), Fraction(2))
_FAR = (Fraction(10), Fraction(-10), Fraction(1000), Fraction(-1000))
_TURNS = tuple(Fraction(n, 2) for n in range(-8, 9) if n)
_MOST_LETTERS = 3
_BITS = 320


def difference(answer: Formula, key: Formula) -> Finding | None:
    """A reason why they differ; None where no point tells."""
    names = tuple(sorted(set(letters(answer)) | set(letters(key))))
    if len(names) > _MOST_LETTERS or any(I in walk(value) for value in atoms(answer) + atoms(key)):
        return None
    told = []
    for point in _points(names):
        mine, theirs = _holds(answer, point), _holds(key, point)
        if mine is not None and theirs is not None:
            told.append((mine, theirs))
    return line.different(told, "counterexample") if any(mine != theirs for mine, theirs in told) else None


def _points(names: tuple[str, ...]) -> Iterator[dict[str, Core]]:
    if len(names) == 1:
        values = [*map(q, _FINE + _FAR), *(mul(q(turn), PI) for turn in _TURNS)]
    else:
        values = list(map(q, _COARSE))
    for chosen in product(values, repeat=len(names)):
        yield dict(zip(names, chosen, strict=True))


def _holds(item: Formula, point: dict[str, Core]) -> bool | None:
    """None where it cannot be seen."""
    if item.kind in ("true", "false"):
        return item.kind == "true"
    if item.items:
        found = [_holds(part, point) for part in item.items]
        settling = item.kind == "or"
        if settling in found:
            return settling
        return None if None in found else not settling
    sign = _sign(item.value, point) if item.value is not None else None
    return None if sign is None else line.RELATIONS[item.op](sign)


def _sign(value: Core, point: dict[str, Core]) -> int | None:
    """Where every part has a real value: 0·(1/0) would be folded to 0."""
    try:
        for node in walk(value):
            if node.kind in ("^", "f") and not real_throughout(_folded(node, point), {}, _BITS):
                return None
        there = _folded(value, point)
        ball = evaluate(there, {}, _BITS)
    except Unclear:
        return None
    if there.rational:
        return int(there.value > 0) - int(there.value < 0)
    if not is_real(ball) or ball.contains(0):
        return None
    return 1 if ball > 0 else -1


def _folded(node: Core, point: dict[str, Core]) -> Core:
    """The value there, with what functions are known to be: sin(π) is exactly 0."""
    if node.kind == "s":
        return point[node.name]
    if not node.parts:
        return node
    parts = tuple(_folded(part, point) for part in node.parts)
    return apply(node.name, parts) if node.kind == "f" else rebuilt(node, parts)

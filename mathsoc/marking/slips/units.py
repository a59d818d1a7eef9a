"""Slips with units: left out, of another size, of another dimension; every other slip with the right one."""

from __future__ import annotations

from math import log

from ..syntax.tree import Node, Quantity
from ..syntax.unit_words import spellings
from ..syntax.units import Atom, Unit
from .rewriting import Slips

_LENGTH = (("L", 1),)
_TOO_NEAR = log(5)  # a yard for a metre is no likely slip


def measured(slips: Slips, key: Node, unit: Unit) -> Slips:
    """The slips of a bare number, as answers with the unit of the question."""
    yield "unit-missing", key
    other = _of_another_size(unit)
    if other is not None:
        yield "unit-size", Quantity(key, other)
    atom, power = unit.factors[0]
    if atom.dimension == _LENGTH and power > 0:
        yield "unit-dimension", Quantity(key, Unit(((atom, power + 1), *unit.factors[1:])))
    for name, node in slips:
        if not name.startswith("percent"):
            yield name, Quantity(node, unit)


def _of_another_size(unit: Unit) -> Unit | None:
    """The unit with its first part ten or a hundred times too big or too small, or what comes nearest."""
    first, power = unit.factors[0]
    found = sorted(
        (distance, atom.symbol, atom)
        for atoms in spellings().symbols.values()
        for atom in atoms
        if (distance := _distance(atom, first)) is not None and distance >= _TOO_NEAR
    )
    return Unit(((found[0][2], power), *unit.factors[1:])) if found else None


def _distance(one: Atom, other: Atom) -> float | None:
    """How many times one is the other, as a logarithm; None where they measure different things."""
    if one.dimension != other.dimension or one.zero or other.zero:
        return None
    return abs(log(one.size / other.size))

"""Units as values: what they measure, how big they are, how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from .unit_table import CURRENCIES, NAMES

Dimension: TypeAlias = tuple[tuple[str, int], ...]

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_TIGHT = frozenset(("°", "p", "c", "¢"))  # no space before these
_SIGNS = frozenset(CURRENCIES.values())  # stand before the number


@dataclass(frozen=True, slots=True)
class Atom:
    """One unit with its prefix. In base units it is `size`·π^`pi`; `zero` is where its scale starts."""

    symbol: str
    dimension: Dimension
    size: Fraction
    pi: int = 0
    zero: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of units, in the order as written; no unit stands in it twice."""

    factors: tuple[tuple[Atom, int], ...]

    @property
    def dimension(self) -> Dimension:
        return collected(
            (name, times * power) for atom, power in self.factors for name, times in atom.dimension
        )

    @property
    def size(self) -> Fraction:
        product = Fraction(1)
        for atom, power in self.factors:
            product *= atom.size**power
        return product

    @property
    def pi(self) -> int:
        return sum(atom.pi * power for atom, power in self.factors)

    @property
    def zero(self) -> Fraction:
        """In base units; only a temperature that stands alone has one: in J/°C a degree is a step."""
        return self.factors[0][0].zero if len(self.factors) == 1 and self.factors[0][1] == 1 else Fraction(0)

    @property
    def sign(self) -> str:
        """What stands before the number: £ in £3/kg."""
        atom, power = self.factors[0]
        return atom.symbol if atom.symbol in _SIGNS and power == 1 else ""

    @property
    def mixes_money(self) -> bool:
        """Is money multiplied by something, as in £ kg? That has no meaning."""
        above = [atom for atom, power in self.factors if power > 0]
        return len(above) > 1 and any(name in CURRENCIES for atom in above for name, _ in atom.dimension)

    @property
    def top(self) -> tuple[tuple[str, int], ...]:
        """Symbols and powers above the line, or all of them where none has a positive power."""
        above = tuple((atom.symbol, power) for atom, power in self.factors if power > 0)
        return above or tuple((atom.symbol, power) for atom, power in self.factors)

    @property
    def bottom(self) -> tuple[tuple[str, int], ...]:
        """Symbols and powers below the line."""
        below = tuple((atom.symbol, -power) for atom, power in self.factors if power < 0)
        return below if len(below) < len(self.factors) else ()

    @property
    def text(self) -> str:
        """The unit in one line: m/s², J/(kg·K), s⁻¹, £/kg."""
        below = _joined(self.bottom)
        if len(self.bottom) > 1:
            below = f"({below})"
        return _joined(self.top) + ("/" + below if below else "")

    @property
    def spaced(self) -> bool:
        """Does a space stand between the number and the unit?"""
        return not (len(self.top) == 1 and self.top[0][0] in _TIGHT and self.top[0][1] == 1)


def unit_of(factors: list[tuple[Atom, int]]) -> Unit | None:
    """The unit with like factors collected; None where nothing is left."""
    powers: dict[Atom, int] = {}
    for atom, power in factors:
        powers[atom] = powers.get(atom, 0) + power
    kept = tuple((atom, power) for atom, power in powers.items() if power)
    return Unit(kept) if kept else None


def collected(pairs: Iterable[tuple[str, int]]) -> Dimension:
    """A dimension in its one normal form."""
    powers: dict[str, int] = {}
    for name, power in pairs:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def dimension(text: str) -> Dimension:
    """From `M L2 T-2` to the powers of mass, length and time."""
    return collected((part.rstrip("-0123456789"), _power(part)) for part in text.split())


def _power(part: str) -> int:
    digits = part.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits else 1


_NAMES = {dimension(text): name for text, name in NAMES.items()}


def name_of(what: Dimension) -> str:
    """`an area`; "" where the dimension has no everyday name."""
    return _NAMES.get(what, "")


def _joined(pairs: tuple[tuple[str, int], ...]) -> str:
    return "·".join(symbol + (str(power).translate(_RAISED) if power != 1 else "") for symbol, power in pairs)

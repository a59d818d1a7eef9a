"""What can be said of the range of a real expression at a glance: e^x > 0, x² ≥ 0, −1 ≤ cos(x) ≤ 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .node import Core

_ENTIRE = frozenset(("sin", "cos", "arctan", "abs"))
_CONSTANTS = {"pi": (Fraction(3), Fraction(4)), "e": (Fraction(2), Fraction(3))}


@dataclass(frozen=True, slots=True)
class Bound:
    """The value is at least (at most) `value`, and never equal to it if `strict`."""

    value: Fraction
    strict: bool = False


def is_positive(node: Core) -> bool:
    """Is the value surely real and above 0 at every real point?"""
    low = _low(node) if is_entire(node) else None
    return low is not None and (low.value > 0 or (low.value == 0 and low.strict))


def is_nonnegative(node: Core) -> bool:
    """Is the value surely real and at least 0 at every real point?"""
    low = _low(node) if is_entire(node) else None
    return low is not None and low.value >= 0


def is_entire(node: Core) -> bool:
    """Has the expression a real value at every real point?"""
    match node.kind:
        case "q" | "s":
            return True
        case "k":
            return node.name in _CONSTANTS
        case "f":
            return node.name in _ENTIRE and is_entire(node.parts[0])
        case "^":
            base, exponent = node.parts
            if exponent.kind == "q" and exponent.value.denominator == 1 and exponent.value >= 0:
                return is_entire(base)
            return is_positive(base) and is_entire(exponent)
    return all(map(is_entire, node.parts))


def _low(node: Core) -> Bound | None:
    """A lower bound; the node must be entire."""
    match node.kind:
        case "q":
            return Bound(node.value)
        case "k":
            return Bound(_CONSTANTS[node.name][0])
        case "f":
            return {"sin": Bound(Fraction(-1)), "cos": Bound(Fraction(-1)), "abs": Bound(Fraction(0))}.get(
                node.name
            )
        case "^":
            base, exponent = node.parts
            if is_positive(base):
                return Bound(Fraction(0), True)
            return Bound(Fraction(0)) if exponent.whole is not None and exponent.whole % 2 == 0 else None
        case "+":
            return _sum([_low(part) for part in node.parts])
        case "*":
            return _low_of_product(node)
    return None


def _low_of_product(node: Core) -> Bound | None:
    if node.value < 0:
        high = _high(node.parts[0]) if len(node.parts) == 1 else None
        return Bound(node.value * high.value, high.strict) if high is not None else None
    lows = [_low(part) for part in node.parts]
    if len(lows) == 1 and lows[0] is not None:
        return Bound(node.value * lows[0].value, lows[0].strict)
    if all(low is not None and low.value >= 0 for low in lows):
        return Bound(Fraction(0), all(map(is_positive, node.parts)))
    return None


def _high(node: Core) -> Bound | None:
    if node.kind == "f" and node.name in ("sin", "cos"):
        return Bound(Fraction(1))
    return Bound(_CONSTANTS[node.name][1]) if node.kind == "k" else None


def _sum(bounds: list[Bound | None]) -> Bound | None:
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return None
    return Bound(sum((bound.value for bound in known), Fraction(0)), any(bound.strict for bound in known))

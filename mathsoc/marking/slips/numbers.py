"""Slips where a number is asked for: work left undone, rounded decimals, signs, places and units of angle."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from ..algebra.convert import core
from ..algebra.core import divide, mul
from ..algebra.node import PI, Core, q
from ..algebra.surds import prime_powers
from ..algebra.written import number, written
from ..judging.nearness import rational as near
from ..judging.number import leading_place, unit_of_last_figure
from ..results import Undecided
from ..scheme import Scheme
from ..syntax.tree import (
    Call,
    Mixed,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    children,
    rebuild,
    walk,
)
from .rewriting import (
    ONE,
    Slips,
    decimal,
    flipped_terms,
    has_both_signs,
    negated,
    plus,
    upper_sign,
)

_TWO = Number("2")
_LARGEST_BOTTOM = 100  # of a fraction that somebody would leave uncancelled
_MOST_BITS = 200
_LARGEST = 10**12  # beyond it nobody writes a square or a double by hand


def slips(key: Node, scheme: Scheme) -> Slips:
    if has_both_signs(key):
        yield "one-of-two", upper_sign(key)
        return
    value = core(key)
    if value.rational and _monstrous(value.value):
        yield "sign", negated(key)
        return
    yield from _decimals(key, value, scheme)
    yield from _unfinished(key, value)
    yield "sign", negated(key)
    yield from flipped_terms(key)
    yield from _angles(key, value)
    if value.rational:
        yield from _misplaced(key, value.value, one_off=scheme.tolerance is None)
    elif scheme.tolerance is None:
        yield "one-off", plus(key, ONE)
    if isinstance(key, Mixed):
        part = Quotient(number(key.numerator), number(key.denominator))
        yield "mixed-as-product", Product((number(key.whole), part))


# Right in value, but not worked out.


def _unfinished(key: Node, value: Core) -> Slips:
    if value.whole is not None:
        yield from _whole_unfinished(value.whole)
    elif value.rational and value.value.denominator <= _LARGEST_BOTTOM:
        count, parts = abs(value.value.numerator), value.value.denominator
        sign = value.value.numerator
        yield "fraction-left", _signed(Quotient(number(2 * count), number(2 * parts)), sign)
        if count > 1:
            rest = Quotient(number(count - 1), number(parts))
            yield "sum-left", _signed(plus(rest, Quotient(ONE, number(parts))), sign)
    elif not value.rational:
        yield "sum-left", plus(key, ONE, Negative(ONE))
        top, bottom = (key.top, key.bottom) if isinstance(key, Quotient) else (key, ONE)
        yield "fraction-left", Quotient(_doubled(top), _doubled(bottom))
        if (root := _surd_left(value)) is not None:
            yield "power-left", root


def _doubled(node: Node) -> Node:
    return written(mul(q(2), core(node)))


def _whole_unfinished(whole: int) -> Slips:
    size = abs(whole)
    if size > _LARGEST:
        return
    half = size // 2 if size > 1 else size + 1
    yield "sum-left", _signed(plus(number(half), number(size - half)), whole)
    yield "fraction-left", _signed(Quotient(number(2 * size), _TWO), whole)
    factors = prime_powers(Fraction(size)) if size > 1 else ()
    if sum(count for _, count in factors) > 1:
        least = factors[0][0]
        yield "product-left", _signed(Product((number(least), number(size // least))), whole)
    if size > 1:
        base = isqrt(size)
        power = Power(number(base), _TWO) if base * base == size else Call("sqrt", (number(size * size),))
        yield "power-left", _signed(power, whole)


def _signed(node: Node, sign: int) -> Node:
    return Negative(node) if sign < 0 else node


def _surd_left(value: Core) -> Node | None:
    """√8 for 2√2."""
    if value.kind != "*" or value.value.denominator != 1 or len(value.parts) != 1:
        return None
    (part,) = value.parts
    if part.kind != "^" or not part.parts[0].rational or part.parts[1].key != "1/2":
        return None
    inside = value.value**2 * part.parts[0].value
    return _signed(Call("sqrt", (number(inside),)), value.value.numerator) if inside < _LARGEST else None


# Decimals.


def _decimals(key: Node, value: Core, scheme: Scheme) -> Slips:
    exact = _approximately(value)
    if exact is None:
        return
    if scheme.tolerance is not None:
        yield from _beside_tolerance(key, value, exact, *scheme.tolerance)
        return
    places = _places(value)
    if places is None:
        for figures in (2, 4):
            yield f"decimal-{figures}", decimal(exact, figures - 1 - leading_place(exact))
    elif places and not _is_decimal(key):
        yield "as-decimal", decimal(exact, places)


def _approximately(value: Core) -> Fraction | None:
    """The value, or a rational very near it; None where it is not real."""
    if value.rational:
        return value.value
    try:
        found = near(value)
    except Undecided:
        return None
    return None if _monstrous(found) else found


def _monstrous(value: Fraction) -> bool:
    """So large or so small that nobody works with it by hand."""
    return value != 0 and abs(value.numerator.bit_length() - value.denominator.bit_length()) > _MOST_BITS


def _beside_tolerance(key: Node, value: Core, exact: Fraction, name: str, size: float) -> Slips:
    if name not in ("dp", "sf"):
        allowed = Fraction(str(size)) * (1 if name == "absolute" else abs(exact))
        off = exact + 2 * allowed
        yield "just-outside", decimal(off, max(0, 1 - leading_place(2 * allowed)))
        return
    places = int(size) if name == "dp" else int(size) - 1 - leading_place(exact)
    if size > (1 if name == "sf" else 0):
        yield "too-few-figures", decimal(exact, places - 1)
    if not _is_decimal(key):
        yield "not-rounded", key


def _places(value: Core) -> int | None:
    """How many decimal places the value has; None where they never end."""
    if not value.rational:
        return None
    for places in range(13):
        if (value.value * 10**places).denominator == 1:
            return places
    return None


def _is_decimal(node: Node) -> bool:
    return isinstance(node.arg if isinstance(node, Negative) else node, Number)


# Other values.


def _misplaced(key: Node, value: Fraction, *, one_off: bool) -> Slips:
    """Where a tolerance allows other values, one off is none of the slips."""
    if one_off:
        yield "one-off", _one_off(key, value)
    if value.denominator == 1 or _is_decimal(key):
        yield "ten-times", _like(key, value * 10)
        if value.denominator != 1:
            yield "tenth", decimal(value / 10, (_places(q(value)) or 0) + 1)
    if value:
        yield from _turned(value)
    percent = next((part for part in walk(key) if isinstance(part, Call) and part.name == "percent"), None)
    if percent is not None:
        yield "percent-lost", _without(key, "percent")
    elif value.denominator != 1 and abs(value) <= 1 and _places(q(value)) is not None:
        yield "percent-lost", _like(key, value * 100)
    elif value.denominator == 1 and value:
        yield "percent-added", _signed(Call("percent", (number(abs(value)),)), value.numerator)


def _turned(value: Fraction) -> Slips:
    if max(abs(value.numerator), value.denominator) <= 10 * _LARGEST_BOTTOM:
        yield "upside-down", number(1 / value)


def _one_off(key: Node, value: Fraction) -> Node:
    """One in the last figure, in the numerator, or in the whole number."""
    literal = key.arg if isinstance(key, Negative) else key
    if isinstance(literal, Number):
        return _like(key, value + unit_of_last_figure(literal.text))
    return number(value + Fraction(1, value.denominator))


def _like(key: Node, value: Fraction) -> Node:
    """A decimal where the key is one, else a whole number or a fraction."""
    literal = key.arg if isinstance(key, Negative) else key
    if isinstance(literal, Number) and "." in literal.text and (places := _places(q(value))) is not None:
        return decimal(value, places)
    return number(value)


def _angles(key: Node, value: Core) -> Slips:
    if any(isinstance(part, Call) and part.name == "degree" for part in walk(key)):
        yield "degrees-lost", _without(key, "degree")
        return
    degrees = divide(mul(value, q(180)), PI)
    if degrees.rational and degrees.value:
        yield "degrees-for-radians", number(degrees.value)


def _without(node: Node, name: str) -> Node:
    parts = tuple(_without(child, name) for child in children(node))
    if isinstance(node, Call) and node.name == name:
        return parts[0]
    return rebuild(node, parts) if parts else node

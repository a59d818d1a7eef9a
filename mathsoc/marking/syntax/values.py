"""What can be said of a constant before any marking: no division by zero, nothing of monstrous size.

One pass from the leaves up gives each node its exact value where that is a small rational, and an upper
bound on its size, so that no later layer can meet a number that it cannot hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from .. import limits
from ..results import ReadError
from .tree import (
    Call,
    Constant,
    Group,
    Mixed,
    Negative,
    Node,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    Symbol,
    children,
    contains,
    walk,
)

_BOUNDED_BY_ONE = frozenset(("sin", "cos", "tanh", "sech", "sign", "cis"))
_LOGARITHMIC = frozenset((
    "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot", "arsinh", "arcosh", "artanh", "arg",
))  # fmt: skip
_UNBOUNDED = frozenset(("tan", "sec", "csc", "cot"))
_TRIGONOMETRIC_BITS = 10.0  # tan(1.57) is 1256; whoever types more digits of π/2 meets later limits
_UNSEEN = 10.0  # bits that are granted to 1/a where a is not known exactly: e^(1/√2) is no monster
_SMALL_FACTORIAL = 20  # worked out exactly, such that e^(3!) is no monster
_SHORT, _FEW = 20, 2  # all numbers of 20 figures that can be typed, and two 99th powers, are not too big
_TAME = frozenset(("sin", "cos", "tan", "sqrt", "abs"))  # of what is not monstrous, neither are these
_HARMLESS = frozenset((Symbol, Constant, Sum, Product, Negative, PlusMinus, Relation, Group))
TOO_BIG = "This number is too big to work out."
NO_ZERO = "Nothing can be divided by 0."


@dataclass(frozen=True, slots=True)
class Weight:
    """`exact`: the rational value if known. `bits`: |value| ≤ 2^bits; None where a letter stands inside."""

    exact: Fraction | None
    bits: float | None


_FREE = Weight(None, None)


def check_values(tree: Node) -> None:
    """Raises ReadError for a division by zero or a constant that is too big."""
    if not _plainly_small(tree):
        _weigh(tree)


def _plainly_small(tree: Node) -> bool:
    """Is it seen at a glance that nothing is too big or divided by zero? So it is for most answers."""
    powers = 0
    stack = [tree]
    while stack:
        node = stack.pop()
        if type(node) not in _HARMLESS and not _tame(node):
            return False
        if isinstance(node, Power):
            powers += not isinstance(node.base, Symbol)
            if powers > _FEW:
                return False
            stack.append(node.base)
        else:
            stack.extend(children(node))
    return True


def _tame(node: Node) -> bool:
    match node:
        case Number(text=text):
            return len(text) <= _SHORT and "e" not in text
        case Power(base=base, exponent=Number(text=text)):
            short = len(text) <= 2 and text.isdigit() and text[0] != "0"
            return short and (isinstance(base, Symbol | Number | Constant) or contains(base, Symbol))
        case Quotient(bottom=Number(text=text)):
            return bool(text.strip("0."))
        case Quotient(bottom=bottom):
            return contains(bottom, Symbol)
        case Call(name=name):
            return name in _TAME
    return False


def _of(value: Fraction) -> Weight:
    size = max(value.numerator.bit_length(), value.denominator.bit_length())
    if size > limits.MAX_MAGNITUDE_BITS:
        raise ReadError(TOO_BIG)
    return Weight(value if size <= limits.MAX_POWER_BITS else None, _log2(value))


def _log2(value: Fraction) -> float:
    if value == 0:
        return 0.0
    return math.log2(abs(value.numerator)) - math.log2(value.denominator)


def _weigh(node: Node) -> Weight:
    match node:
        case Number(text=text):
            _, _, power = text.partition("e")
            if power and abs(int(power)) > 4000:
                raise ReadError(TOO_BIG)
            return _of(node.value)
        case Mixed():
            if node.denominator == 0:
                raise ReadError(NO_ZERO)
            return _of(node.value)
        case Constant(name=name):
            return Weight(None, {"pi": 1.7, "e": 1.45}.get(name, 0.0))
    parts = [_weigh(child) for child in children(node)]
    match node:
        case Sum() | Negative() | PlusMinus():
            return _sum(node, parts)
        case Product():
            return _product(parts)
        case Quotient():
            return _quotient(parts[0], parts[1])
        case Power():
            return _power(parts[0], parts[1])
        case Call():
            return _call(node, parts)
    return _FREE


def _sum(node: Node, parts: list[Weight]) -> Weight:
    if isinstance(node, Negative):
        return Weight(None if parts[0].exact is None else -parts[0].exact, parts[0].bits)
    values = [part.exact for part in parts]
    exact = None
    if not isinstance(node, PlusMinus) and None not in values:
        exact = sum((value for value in values if value is not None), Fraction(0))
    known = [part.bits for part in parts if part.bits is not None]
    if len(known) < len(parts):
        return _FREE
    return _of(exact) if exact is not None else _bounded(max(known) + math.log2(len(parts)) if known else 0.0)


def _bounded(bits: float) -> Weight:
    if bits > limits.MAX_MAGNITUDE_BITS:
        raise ReadError(TOO_BIG)
    return Weight(None, bits)


def _product(parts: list[Weight]) -> Weight:
    if any(part.exact == 0 for part in parts):
        return Weight(Fraction(0), 0.0)
    if any(part.bits is None for part in parts):
        return _FREE
    exact: Fraction | None = Fraction(1)
    for part in parts:
        exact = exact * part.exact if exact is not None and part.exact is not None else None
        if exact is not None and exact.numerator.bit_length() > limits.MAX_MAGNITUDE_BITS:
            raise ReadError(TOO_BIG)
    return _of(exact) if exact is not None else _bounded(sum(part.bits or 0.0 for part in parts))


def _quotient(top: Weight, bottom: Weight) -> Weight:
    if bottom.exact == 0:
        raise ReadError(NO_ZERO)
    if top.exact is not None and bottom.exact is not None:
        return _of(top.exact / bottom.exact)
    if top.bits is None or bottom.bits is None:
        return _FREE
    return _bounded(top.bits + (abs(_log2(bottom.exact)) if bottom.exact is not None else _UNSEEN))


def _power(base: Weight, exponent: Weight) -> Weight:
    if (
        exponent.exact is not None
        and abs(exponent.exact) > limits.MAX_EXPONENT
        and base.exact not in (0, 1, -1)
    ):
        raise ReadError("This power is too big to work out.")
    if base.exact == 0 and exponent.exact is not None and exponent.exact <= 0:
        raise ReadError("0^0 has no value." if exponent.exact == 0 else NO_ZERO)
    if base.bits is None or exponent.bits is None:
        return _FREE
    if base.exact in (0, 1, -1):
        whole = exponent.exact is not None and exponent.exact.denominator == 1
        return (
            _of(base.exact ** int(exponent.exact))
            if whole and exponent.exact is not None
            else Weight(None, 0.0)
        )
    if exponent.bits > 40:
        raise ReadError(TOO_BIG)
    times = abs(float(exponent.exact)) if exponent.exact is not None else 2.0**exponent.bits
    size = times * max(abs(base.bits), 1e-12)
    if size > limits.MAX_MAGNITUDE_BITS:
        raise ReadError(TOO_BIG)
    fits = exponent.exact is not None and exponent.exact.denominator == 1 and base.exact is not None
    if fits and exponent.exact is not None and base.exact is not None:
        pieces = max(base.exact.numerator.bit_length(), base.exact.denominator.bit_length())
        if pieces * times <= limits.MAX_POWER_BITS:
            return _of(base.exact ** int(exponent.exact))
    return Weight(None, size)


def _call(node: Call, parts: list[Weight]) -> Weight:
    arg = parts[0]
    if node.name == "percent":
        return _quotient(arg, Weight(Fraction(100), 7.0))
    if node.name in ("factorial", "permutations", "binomial", "gcd", "lcm"):
        return _counting(node.name, parts)
    if any(part.bits is None for part in parts) or arg.bits is None:
        return _FREE
    if node.name in ("exp", "sinh", "cosh", "csch", "coth"):
        return _bounded(1.45 * 2.0**arg.bits if arg.bits < 40 else math.inf)
    if node.name == "log" and len(parts) == 2 and parts[1].exact in (0, 1):
        raise ReadError(f"A logarithm to base {parts[1].exact} has no value.")
    if node.name in ("ln", "log") and arg.exact == 0:
        raise ReadError("0 has no logarithm.")
    if node.name == "root" and parts[1].exact == 0:
        raise ReadError("There is no 0th root.")
    if node.name in ("abs", "re", "im", "conj"):
        known = node.name == "abs" and arg.exact is not None
        return _of(abs(arg.exact)) if known and arg.exact is not None else Weight(None, arg.bits)
    if node.name in ("sqrt", "root", "cbrt"):
        return Weight(None, max(arg.bits, 0.0) / 2 if node.name == "sqrt" else max(arg.bits, 0.0))
    return Weight(None, _size_of_function(node, parts))


def _size_of_function(node: Call, parts: list[Weight]) -> float:
    """log₂ of a bound for what the functions of calculators give for numbers that can be typed."""
    if node.name in ("ln", "log"):
        size = _log2_of_logarithm(parts[0])
        base = parts[1].exact if len(parts) > 1 else None
        if len(parts) == 1:
            return size
        return size - _log2_of_logarithm(parts[1]) if base is not None and base > 0 else 16.0
    if node.name in _LOGARITHMIC:
        return max(2.0, _log2_of_logarithm(Weight(None, parts[0].bits)))
    if node.name in _BOUNDED_BY_ONE:
        complex_ = any(part == Constant("i") for part in walk(node))
        return 16.0 if complex_ else 0.0
    return _TRIGONOMETRIC_BITS if node.name in _UNBOUNDED else max(parts[0].bits or 0.0, 64.0)


def _log2_of_logarithm(weight: Weight) -> float:
    """Of |ln x|: exactly where x is known, else as if x took no more bits than its bound, or 64."""
    if weight.exact is not None and weight.exact > 0:
        value = weight.exact
        size = abs(_log2(value)) * math.log(2)
        return math.log2(size) if size > 1e-9 else -30.0
    return math.log2(max(abs(weight.bits or 0.0), 64.0))


def _counting(name: str, parts: list[Weight]) -> Weight:
    for part in parts:
        if part.exact is not None and abs(part.exact) > limits.MAX_FACTORIAL and name not in ("gcd", "lcm"):
            raise ReadError(TOO_BIG)
        if name == "factorial" and part.exact is not None and part.exact.denominator == 1 and part.exact < 0:
            raise ReadError("A negative whole number has no factorial.")
    whole = [int(part.exact) for part in parts if part.exact is not None and part.exact.denominator == 1]
    if name == "factorial" and whole and 0 <= whole[0] <= _SMALL_FACTORIAL:
        return _of(Fraction(math.factorial(whole[0])))
    constant = all(part.bits is not None for part in parts)
    if constant and any((part.bits or 0.0) > 10 for part in parts) and name not in ("gcd", "lcm"):
        raise ReadError(TOO_BIG)
    return Weight(None, 4500.0) if constant else _FREE

"""Is a product of powers of one base left to be put together, as in x²·x³, x³/x, (2x)(3x) or (x²)³?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from ..algebra.convert import core
from ..algebra.core import base_and_exponent, split
from ..algebra.node import Core, symbols
from ..syntax.tree import Call, Constant, Negative, Node, Number, Power, Product, Quotient, Symbol, walk

_POSITIVE = (Constant("e"), Constant("pi"))


def powers_left(tree: Node) -> bool:
    """Would the laws of indices make one power of several, or of a power of a power?"""
    return any(map(_left, walk(tree)))


def _left(node: Node) -> bool:
    match node:
        case Product():
            return _meet(node) or _numbers_apart(node)
        case Quotient(top=top, bottom=bottom):
            return _meet(node) or bool(_common(core(top)) & _common(core(bottom)))
        case Power(base=base, exponent=exponent):
            return _of_product(base, core(exponent)) or _of_power(base, core(exponent))
        case Call(name="sqrt" | "root"):
            below, outer, _ = _taken_apart(node)
            return _of_power(below, outer)
    return False


# Factors.


@dataclass(frozen=True)
class _Factor:
    """base^count in what is multiplied and divided; `count` is None above a letter, as in x^n."""

    base: str
    count: Fraction | None
    root: bool
    letters: bool


def _meet(node: Node) -> bool:
    """Do two factors have one base?"""
    found = list(_factors(node, 1))
    return any(_one_power(*pair) for pair in combinations(found, 2))


def _factors(node: Node, sign: int) -> Iterator[_Factor]:
    match node:
        case Negative(arg=arg):
            yield from _factors(arg, sign)
        case Product(factors=parts):
            for part in parts:
                yield from _factors(part, sign)
        case Quotient(top=top, bottom=bottom):
            yield from _factors(top, sign)
            yield from _factors(bottom, -sign)
        case _ if not core(node).rational:
            base, exponent, root = _taken_apart(node)
            count = sign * exponent.value if exponent.rational else None
            yield _Factor(core(base).key, count, root, bool(symbols(core(node))))


def _taken_apart(node: Node) -> tuple[Node, Core, bool]:
    """The base and the exponent, and whether it is written with a root sign."""
    match node:
        case Power(base=base, exponent=exponent):
            return base, core(exponent), False
        case Call(name="exp", args=(arg,)):
            return Constant("e"), core(arg), False
        case Call(name="sqrt", args=(arg,)):
            return arg, core(Quotient(Number("1"), Number("2"))), True
        case Call(name="root", args=(arg, degree)):
            return arg, core(Quotient(Number("1"), degree)), True
    return node, core(Number("1")), False


def _one_power(one: _Factor, other: _Factor) -> bool:
    """x·x³ and x/√x are; x√x, √x/x and √x·∛x are left as they are."""
    if one.base != other.base or not (one.letters or other.letters):
        return False
    if not one.root and not other.root:
        return True
    if one.count is None or other.count is None:
        return False
    if (one.count + other.count).denominator == 1:
        return True
    power, root = (other, one) if one.root else (one, other)
    return (
        not power.root and power.count is not None and root.count is not None and power.count > 0 > root.count
    )


def _common(value: Core) -> set[str]:
    """The bases with letters whose whole powers multiply everything: x in x² + x."""
    if value.kind == "+":
        return set.intersection(*map(_common, value.parts))
    factors = value.parts if value.kind == "*" else (value,)
    pairs = [base_and_exponent(factor) for factor in factors]
    return {base.key for base, exponent in pairs if symbols(base) and (exponent.whole or 0) > 0}


def _numbers_apart(node: Product) -> bool:
    """(2x)(3y): two numbers in brackets of their own."""
    return sum(core(part).rational for part in _flat(node)) > 1 and not _standard(node)


def _flat(node: Node) -> Iterator[Node]:
    match node:
        case Negative(arg=Product() as arg):
            yield from _flat(arg)
        case Product(factors=parts) if not _standard(node):
            for part in parts:
                yield from _flat(part)
        case _:
            yield node


def _standard(node: Node) -> bool:
    return isinstance(node, Product) and any(
        isinstance(part, Power) and part.base == Number("10") for part in node.factors
    )


# Powers of powers.


def _of_product(base: Node, exponent: Core) -> bool:
    """(−x)², (2x)³ and (x²y)³, but neither (xy)² nor (2π/T)²."""
    whole = exponent.whole
    if whole is None or abs(whole) < 2:
        return False
    if isinstance(base, Negative):
        return True
    parts = list(_flat(base)) if isinstance(base, Product) else []
    if any(isinstance(part, Power) and core(part.exponent).rational for part in parts):
        return True
    inner = [part.base if isinstance(part, Power) else part for part in parts]
    return any(core(part).rational for part in parts) and all(isinstance(p, Symbol | Number) for p in inner)


def _of_power(base: Node, outer: Core) -> bool:
    """(x²)³, (√x)⁴, √(x⁴) and (e⁴)^(1/2) are one power; √(x²) and (x²)^(3/2) are not, for they hide |x|."""
    below, inner, root = _taken_apart(base)
    if below is base:
        return False
    if not root and outer.whole is not None:
        return True
    count = split(inner)[0] * split(outer)[0]
    if count.denominator != 1:
        return False
    if below in _POSITIVE or isinstance(below, Number):
        return True
    plain = inner.rational and outer.rational
    return plain and (inner.value.numerator % 2 != 0 or count.numerator % 2 == 0)

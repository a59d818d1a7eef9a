"""The form of an answer, judged on the tree as typed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd

from .convert import core
from .core import Core, split
from .results import NeedsPool
from .tree import (
    Call,
    Mixed,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    walk,
)  # fmt: skip
from .values import exact_value

REASONS = {
    "evaluated": "The value is right, but it is not worked out.",
    "lowest-terms": "The value is right, but a fraction is not in its lowest terms.",
    "exact": "The value is right, but give it exactly, without a decimal.",
    "factorised": "This is equal, but not fully factorised.",
    "expanded": "This is equal, but not fully expanded.",
}


def has_form(tree: Node, form: str, in_place: bool) -> bool:
    """Is the tree in the form asked for? Raises NeedsPool where polynomials must be factorised."""
    if form == "factorised" and in_place and not _plainly_factorised(tree):
        raise NeedsPool
    return _CHECKS[form](tree)


def _any(_: Node) -> bool:
    return True


# Evaluated.


def _evaluated(tree: Node) -> bool:
    """No sum, product, power or function of numbers is left that has a rational value."""
    return all(not _unfinished(node) for node in walk(tree)) and _fractions_reduced(tree)


def _unfinished(node: Node) -> bool:
    match node:
        case Sum(terms=terms):
            return sum(exact_value(term) is not None for term in terms) > 1
        case Product(factors=(Number(), Power(base=Number(text="10")))):
            return False
        case Product(factors=parts):
            return sum(exact_value(part) is not None for part in parts) > 1
        case Quotient(top=top, bottom=bottom):
            literal = all(isinstance(_unsigned(part), Number) for part in (top, bottom))
            return exact_value(node) is not None and not literal
        case Power(base=base, exponent=exponent):
            worked_out = core(node).rational
            return worked_out and not (base == Number("10") and exact_value(exponent) is not None)
        case Call(name="percent" | "degree"):
            return False
        case Call():
            return core(node).rational
    return False


def _unsigned(node: Node) -> Node:
    return node.arg if isinstance(node, Negative) else node


# Lowest terms.


def _fractions_reduced(tree: Node) -> bool:
    return all(map(_reduced, walk(tree)))


def _reduced(node: Node) -> bool:
    if isinstance(node, Negative) and isinstance(node.arg, Quotient):
        return not isinstance(node.arg.bottom, Negative)
    if isinstance(node, Mixed):
        return gcd(node.numerator, node.denominator) == 1
    if not isinstance(node, Quotient):
        return True
    if isinstance(node.top, Negative) and isinstance(node.bottom, Negative):
        return False
    top, bottom = _whole_factor(node.top), _whole_factor(node.bottom)
    return top is None or bottom is None or gcd(top, bottom) == 1


def _whole_factor(node: Node) -> int | None:
    """The whole number that multiplies everything in a numerator or denominator."""
    if isinstance(node, Sum):
        found = [_whole_factor(term) for term in node.terms]
        return gcd(*(value for value in found if value is not None)) if None not in found else None
    value = split(core(node))[0]
    return abs(value.numerator) if value.denominator == 1 else None


# Exact.


def _exact(tree: Node) -> bool:
    return not any(isinstance(node, Number) and ("." in node.text or "e" in node.text) for node in walk(tree))


# Expanded.


def _expanded(tree: Node) -> bool:
    return all(not _multiplies_sum(node) for node in walk(tree)) and _collected(tree)


def _multiplies_sum(node: Node) -> bool:
    match node:
        case Product(factors=parts):
            return any(isinstance(_unsigned(part), Sum) for part in parts)
        case Negative(arg=Sum()) | Negative(arg=Negative()):
            return True
        case Power(base=base, exponent=exponent):
            value = exact_value(exponent)
            whole = value is not None and value.denominator == 1 and value > 1
            return whole and isinstance(_unsigned(base), Sum | Product)
        case Quotient(top=Sum(), bottom=bottom):
            return exact_value(bottom) is not None
    return False


def _collected(tree: Node) -> bool:
    """No two terms that could be put together."""
    terms = tree.terms if isinstance(tree, Sum) else (tree,)
    return len({split(core(term))[1].key for term in terms}) == len(terms)


# Factorised.


def _plainly_factorised(tree: Node) -> bool:
    return all(not isinstance(factor, Sum) for factor in _factors(tree))


def _factors(tree: Node) -> list[Node]:
    """What is multiplied, signs and whole powers taken off."""
    match tree:
        case Negative(arg=arg):
            return _factors(arg)
        case Product(factors=parts):
            return [factor for part in parts for factor in _factors(part)]
        case Power(base=base, exponent=exponent):
            value = exact_value(exponent)
            return _factors(base) if value is not None and value.denominator == 1 else [tree]
        case Quotient(top=top, bottom=bottom):
            return [*_factors(top), *_factors(bottom)]
    return [tree]


def _factorised(tree: Node) -> bool:
    return all(_irreducible(factor) for factor in _factors(tree) if isinstance(factor, Sum))


def _irreducible(factor: Sum) -> bool:
    """No factor over the rationals can be taken out of a sum, and no common whole number."""
    from .algebra import Ring, factors

    value = core(factor)
    if _common_number(value) != 1:
        return False
    ring = Ring.of(value)
    top, bottom = ring.fraction(value)
    if not bottom.is_constant():
        return False
    parts = factors(top)
    powers = sum(top.degrees()) if parts else 0
    return len(parts) <= 1 and (not parts or sum(parts[0].degrees()) == powers)


def _common_number(value: Core) -> Fraction | int:
    terms = value.parts if value.kind == "+" else (value,)
    numbers = [split(term)[0] for term in terms]
    if any(number.denominator != 1 for number in numbers):
        return 1
    return gcd(*(abs(number.numerator) for number in numbers))


_CHECKS: dict[str, Callable[[Node], bool]] = {
    "any": _any,
    "evaluated": _evaluated,
    "lowest-terms": _fractions_reduced,
    "exact": _exact,
    "expanded": _expanded,
    "factorised": _factorised,
}

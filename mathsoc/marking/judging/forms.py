"""The form of an answer, judged on the tree as typed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd

from ..algebra.convert import core
from ..algebra.core import split
from ..algebra.node import Core
from ..results import NeedsPool
from ..syntax.tree import (
    Call,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    walk,
)
from .evaluated import evaluated
from .lowest_terms import lowest_terms, unsigned, without_double_signs
from .polynomial_forms import in_factors, in_terms, polynomial

REASONS = {
    "evaluated": "The value is right, but it is not worked out.",
    "lowest-terms": "The value is right, but a fraction is not in its lowest terms.",
    "exact": "The value is right, but give it exactly, without a decimal.",
    "factorised": "This is equal, but not fully factorised.",
    "expanded": "This is equal, but not fully expanded.",
}


_TWO_SIGNS = "The value is right, but two minus signs cancel. Write it without them."


def reason(tree: Node, form: str) -> str:
    """Why the tree has not the form."""
    if form == "lowest-terms" and lowest_terms(without_double_signs(tree)):
        return _TWO_SIGNS
    return REASONS[form]


def has_form(tree: Node, key: Node, form: str, in_place: bool) -> bool:
    """Is the tree in the form asked for? Raises NeedsPool where polynomials must be factorised."""
    made = _MADE.get(form)
    if made is not None and polynomial(key) and not made(tree):
        return False
    if form == "factorised" and in_place and not _plainly_factorised(tree):
        raise NeedsPool
    return _CHECKS[form](tree)


def _any(_: Node) -> bool:
    return True


# Exact.


def _exact(tree: Node) -> bool:
    return not any(isinstance(node, Number) and ("." in node.text or "e" in node.text) for node in walk(tree))


# Expanded.


def _expanded(tree: Node) -> bool:
    return all(not _multiplies_sum(node) for node in walk(tree)) and _collected(tree)


def _multiplies_sum(node: Node) -> bool:
    match node:
        case Product(factors=parts):
            return any(isinstance(unsigned(part), Sum) for part in parts)
        case Negative(arg=Sum()) | Negative(arg=Negative()):
            return True
        case Power(base=base, exponent=exponent):
            count = core(exponent).whole
            return count not in (None, -1) and _holds_sum(unsigned(base))
        case Quotient(top=Sum(), bottom=bottom):
            return core(bottom).rational
        case Call():
            return _wraps(node)
    return False


def _holds_sum(base: Node) -> bool:
    """A sum or a product, or a root of anything, whose powers would be multiplied out."""
    return isinstance(base, Sum | Product | Power) or (
        isinstance(base, Call) and base.name in ("sqrt", "root", "cbrt", "abs")
    )


def _collected(tree: Node) -> bool:
    """No two terms that could be put together."""
    terms = _terms(tree)
    return len({split(core(term))[1].key for term in terms}) == len(terms)


def _terms(tree: Node) -> list[Node]:
    """What is added, also in brackets."""
    return [term for part in tree.terms for term in _terms(part)] if isinstance(tree, Sum) else [tree]


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
            # A root of a polynomial, too, is factorised only if the polynomial is.
            return _factors(base) if core(exponent).rational else [tree]
        case Quotient(top=top, bottom=bottom):
            return [*_factors(top), *_factors(bottom)]
        case Call(name="sqrt" | "root" | "cbrt" | "abs", args=(arg, *_)):
            return _factors(arg)
    return [tree]


def _factorised(tree: Node) -> bool:
    found = _factors(tree)
    if any(_wraps(factor) for factor in found):
        return False
    return all(_irreducible(factor) for factor in found if isinstance(factor, Sum))


_PLAIN_CALLS = frozenset((
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot",
    "sinh", "cosh", "tanh", "sech", "csch", "coth", "arsinh", "arcosh", "artanh", "exp", "ln", "log",
    "factorial", "sqrt", "root", "cbrt", "abs",
))  # fmt: skip


def _wraps(node: Node) -> bool:
    """A function that may be nothing but a polynomial in disguise: max(p, p), tan(arctan(p)), e^ln(p)."""
    if isinstance(node, Power):
        return _calls_with_letters(node.exponent)
    if not isinstance(node, Call) or not _has_letters(node):
        return False
    if node.name == "root" and core(node.args[1]).whole == 1:
        return True
    return node.name not in _PLAIN_CALLS or any(_calls_with_letters(arg) for arg in node.args)


def _has_letters(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _calls_with_letters(node: Node) -> bool:
    """Is there a function of letters, or a power such as e^x, inside?"""
    return any(isinstance(part, Call) and _has_letters(part) for part in walk(node)) or any(
        isinstance(part, Power) and _has_letters(part.exponent) for part in walk(node)
    )


def _irreducible(factor: Sum) -> bool:
    """No factor over the rationals can be taken out of a sum, and no common number."""
    from ..algebra.quotients import Ring, factors

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


def _common_number(value: Core) -> Fraction:
    """What divides every term: 3 in 6x + 3, ½ in x/2 + 1/2, nothing in x + 1/2."""
    terms = value.parts if value.kind == "+" else (value,)
    numbers = [split(term)[0] for term in terms]
    above = gcd(*(abs(number.numerator) for number in numbers))
    return Fraction(above, gcd(*(number.denominator for number in numbers)))


_MADE: dict[str, Callable[[Node], bool]] = {"expanded": in_terms, "factorised": in_factors}

_CHECKS: dict[str, Callable[[Node], bool]] = {
    "any": _any,
    "evaluated": evaluated,
    "lowest-terms": lowest_terms,
    "exact": _exact,
    "expanded": _expanded,
    "factorised": _factorised,
}

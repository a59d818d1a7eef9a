"""The form of an answer, judged on the tree as typed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd

from .. import limits
from ..algebra import residues
from ..algebra.balls import Unclear, accuracy, evaluate, is_real
from ..algebra.convert import core
from ..algebra.core import split, substitute
from ..algebra.node import Core, sym, symbols
from ..results import NeedsPool
from ..syntax.tree import (
    Call,
    Mixed,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    walk,
)  # fmt: skip

# A constant this close to a fraction of this size is that fraction.
_SURE_BITS = 300
_NEAR_BITS = 250
_MAX_DENOMINATOR = 10**18

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
    if any(_unfinished(node) for node in walk(tree)) or _turns_rational(tree):
        return False
    return _fractions_reduced(tree) and not _idle_letters(tree)


def _unfinished(node: Node) -> bool:
    """Could something here be worked out to a rational number?"""
    match node:
        case Sum(terms=parts):
            return sum(core(part).rational for part in parts) > 1 or _hidden(node)
        case Product(factors=(Number(), Power(base=Number(text="10"), exponent=exponent))):
            return not _literal(exponent)
        case Power(base=Number(text="10"), exponent=exponent):
            return core(node).rational and not _literal(exponent)
        case Product(factors=parts):
            return sum(core(part).rational for part in parts) > 1 or _hidden(node)
        case Negative(arg=arg):
            return isinstance(arg, Negative)
        case Quotient(top=top, bottom=bottom):
            return _hidden(node) and not (_literal(top) and _literal(bottom))
        case Call(name="percent" | "degree", args=(arg,)):
            return not _literal(arg) and core(arg).rational
        case Power() | Call():
            return _hidden(node)
    return False


def _literal(node: Node) -> bool:
    return isinstance(_unsigned(node), Number)


def _hidden(node: Node) -> bool:
    """Is the value of something that is no literal rational, as far as the core form sees?"""
    return core(node).rational


def _turns_rational(tree: Node) -> bool:
    """A constant with roots, logarithms or sines whose value is rational after all: sin²1 + cos²1."""
    value = core(tree)
    if value.rational or symbols(value) or _idle_letters(tree):
        return False
    try:
        ball = evaluate(value, {}, limits.BALL_BITS)
    except Unclear:
        return False
    if not is_real(ball) or accuracy(ball) < _SURE_BITS:
        return False
    middle = ball.mid().fmpq()
    exact = Fraction(int(middle.p), int(middle.q))
    near = exact.limit_denominator(_MAX_DENOMINATOR)
    return abs(exact - near) < Fraction(1, 1 << _NEAR_BITS)


def _idle_letters(tree: Node) -> bool:
    """Are there letters on which the value does not depend, as in 2^x·2^(10−x)?"""
    value = core(tree)
    typed = {node.name for node in walk(tree) if isinstance(node, Symbol)}
    idle = typed - set(symbols(value))
    for name in symbols(value):
        moved = substitute(value, {name: sym(name + "'")})
        found = residues.compare(value, moved)
        if found is not None and found.same:
            return True
    return bool(idle)


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
            count = core(exponent).whole
            return count is not None and count > 0 and isinstance(_unsigned(base), Sum | Product)
        case Quotient(top=Sum(), bottom=bottom):
            return core(bottom).rational
        case Call():
            return _wraps(node)
    return False


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
    """No factor over the rationals can be taken out of a sum, and no common whole number."""
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

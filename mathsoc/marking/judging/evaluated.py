"""Is an answer worked out: one value in its usual form, with nothing left to do?"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .. import limits
from ..algebra import residues
from ..algebra.balls import Unclear, accuracy, evaluate, is_real
from ..algebra.convert import core
from ..algebra.core import add, mul, substitute
from ..algebra.node import ZERO, Core, I, sym, symbols
from ..algebra.node import walk as parts_of
from ..syntax.tree import Call, Constant, Negative, Node, Number, Power, Product, Quotient, Sum, Symbol, walk
from .lowest_terms import fractions_reduced, unsigned
from .powers import powers_left

# A constant this close to a fraction of this size is that fraction.
_SURE_BITS = 300
_NEAR_BITS = 250
_MAX_DENOMINATOR = 10**18


def evaluated(tree: Node) -> bool:
    """Nothing is left that could be worked out: no sum, product, power or function with a simpler value."""
    if any(_unfinished(node) or _loose(node) for node in walk(tree)) or _turns_rational(tree):
        return False
    return fractions_reduced(tree) and not powers_left(tree) and not _idle_letters(tree)


def _unfinished(node: Node) -> bool:
    """Could something here be worked out to a rational number?"""
    match node:
        case Sum(terms=parts):
            return sum(core(part).rational for part in parts) > 1 or _like_terms(parts) or _hidden(node)
        case Product(factors=(Number(), Power(base=Number(text="10"), exponent=exponent))):
            return not _literal(exponent)
        case Power(base=Number(text="10"), exponent=exponent):
            return core(node).rational and not _literal(exponent)
        case Product(factors=parts):
            return sum(core(part).rational for part in parts) > 1 or _hidden(node)
        case Negative(arg=arg):
            return isinstance(arg, Negative)
        case Quotient(top=top, bottom=bottom):
            return _still_divides(node) or (_hidden(node) and not (_whole(top) and _whole(bottom)))
        case Call(name="percent" | "degree", args=(arg,)):
            return not _literal(arg) and core(arg).rational
        case Power() | Call():
            return _hidden(node)
    return False


def _still_divides(node: Quotient) -> bool:
    """Is a number divided by 1, by a decimal, or a decimal by another number, as in 0.5π/2 and x/0.1?"""
    above, below = _numbers(node.top), _numbers(node.bottom)
    awkward = any(not number.whole for number in above + below) or isinstance(unsigned(node.top), Quotient)
    by_one = core(node.bottom).rational and abs(core(node.bottom).value) == 1
    return by_one or (awkward and bool(below))


def _numbers(node: Node) -> list[Number]:
    """The literals among what is multiplied and divided."""
    match unsigned(node):
        case Number() as number:
            return [number]
        case Product(factors=parts):
            return [number for part in parts for number in _numbers(part)]
        case Quotient(top=top, bottom=bottom):
            return _numbers(top) + _numbers(bottom)
    return []


def _whole(node: Node) -> bool:
    number = unsigned(node)
    return isinstance(number, Number) and number.whole


def _like_terms(terms: tuple[Node, ...]) -> bool:
    """2x + 3x is 5x."""
    tails = [core(term).tail for term in terms if not _constant(term)]
    return len(set(tails)) < len(tails)


def _literal(node: Node) -> bool:
    return isinstance(unsigned(node), Number)


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


# Values that are no rational numbers: √3 + √3, e·e, sin(π/3).


def _loose(node: Node) -> bool:
    """Could numbers that are not rational be put together here, or a function be worked out?"""
    match node:
        case Sum(terms=terms):
            constants = [unsigned(term) for term in terms if _constant(term)]
            idle = any(isinstance(term, Sum) or core(term) == ZERO for term in constants)
            return idle or _fewer([term for term in terms if _constant(term)], add)
        case Product(factors=(Number(), Power(base=Number(text="10")))):
            return False  # standard form
        case Product(factors=factors):
            constants = [factor for factor in factors if _constant(factor)]
            return _fewer(constants, mul) or _idle_one(factors) or _complex_product(constants)
        case Quotient(top=top, bottom=bottom) if _constant(top) and _constant(bottom):
            return _fewer([*_factors(top), Power(bottom, Negative(Number("1")))], mul) and not _literal(
                bottom
            )
        case Power(base=base, exponent=exponent) if _constant(base):
            whole = core(exponent).whole
            surd = isinstance(base, Sum | Product | Call) or core(base) == I
            return whole is not None and whole > 0 and surd
        case Call(name=name) if name in _WAVES and _constant(node):
            return (core(node).kind != "f" and name != "tan") or not _has_function(core(node))
    return False


_WAVES = frozenset((
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot",
    "factorial", "binomial", "permutations",
))  # fmt: skip


def _constant(node: Node) -> bool:
    return not any(isinstance(part, Symbol) for part in walk(node))


def _factors(node: Node) -> list[Node]:
    return list(node.factors) if isinstance(node, Product) else [node]


def _has_function(value: Core) -> bool:
    return any(part.kind == "f" for part in parts_of(value))


def _fewer(nodes: list[Node], together: Callable[..., Core]) -> bool:
    """Have the values of several things fewer parts together than things there are?"""
    values = [core(node) for node in nodes]
    irrational = [value for value in values if not value.rational]
    whole = together(*irrational)
    kind = "+" if together is add else "*"
    return len(irrational) > 1 and (len(whole.parts) if whole.kind == kind else 1) < len(irrational)


def _idle_one(factors: tuple[Node, ...]) -> bool:
    return any(factor == Number("1") for factor in factors)


def _complex_product(factors: list[Node]) -> bool:
    """i(2 − 3i) is still to be multiplied out; 2(1 + i) is as good as 2 + 2i."""
    unreal = [factor for factor in factors if any(part == Constant("i") for part in walk(factor))]
    rest = [factor for factor in factors if not core(factor).rational]
    return any(isinstance(factor, Sum) for factor in unreal) and len(rest) > 1

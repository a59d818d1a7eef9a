"""From the tree to the mathematical form, one sign of each ± at a time."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from .. import limits
from ..results import Undecided
from ..syntax.tree import (
    Call,
    Constant,
    Mixed,
    Negative,
    Node,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    children,
    contains,
    rebuild,
    walk,
)
from .core import add, divide, mul, negate, power
from .functions import apply, exponential
from .node import INF, PI, Core, E, I, q, sym

CONSTANTS = {"pi": PI, "e": E, "i": I, "inf": INF}


def core(node: Node) -> Core:
    """The mathematical form of a value; ± must have been chosen before."""
    match node:
        case Number() | Mixed():
            return q(node.value)
        case Symbol(name=name):
            return sym(name)
        case Constant(name=name):
            return CONSTANTS[name]
        case Sum(terms=terms):
            return add(*map(core, terms))
        case Negative(arg=arg):
            return negate(core(arg))
        case PlusMinus(arg=arg, upper=upper):
            return core(arg) if upper else negate(core(arg))
        case Product(factors=factors):
            return mul(*map(core, factors))
        case Quotient(top=top, bottom=bottom):
            return divide(core(top), core(bottom))
        case Power(base=base, exponent=exponent):
            return _power(base, exponent)
        case Call(name=name, args=args):
            return apply(name, tuple(map(core, args)))
    raise TypeError(type(node).__name__)


def _power(base: Node, exponent: Node) -> Core:
    below, above = core(base), core(exponent)
    return exponential(above) if below == E else power(below, above)


def values(node: Node) -> tuple[Core, ...]:
    """The mathematical forms of a value: two where it has a ±."""
    return tuple(core(one) for one in signs(node))


values_of_key = lru_cache(maxsize=256)(values)  # one key meets many answers


def signs(node: Node) -> list[Node]:
    """The tree with + and with − for its ±, all ± and ∓ of one tree taking sides together."""
    if not contains(node, PlusMinus):
        return [node]
    return [_choose(node, True), _choose(node, False)]


def free_signs(node: Node) -> list[Node]:
    """The tree with every ± choosing for itself: the values that a lone ± stands for."""
    count = sum(isinstance(part, PlusMinus) for part in walk(node))
    if 2**count > limits.SIGN_VARIANTS:
        raise Undecided("There are too many ± signs in this answer.", "limit")
    return [_choose_each(node, list(choice)) for choice in product((True, False), repeat=count)]


def _choose(node: Node, upper: bool) -> Node:
    parts = tuple(_choose(child, upper) for child in children(node))
    if isinstance(node, PlusMinus):
        return parts[0] if node.upper == upper else Negative(parts[0])
    return rebuild(node, parts) if parts else node


def _choose_each(node: Node, choices: list[bool]) -> Node:
    chosen = choices.pop(0) if isinstance(node, PlusMinus) else True
    parts = tuple(_choose_each(child, choices) for child in children(node))
    if isinstance(node, PlusMinus):
        return parts[0] if node.upper == chosen else Negative(parts[0])
    return rebuild(node, parts) if parts else node

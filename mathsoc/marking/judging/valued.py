"""Has an expression a value at all, as it was typed? 0·ln(0) and (x−1)/(x−x) have none.

The mathematical form forgets it, for 0 times anything is 0 there; so the tree is evaluated as it stands.
"""

from __future__ import annotations

from ..algebra.balls import Unclear, evaluate
from ..algebra.convert import CONSTANTS
from ..algebra.functions import apply
from ..algebra.node import MINUS_ONE, UNIT, Core, q, sym
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
    contains,
    symbols,
    walk,
)
from . import certain

_BITS = 200


def lost_its_value(answer: Node, key: Node) -> bool:
    """Is there no point where the answer surely has a value, though there is one for the key?"""
    return _risky(answer) and not _somewhere(answer) and _somewhere(key)


def _risky(tree: Node) -> bool:
    return any(_may_have_none(node) for node in walk(tree))


def _may_have_none(node: Node) -> bool:
    match node:
        case Quotient(bottom=bottom):
            return contains(bottom, Sum, Call)
        case Power(exponent=Number() as exponent):
            return exponent.value == 0
        case Call(name="sqrt" | "sin" | "cos" | "abs"):
            return False
        case Power() | Call():
            return True
        case Constant(name="inf"):
            return True
    return False


def _somewhere(tree: Node) -> bool:
    value = _as_typed(tree)
    for point in certain.points(symbols(tree)):
        try:
            evaluate(value, point, _BITS)
        except Unclear:
            continue
        return True
    return False


def _as_typed(node: Node) -> Core:
    """The tree as nodes of the mathematical form, with no rule applied but the definitions of functions."""
    match node:
        case Number() | Mixed():
            return q(node.value)
        case Symbol(name=name):
            return sym(name)
        case Constant(name=name):
            return CONSTANTS[name]
        case Sum(terms=parts):
            return _node("+", *map(_as_typed, parts))
        case Negative(arg=arg):
            return _node("*", MINUS_ONE, _as_typed(arg))
        case PlusMinus(arg=arg):
            return _as_typed(arg)
        case Product(factors=parts):
            return _node("*", *map(_as_typed, parts))
        case Quotient(top=top, bottom=bottom):
            return _node("*", _as_typed(top), _node("^", _as_typed(bottom), MINUS_ONE))
        case Power(base=base, exponent=exponent):
            return _node("^", _as_typed(base), _as_typed(exponent))
        case Call(name=name, args=args):
            return apply(name, tuple(map(_as_typed, args)))
    raise TypeError(type(node).__name__)


def _node(kind: str, *parts: Core) -> Core:
    return Core(f"typed{kind}({','.join([part.key for part in parts])})", kind, "", UNIT, parts)

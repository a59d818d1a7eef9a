"""Where an expression has a real value at all, as a statement about its letters."""

from __future__ import annotations

from ..algebra.angles import cosine, sine
from ..algebra.convert import core
from ..algebra.core import power, subtract
from ..algebra.node import ONE, TWO, Core
from ..syntax.tree import Call, Constant, Node, Power, Quotient, walk
from .formulas import Formula, atom, join

_OVER_COSINE = frozenset(("tan", "sec"))
_OVER_SINE = frozenset(("cot", "csc"))
_OVER_ARGUMENT = frozenset(("arccot", "csch", "coth"))


def defined(tree: Node) -> Formula:
    """The statement that no divisor is 0 and no root or logarithm is imaginary, before anything cancels.

    A tree without ±. With i in it only divisors count.
    """
    complex_ = any(part == Constant("i") for part in walk(tree))
    found = [condition for node in walk(tree) for condition in _conditions(node)]
    return join("and", [one for one in found if one.op == "!=" or not complex_])


def _conditions(node: Node) -> list[Formula]:
    match node:
        case Quotient(bottom=bottom):
            return [atom("!=", core(bottom))]
        case Power(base=base, exponent=exponent):
            return _of_power(core(base), core(exponent))
        case Call(name=name, args=(arg, *_)):
            return _of_call(name, core(arg), node)
    return []


def _of_power(base: Core, exponent: Core) -> list[Formula]:
    if not exponent.rational:
        return []
    if exponent.value.denominator % 2 == 0:
        return [atom(">=" if exponent.value > 0 else ">", base)]
    return [atom("!=", base)] if exponent.value <= 0 else []


def _of_call(name: str, arg: Core, node: Call) -> list[Formula]:
    if name in _OVER_COSINE:
        return [atom("!=", cosine(arg))]
    if name in _OVER_SINE:
        return [atom("!=", sine(arg))]
    if name in ("ln", "log"):
        return [atom(">", arg)]
    if name == "sqrt":
        return [atom(">=", arg)]
    if name == "root":
        degree = core(node.args[1]).whole
        return [atom(">=", arg)] if degree is not None and degree % 2 == 0 else []
    return [atom("!=", arg)] if name in _OVER_ARGUMENT else _of_inverse(name, arg)


def _of_inverse(name: str, arg: Core) -> list[Formula]:
    """Inverses that are real for some arguments only."""
    inside = subtract(ONE, power(arg, TWO))
    if name in ("arcsin", "arccos"):
        return [atom(">=", inside)]
    if name in ("arcsec", "arccsc"):
        return [atom("<=", inside)]
    if name == "artanh":
        return [atom(">", inside)]
    return [atom(">=", subtract(arg, ONE))] if name == "arcosh" else []

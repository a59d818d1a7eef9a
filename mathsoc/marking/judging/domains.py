"""Where an expression has a value at all, as a statement about its letters: nothing may be divided by 0."""

from __future__ import annotations

from ..algebra.angles import cosine, sine
from ..algebra.convert import core
from ..algebra.node import Core
from ..syntax.tree import Call, Node, Power, Quotient, walk
from .formulas import Formula, atom, join

_OVER_COSINE = frozenset(("tan", "sec"))
_OVER_SINE = frozenset(("cot", "csc"))
_OVER_ARGUMENT = frozenset(("ln", "log", "arccot", "arcsec", "arccsc"))


def defined(tree: Node) -> Formula:
    """The statement that no divisor is 0, before anything cancels; a tree without ±."""
    return join("and", [atom("!=", value) for node in walk(tree) for value in _not_zero(node)])


def _not_zero(node: Node) -> list[Core]:
    match node:
        case Quotient(bottom=bottom):
            return [core(bottom)]
        case Power(base=base, exponent=exponent):
            value = core(exponent)
            return [core(base)] if value.rational and value.value <= 0 else []
        case Call(name=name, args=(arg, *_)):
            if name in _OVER_COSINE:
                return [cosine(core(arg))]
            if name in _OVER_SINE:
                return [sine(core(arg))]
            return [core(arg)] if name in _OVER_ARGUMENT else []
    return []

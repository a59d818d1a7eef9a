"""Kind number, where i is written: a tolerance is a distance in the plane, figures are those of each part."""

from __future__ import annotations

from collections.abc import Callable

from ..algebra.core import add, divide
from ..algebra.node import ZERO, Core, I, walk
from ..results import Finding, Undecided
from ..syntax.tree import Constant, Negative, Node, Number, Product, Sum
from ..syntax.tree import walk as walk_tree
from . import equality

_UNSURE = "The engine could not decide this."


def has_i(*values: Core) -> bool:
    return any(part == I for value in values for part in walk(value))


def parts(value: Core) -> tuple[Core, Core]:
    """What stands without i and beside it; these are the real and imaginary part if both are real."""
    real, beside = [], []
    for term in value.parts if value.kind == "+" else (value,):
        factors = term.parts if term.kind == "*" else (term,)
        if I in factors:
            beside.append(divide(term, I))
        else:
            real.append(term)
    return add(*real), add(*beside)


# Figures.


def by_parts(
    answer: Node, mine: Core, theirs: Core, figures: Callable[[Node, Core, Core], Finding]
) -> Finding:
    """dp and sf, for the real and the imaginary part as they are written. Raises Undecided."""
    wanted, got, typed = parts(theirs), parts(mine), _typed(answer)
    if has_i(*wanted) or has_i(*got) or typed is None:
        raise Undecided(_UNSURE, "ball")
    if not has_i(theirs) and got[1] != ZERO:
        return Finding(False, "exact", equality.DIFFERENT, "value")
    found = Finding(True, "exact")
    for node, one, other in zip(typed, got, wanted, strict=True):
        if node is None and other == ZERO:
            continue
        found = figures(node or Number("0"), one, other)
        if not found.equal:
            return found
    return found


def _typed(answer: Node) -> tuple[Node | None, Node | None] | None:
    """The two parts as typed: 3.00 and −4.10 of 3.00 − 4.10i. None where they do not stand there so."""
    real: list[Node] = []
    beside: list[Node] = []
    for term in answer.terms if isinstance(answer, Sum) else (answer,):
        inner = term.arg if isinstance(term, Negative) else term
        factor = _beside_i(inner)
        found = factor or inner
        (beside if factor is not None else real).append(Negative(found) if inner is not term else found)
    if len(real) > 1 or len(beside) > 1 or any(Constant("i") in walk_tree(part) for part in real + beside):
        return None
    return (real[0] if real else None), (beside[0] if beside else None)


def _beside_i(term: Node) -> Node | None:
    """b of b·i, which is 1 of i alone."""
    i = Constant("i")
    if term == i:
        return Number("1")
    if not isinstance(term, Product) or i not in term.factors:
        return None
    rest = tuple(factor for factor in term.factors if factor != i)
    return rest[0] if len(rest) == 1 else Product(rest)

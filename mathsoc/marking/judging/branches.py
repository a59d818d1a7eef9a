"""Odd roots by their principal, complex value: (−8)^(1/3) is 1 + i√3, not −2."""

from __future__ import annotations

from ..algebra.convert import core
from ..syntax.tree import Call, Node, Number, Power, Product, Quotient, children, rebuild


def principal(node: Node) -> Node:
    """The tree with every odd root of what may be negative as e^(r·ln x), with no ln|x| for ln(x)."""
    parts = tuple(map(principal, children(node)))
    match node:
        case Power():
            base, exponent = parts
        case Call(name="root"):
            base, exponent = parts[0], Quotient(Number("1"), parts[1])
        case _:
            return rebuild(node, parts) if parts else node
    value = core(exponent)
    below = core(base)
    positive = below.rational and below.value >= 0
    if not value.rational or value.value.denominator % 2 == 0 or value.whole is not None or positive:
        return rebuild(node, parts)
    return Call("exp", (Product((exponent, Call("principal_ln", (base,)))),))

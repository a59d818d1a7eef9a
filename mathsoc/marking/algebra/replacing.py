"""Parts of an expression replaced by others, with the rest built anew around them."""

from __future__ import annotations

from collections.abc import Mapping

from .core import add, mul, power
from .node import Core, fn, q


def replace(node: Core, by: Mapping[str, Core]) -> Core:
    """The expression with every node whose key is known replaced."""
    if node.key in by:
        return by[node.key]
    if not node.parts:
        return node
    parts = tuple(replace(part, by) for part in node.parts)
    match node.kind:
        case "+":
            return add(*parts)
        case "*":
            return mul(q(node.value), *parts)
        case "^":
            return power(*parts)
    return fn(node.name, *parts)

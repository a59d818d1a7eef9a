"""Parts of an expression replaced by others, with the rest built anew around them."""

from __future__ import annotations

from collections.abc import Mapping

from .core import rebuilt
from .node import Core


def replace(node: Core, by: Mapping[str, Core]) -> Core:
    """The expression with every node whose key is known replaced."""
    if node.key in by:
        return by[node.key]
    if not node.parts:
        return node
    return rebuilt(node, [replace(part, by) for part in node.parts])

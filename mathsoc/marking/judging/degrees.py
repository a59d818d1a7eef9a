"""A degree sign where a plain number is asked for: 45° for 45 is meant well, and is π/4 all the same."""

from __future__ import annotations

from ..results import ReadError
from ..syntax.tree import Call, Constant, Node, children, walk

_NOT_ASKED = "No unit is asked for here. Leave out °."
_TO_ANGLES = frozenset(("arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot", "arg", "degree"))


def refuse(answer: Node, key: Node) -> None:
    """Raises ReadError for degrees outside functions, unless the key may be an angle.

    Whatever the number is: so nothing is told of it.
    """
    if _in_degrees(answer) and not any(map(_of_angles, walk(key))):
        raise ReadError(_NOT_ASKED)


def _in_degrees(node: Node) -> bool:
    if isinstance(node, Call):
        return node.name == "degree"
    return any(map(_in_degrees, children(node)))


def _of_angles(node: Node) -> bool:
    return node == Constant("pi") or (isinstance(node, Call) and node.name in _TO_ANGLES)

"""Brackets and bars: they group one thing, or make a set, a sequence, an interval, |x|."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .layouts import braced_system, determinant, opens_system
from .tokens import Token
from .tree import Call, Group, Matrix, Node, Quotient

CLOSING = {"(": ")", "[": "]", "{": "}", "⦃": "⦄", "⌊": "⌋", "⌈": "⌉"}

if TYPE_CHECKING:
    from .grammar import Grammar


def bracketed(g: Grammar, opening: Token) -> tuple[tuple[Node, ...], Token]:
    """What stands between brackets, the opening one taken; takes the closing one and hands it back."""
    outer_bars, g.bars = g.bars, 0
    g.deeper()
    wanted = CLOSING[opening.text]
    if g.is_op(wanted) and opening.text in ("{", "⦃"):
        items: tuple[Node, ...] = ()
    else:
        node = g.statements()
        node = _stacked(g, node)
        items = node.items if isinstance(node, Group) and node.opening == "" else (node,)
    if g.token.kind == "end":
        where = f"The bracket opened at {opening.position} is never closed."
        raise ReadError(where, opening.position, unfinished=True)
    closing = g.token
    half_open = opening.text in "([" and closing.text in (")", "]") and len(items) == 2
    if closing.text != wanted and not half_open:
        raise g.unexpected()
    g.take()
    g.level -= 1
    g.bars = outer_bars
    return items, closing


def _stacked(g: Grammar, top: Node) -> Node:
    """{a \\over b} and {n \\choose k}: all that stands in the bracket before and after."""
    if not g.is_op("over", "choose"):
        return top
    command = g.take()
    if g.token.kind == "end" or g.is_op("}"):
        raise ReadError(f"Something is missing after \\{command.text}.", command.position, unfinished=True)
    bottom = g.statements()
    return Quotient(top, bottom) if command.text == "over" else Call("binomial", (top, bottom))


def bracket(g: Grammar) -> Node:
    """Brackets that group one thing, or that make a set, a sequence or an interval."""
    raised = g.at > 0 and g.tokens[g.at - 1].text in ("^", "_")  # x^{2}, even where a set is asked for
    opening = g.take()
    if opening.text == "⦃" and opens_system(g.token):
        return braced_system(g)
    items, closing = bracketed(g, opening)
    if opening.text in ("⌊", "⌈"):
        return Call("floor" if opening.text == "⌊" else "ceil", items)
    grouping = (
        opening.text == "(" or g.setting.scalar or (opening.text == "{" and (g.setting.latex or raised))
    )
    framed = isinstance(items[0], Matrix) if len(items) == 1 and opening.text in "([" else False
    if len(items) == 1 and (grouping or framed):
        return items[0]
    opened = {"⦃": "{"}.get(opening.text, opening.text)
    return Group(opened, items, {"⦄": "}"}.get(closing.text, closing.text))


def bars(g: Grammar) -> Node:
    """|x|: a bar where a thing is expected opens, a bar after a thing closes."""
    opening = g.take()
    g.bars += 1
    g.deeper()
    inner = g.sum()
    if not g.is_op("|"):
        if g.token.kind == "end":
            where = f"The bar | opened at {opening.position} is never closed."
            raise ReadError(where, opening.position, unfinished=True)
        raise g.unexpected()
    g.take()
    g.level -= 1
    g.bars -= 1
    return determinant(inner, opening) if isinstance(inner, Matrix) else Call("abs", (inner,))

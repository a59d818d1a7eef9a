"""LaTeX commands with arguments: fractions, roots, binomials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .brackets import bracketed
from .layouts import layout
from .names import BINOMIAL_COMMANDS, FRACTION_COMMANDS
from .tokens import Token
from .tree import Call, Node, Number, Quotient

if TYPE_CHECKING:
    from .grammar import Grammar


def command(g: Grammar) -> Node:
    token = g.take()
    if token.text in FRACTION_COMMANDS:
        return Quotient(argument(g, token), argument(g, token))
    if token.text in BINOMIAL_COMMANDS:
        return Call("binomial", (argument(g, token), argument(g, token)))
    if token.text == "sqrt":
        return _latex_root(g, token)
    if token.text in ("placeholder", "square"):
        raise ReadError("There is an empty box that is still to be filled.", token.position, unfinished=True)
    if token.text.startswith("begin:"):
        return layout(g, token)
    raise ReadError(f"\\{token.text} cannot be read here.", token.position)


def argument(g: Grammar, owner: Token) -> Node:
    """The argument of a command: {…}, (…), or the next single digit or name, as TeX has it."""
    token = g.token
    if token.kind == "end":
        raise ReadError(f"Something is missing after \\{owner.text}.", owner.position, unfinished=True)
    if token.text == "{" and token.kind == "op":
        g.take()
        if g.is_op("}"):
            raise ReadError(
                "There is an empty box that is still to be filled.", token.position, unfinished=True
            )
        items, _ = bracketed(g, token)
        if len(items) != 1:
            raise ReadError("Only one thing can stand here.", token.position)
        return items[0]
    if token.kind == "number" and "e" in token.text:
        raise ReadError("Write braces here, as in \\frac{1}{2}.", token.position)
    if token.kind == "number" and len(token.text) > 1 and token.text[0] != ".":
        g.exchange(Token("number", token.text[1:], token.position + 1))
        return Number(token.text[0])
    if token.kind == "number" and token.text.isdigit():
        return Number(g.take().text)  # \\frac 1 2
    g.deeper()
    node = g.atom()
    g.level -= 1
    return node


def _latex_root(g: Grammar, token: Token) -> Node:
    degree: Node | None = None
    if g.is_op("["):
        opening = g.take()
        items, _ = bracketed(g, opening)
        degree = items[0]
    if g.token.kind == "number":
        arg: Node = Number(g.take().text)
    else:
        arg = argument(g, token)
    if degree is None or degree == Number("2"):
        return Call("sqrt", (arg,))
    return Call("root", (arg, degree))

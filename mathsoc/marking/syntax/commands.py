"""LaTeX commands with arguments: fractions, roots, binomials, matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .brackets import bracketed
from .names import BINOMIAL_COMMANDS, FRACTION_COMMANDS
from .tokens import Token
from .tree import Call, Matrix, Node, Number, Quotient

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
        return _environment(g, token)
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


def _environment(g: Grammar, token: Token) -> Node:
    name = token.text.partition(":")[2]
    if name not in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "array"):
        raise ReadError("This kind of layout cannot be read here.", token.position)
    rows: list[tuple[Node, ...]] = []
    row: list[Node] = []
    g.deeper()
    while True:
        row.append(g.either())
        if g.is_op("&"):
            g.take()
            continue
        rows.append(tuple(row))
        row = []
        if g.is_op("\\\\"):
            g.take()
        if _ends(g, name):
            break
        if g.tokens[g.at - 1].text != "\\\\":
            raise g.unexpected()
    g.take()
    g.level -= 1
    if len({len(cells) for cells in rows}) != 1:
        raise ReadError("The rows of this matrix are not equally long.", token.position)
    return Matrix(tuple(rows))


def _ends(g: Grammar, name: str) -> bool:
    return g.token.kind == "cmd" and g.token.text == f"end:{name}"

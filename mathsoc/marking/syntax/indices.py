"""Small figures written on the line: the base in log2 x, the degree in root[3](x)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .tokens import Token
from .tree import Node, Number

if TYPE_CHECKING:
    from .grammar import Grammar

_USUAL_BASES = ("10", "2")
_OPERANDS = frozenset(("number", "vulgar", "var", "const", "fn"))


def log_base(g: Grammar) -> Node | None:
    """The base of log10(x), log2(8) and log2 x. Raises ReadError for log3(x)."""
    base, after = g.token, g.ahead()
    if base.kind != "number" or not base.text.isdigit() or base.spaced:
        return None
    apart = after.spaced and not g.setting.latex and _operand(after)
    if not (after.text == "(" or apart):
        return None
    if base.text in _USUAL_BASES:
        return Number(g.take().text)
    if not g.setting.latex:
        raise ReadError(f"Did you mean log_{base.text} or log({base.text}*…)?", base.position)
    return None


def root_degree(g: Grammar, name: Token) -> int | None:
    """The degree in sqrt[3](x). Raises ReadError where it may be a number under the root: sqrt3(x)."""
    opening, number, closing, after = (g.ahead(count) for count in range(4))
    bracketed = opening.text in ("(", "[") and not opening.spaced and closing.text in (")", "]")
    if bracketed and _is_degree(number) and not after.spaced:
        if opening.text == "[" and after.text in ("(", "{"):
            g.seek(g.at + 3)
            return int(number.text)
        unclear = after.text == "(" if opening.text == "(" else _operand(after)
        if unclear and (name.text == "root" or opening.text == "["):
            raise _which(number)
    tight = not opening.spaced and number.text == "(" and not number.spaced
    product = name.text == "sqrt" and opening.text == "2"  # nobody writes the 2 of a square root
    if tight and _is_degree(opening) and not product:
        raise _which(opening)
    return None


def _is_degree(token: Token) -> bool:
    return token.kind == "number" and token.text.isdigit() and 2 <= int(token.text) <= 9


def _operand(token: Token) -> bool:
    return token.kind in _OPERANDS or (token.kind == "op" and token.text in ("√", "∛", "∜"))


def _which(number: Token) -> ReadError:
    product = f"sqrt({number.text})*…"
    return ReadError(f"Did you mean root(…, {number.text}) or {product}?", number.position)

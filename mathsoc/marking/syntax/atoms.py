"""The smallest things of the grammar: which rule each one has, and the signs that may follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .brackets import CLOSING, bars, bracket
from .calls import function, nested_postfix, raised_root, root
from .characters import vulgar
from .commands import command
from .literals import number
from .tokens import Token
from .tree import Call, Constant, Group, Negative, Node, Number, Quotient, Symbol

if TYPE_CHECKING:
    from .grammar import Grammar

SUFFIXES = frozenset(("!", "!=", "%", "°", "∘"))
_ROOTS = {"√": 2, "∛": 3, "∜": 4}


def atom(g: Grammar) -> Node:
    """One number, name, function, bracket or command. Raises ReadError."""
    token = g.token
    match token.kind:
        case "number":
            return number(g)
        case "var":
            return _symbol(g)
        case "vulgar":
            return Quotient(*(Number(str(part)) for part in vulgar(g.take().text)))
        case "const":
            return Constant(g.take().text)
        case "fn":
            return function(g, g.take())
        case "cmd":
            return command(g)
    if token.text in CLOSING:
        return bracket(g)
    if token.text == "|":
        return bars(g)
    if token.text in _ROOTS:
        g.take()
        if g.is_op("-"):
            return root(_ROOTS[token.text], Negative(nested_postfix(g, g.take())))
        return root(_ROOTS[token.text], nested_postfix(g, token))
    if token.text == "∅":
        g.take()
        return Group("{", (), "}")
    if token.text == "^":
        raised = raised_root(g)
        if raised is not None:
            return raised
    if token.text == "<" and g.setting.kind == "sequence" and _angled(g):
        return bracket(g)
    if token.text in ("?", "#", "@", "_"):
        raise ReadError(f"The sign {token.text} cannot be read here.", token.position)
    raise g.unexpected()


def _symbol(g: Grammar) -> Node:
    token = g.take()
    if token.text in ("f", "g", "h") and g.is_op("(") and token.text not in g.setting.declared:
        g.notes.append(f"{token.text}(…) is read as {token.text}·(…)")
    return Symbol(token.text)


def _angled(g: Grammar) -> bool:
    """<3, 4>: makes round brackets of two angle brackets, if the second is there."""
    level = 0
    for at in range(g.at + 1, len(g.tokens)):
        token = g.tokens[at]
        if token.kind == "op":
            level += (token.text in CLOSING) - (token.text in CLOSING.values())
        if level == 0 and token.kind == "op" and token.text == ">":
            g.tokens[at] = token._replace(text=")")
            g.exchange(g.token._replace(text="("))
            return True
    return False


def suffixes(g: Grammar, node: Node) -> Node:
    """Factorial, per cent and degree signs after an atom or a power."""
    while g.op in SUFFIXES:
        if g.op == "!":
            g.take()
            node = Call("factorial", (node,))
        elif _factorial_equals(g):
            if not isinstance(node, Number):
                raise ReadError("Did you mean ≠, or a factorial? Write a space: x! = 6.", g.token.position)
            # 5!=120 in an equation is a factorial and an equals sign
            g.exchange(Token("op", "=", g.token.position))
            node = Call("factorial", (node,))
        elif g.op == "%":
            g.take()
            node = Call("percent", (node,))
        elif g.op in ("°", "∘"):
            g.take()
            node = Call("degree", (node,))
        else:
            return node
    return node


def _factorial_equals(g: Grammar) -> bool:
    """`5!=120` where an equation is asked for; ≠ itself has one meaning."""
    return g.op == "!=" and g.setting.kind == "equation" and not (g.token.spaced or g.token.quoted)


def is_degree_sign(g: Grammar) -> bool:
    """After ^: LaTeX writes 90° as 90^\\circ or 90^{\\circ}."""
    if g.is_op("∘", "°"):
        g.take()
        return True
    if g.is_op("{") and g.ahead().text in ("∘", "°") and g.ahead(2).text == "}":
        g.seek(g.at + 3)
        return True
    return False

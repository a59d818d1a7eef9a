"""Functions: sin(x), sin x, sin^2 x, log_2(8), √x."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .brackets import bracketed
from .indices import log_base, root_degree
from .lists import flat
from .names import ARGUMENTS, BARE, INVERSES, TIGHT
from .tokens import Token
from .tree import Call, Negative, Node, Number, Power, Product

if TYPE_CHECKING:
    from .grammar import Grammar


def root(degree: int, arg: Node) -> Node:
    return Call("sqrt", (arg,)) if degree == 2 else Call("root", (arg, Number(str(degree))))


def raised_root(g: Grammar) -> Node | None:
    """³√x, where nothing stands before it that the 3 could be a power of."""
    at = g.at + 1
    braced = g.tokens[at].text in ("(", "{")
    digit = g.tokens[at + braced]
    sign = g.ahead(3 + braced if braced else 2)
    is_root = (sign.kind, sign.text) in (("op", "√"), ("fn", "sqrt"), ("cmd", "sqrt"))
    if not (g.is_op("^") and digit.kind == "number" and digit.text.isdigit() and is_root):
        return None
    g.seek(g.at + (4 if braced else 2))
    inner = nested_postfix(g, sign)
    if isinstance(inner, Call) and inner.name == "sqrt" and int(digit.text) > 1:
        return root(int(digit.text), inner.args[0])
    return None


def function(g: Grammar, name: Token) -> Node:
    """A function after its name was taken: sin(x), sin x, sin^2 x, log_2(8)."""
    if name.text in ("sqrt", "root"):
        degree = root_degree(g, name)
        if degree is not None:
            return root(degree, _arguments(g, name)[0])
    base = _log_base(g) if name.text == "log" else None
    exponent = _function_power(g, name)
    args = _arguments(g, name)
    node = _call(name, args, base)
    if exponent is None:
        return node
    if exponent == Negative(Number("1")):
        if name.text not in INVERSES:
            raise ReadError(f"{name.text}^-1 cannot be read. Write 1/{name.text}(x).", name.position)
        return Call(INVERSES[name.text], args)
    return Power(node, exponent)


def _call(name: Token, args: tuple[Node, ...], base: Node | None) -> Node:
    least, most = ARGUMENTS.get(name.text, (1, 1))
    if not least <= len(args) <= most:
        wanted = {(1, 1): "one thing", (1, 2): "one or two things"}.get((least, most), f"{least} things")
        raise ReadError(f"{name.text} needs {wanted} between its brackets.", name.position)
    if name.text == "root" and len(args) == 1:
        return root(2, args[0])
    if name.text == "cbrt":
        return root(3, args[0])
    if name.text == "log" and base is not None:
        return Call("log", (args[0], base))
    return Call(name.text, args)


def _log_base(g: Grammar) -> Node | None:
    if not g.is_op("_"):
        return log_base(g)
    underscore = g.take()
    if g.token.kind == "end":
        raise ReadError("Something is missing after _.", underscore.position, unfinished=True)
    if g.token.kind == "number":
        return Number(g.take().text)  # log_2 8: the 8 is no part of the base
    g.deeper()
    base = g.atom()
    g.level -= 1
    return base


def _function_power(g: Grammar, name: Token) -> Node | None:
    if not g.is_op("^"):
        return None
    if name.text not in BARE:
        raise ReadError(f"Write the power after the bracket: {name.text}(x)^2.", g.token.position)
    g.take()
    g.deeper()
    if g.is_op("-"):
        g.take()
        exponent: Node = Negative(_tight(g))
    else:
        exponent = _tight(g)
    g.level -= 1
    return exponent


def _tight(g: Grammar) -> Node:
    """The power between a function and its argument: in sin^2 2x no mixed number and no thousands."""
    return Number(g.take().text) if g.token.kind == "number" else g.atom()


def _arguments(g: Grammar, name: Token) -> tuple[Node, ...]:
    if g.is_op("(") or (g.is_op("[") and g.setting.scalar) or (g.is_op("{") and name.text not in BARE):
        opening = g.take()
        items, _ = bracketed(g, opening)
        return flat(items)
    if g.token.kind == "end" or g.is_op(")", "]", "}", ",", "+", "*", "/", "=", "^"):
        unfinished = g.token.kind == "end"
        raise ReadError(f"Something is missing after {name.text}.", name.position, unfinished)
    if name.text in TIGHT:
        return (nested_postfix(g, name),)
    if g.is_op("|"):
        return (g.atom(),)
    if name.text not in BARE:
        raise ReadError(f"Write brackets after {name.text}, as in {name.text}(x).", name.position)
    return (_bare_argument(g),)


def nested_postfix(g: Grammar, before: Token) -> Node:
    if g.token.kind == "end":
        raise ReadError(f"Something is missing after {before.text}.", before.position, unfinished=True)
    g.deeper()
    node = g.postfix()
    g.level -= 1
    return node


def _bare_argument(g: Grammar) -> Node:
    """sin 2x cos x is sin(2x)·cos(x): it ends at a sign, a function, or a bracket after a letter."""
    g.deeper()
    negative = g.is_op("-")
    if negative:
        g.take()
    factors = [g.power()]
    while g.starts_factor(factors[-1]) and g.token.kind not in ("fn", "number"):
        numbers_only = all(isinstance(factor, Number) for factor in factors)
        if isinstance(factors[0], Call) or (g.is_op("(", "[", "{", "|") and not numbers_only):
            break
        factors.append(g.power())
    g.level -= 1
    node = factors[0] if len(factors) == 1 else Product(tuple(factors))
    return Negative(node) if negative else node

"""The smallest things of the grammar: numbers, names, functions, brackets and LaTeX commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import limits
from .characters import vulgar
from .names import ARGUMENTS, BARE, BINOMIAL_COMMANDS, FRACTION_COMMANDS, INVERSES, TIGHT
from .results import ReadError
from .tokens import Token
from .tree import Call, Constant, Group, Matrix, Mixed, Negative, Node, Number, Power, Product, Quotient, Symbol

if TYPE_CHECKING:
    from .grammar import Grammar

_CLOSING = {"(": ")", "[": "]", "{": "}", "⦃": "⦄", "⌊": "⌋", "⌈": "⌉"}
_ROOTS = {"√": 2, "∛": 3, "∜": 4}


def atom(g: Grammar) -> Node:
    """One number, name, function, bracket or command. Raises ReadError."""
    token = g.token
    match token.kind:
        case "number":
            return number(g)
        case "vulgar":
            return Quotient(*(Number(str(part)) for part in vulgar(g.take().text)))
        case "var":
            return _symbol(g)
        case "const":
            return Constant(g.take().text)
        case "fn":
            return function(g, g.take())
        case "cmd":
            return command(g)
    if token.text in _CLOSING:
        return bracket(g)
    if token.text == "|":
        return bars(g)
    if token.text in _ROOTS:
        g.take()
        return root(_ROOTS[token.text], _nested_postfix(g, token))
    if token.text == "∅":
        g.take()
        return Group("{", (), "}")
    if token.text in ("?", "#", "@", "_"):
        raise ReadError(f"The sign {token.text} cannot be read here.", token.position)
    raise g.unexpected()


def _symbol(g: Grammar) -> Node:
    token = g.take()
    if token.text in ("f", "g", "h") and g.is_op("(") and token.text not in g.setting.declared:
        g.notes.append(f"{token.text}(…) is read as {token.text}·(…)")
    return Symbol(token.text)


def suffixes(g: Grammar, node: Node) -> Node:
    """Factorial, per cent and degree signs after an atom or a power."""
    while True:
        if g.is_op("!"):
            g.take()
            node = Call("factorial", (node,))
        elif g.is_op("!=") and g.setting.kind == "equation" and not g.token.spaced:
            token = g.take()  # 5!=120 in an equation is a factorial and an equals sign
            g.at -= 1
            g.tokens[g.at] = Token("op", "=", token.position)
            node = Call("factorial", (node,))
        elif g.is_op("%"):
            g.take()
            node = Call("percent", (node,))
        elif g.is_op("°", "∘"):
            g.take()
            node = Call("degree", (node,))
        else:
            return node


def is_degree_sign(g: Grammar) -> bool:
    """After ^: LaTeX writes 90° as 90^\\circ or 90^{\\circ}."""
    if g.is_op("∘", "°"):
        g.take()
        return True
    if g.is_op("{") and g.ahead().text in ("∘", "°") and g.ahead(2).text == "}":
        g.at += 3
        return True
    return False


# Numbers.


def number(g: Grammar) -> Node:
    """A number with its thousands, or a mixed number."""
    token = g.take()
    text = _thousands(g, token)
    if g.token.kind == "vulgar" and text.isdigit():
        return Mixed(int(text), *vulgar(g.take().text))
    if text.isdigit() and g.token.kind == "number" and g.token.spaced:
        return _mixed(g, token, text)
    if text.isdigit() and g.token.kind == "cmd" and g.token.text in FRACTION_COMMANDS:
        return _latex_mixed(g, token, text)
    return Number(text)


def _thousands(g: Grammar, token: Token) -> str:
    text = token.text
    if not text.isdigit():
        return text
    if len(text) <= 3 and _space_groups(g):
        while _space_groups(g):
            text += g.take().text
    elif _comma_group(g):
        text = _comma_groups(g, token, text)
    if sum(char.isdigit() for char in text) > limits.MAX_DIGITS:
        raise ReadError(f"This number has more than {limits.MAX_DIGITS} digits.", token.position)
    return text


def _space_groups(g: Grammar) -> bool:
    token = g.token
    whole_part = token.text.partition(".")[0]
    return token.kind == "number" and token.spaced and len(whole_part) == 3 and g.ahead().text != "/"


def _comma_group(g: Grammar) -> bool:
    """A comma between digits where no list is expected: 1,234 or 1,5, or LaTeX's 1{,}234."""
    if g.is_op("{") and g.ahead().text == "," and g.ahead(2).text == "}":
        return g.ahead(3).kind == "number"
    return g.setting.scalar and g.level <= 2 and g.is_op(",") and g.ahead().kind == "number"


def _comma_groups(g: Grammar, token: Token, text: str) -> str:
    groups, braced = [text], False
    spaced = False
    while _comma_group(g):
        braced = g.is_op("{")
        g.at += 3 if braced else 1
        spaced = spaced or g.token.spaced
        groups.append(g.take().text)
        if not groups[-1].isdigit():
            break
    thousands = len(groups[0]) <= 3 and all(len(group.partition(".")[0]) == 3 for group in groups[1:])
    # One comma alone may be a decimal comma; two, or a point after it, leave one meaning.
    if thousands and (braced or len(groups) > 2 or "." in groups[-1]):
        return "".join(groups)
    if spaced:
        raise ReadError("Only one answer is asked for, without a comma.", token.position)
    if thousands:
        joined = "".join(groups)
        question = f"Did you mean {joined} or {groups[0]}.{groups[1]}? Write it without a comma."
    else:
        question = f"Did you mean {groups[0]}.{groups[1]}? Write a point, not a comma."
    raise ReadError(question, token.position)


def _mixed(g: Grammar, token: Token, text: str) -> Node:
    top = g.token
    if not (top.text.isdigit() and g.ahead().text == "/" and g.ahead(2).text.isdigit()):
        raise ReadError("Two numbers stand next to each other. Write a sign between them.", top.position)
    bottom = g.ahead(2)
    g.at += 3
    return _proper(g, token, text, top.text, bottom.text)


def _latex_mixed(g: Grammar, token: Token, text: str) -> Node:
    """2\\frac12 is a mixed number for kind number; elsewhere it may mean a product."""
    start = g.at
    fraction = command(g)
    match fraction:
        case Quotient(top=Number(text=top), bottom=Number(text=bottom)) if top.isdigit() and bottom.isdigit():
            return _proper(g, token, text, top, bottom)
    g.at = start
    return Number(text)


def _proper(g: Grammar, token: Token, text: str, top: str, bottom: str) -> Node:
    proper = 0 < int(top) < int(bottom)
    if g.setting.kind in ("expression", "equation", "inequality") or not proper:
        choice = f"{text}+{top}/{bottom} or {text}*{top}/{bottom}"
        raise ReadError(f"Did you mean {choice}? Please write the sign.", token.position)
    return Mixed(int(text), int(top), int(bottom))


# Functions.


def root(degree: int, arg: Node) -> Node:
    return Call("sqrt", (arg,)) if degree == 2 else Call("root", (arg, Number(str(degree))))


def function(g: Grammar, name: Token) -> Node:
    """A function after its name was taken: sin(x), sin x, sin^2 x, log_2(8)."""
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
        wanted = "one thing" if most == 1 else f"{least} things"
        raise ReadError(f"{name.text} needs {wanted} between its brackets.", name.position)
    if name.text == "cbrt":
        return root(3, args[0])
    if name.text == "log" and base is not None:
        return Call("log", (args[0], base))
    return Call(name.text, args)


def _log_base(g: Grammar) -> Node | None:
    if not g.is_op("_"):
        if g.token.kind == "number" and g.token.text in ("10", "2") and not g.token.spaced and g.ahead().text == "(":
            return Number(g.take().text)  # log10(x), log2(8)
        return None
    underscore = g.take()
    if g.token.kind == "end":
        raise ReadError("Something is missing after _.", underscore.position, unfinished=True)
    g.deeper()
    base = atom(g)
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
        exponent: Node = Negative(atom(g))
    else:
        exponent = atom(g)
    g.level -= 1
    return exponent


def _arguments(g: Grammar, name: Token) -> tuple[Node, ...]:
    if g.is_op("(") or (g.is_op("[") and g.setting.scalar) or (g.is_op("{") and name.text not in BARE):
        opening = g.take()
        items, _ = bracketed(g, opening)
        return items
    if g.token.kind == "end" or g.is_op(")", "]", "}", ",", "+", "*", "/", "=", "^"):
        unfinished = g.token.kind == "end"
        raise ReadError(f"Something is missing after {name.text}.", name.position, unfinished)
    if name.text in TIGHT:
        return (_nested_postfix(g, name),)
    if g.is_op("|"):
        return (atom(g),)
    if name.text not in BARE:
        raise ReadError(f"Write brackets after {name.text}, as in {name.text}(x).", name.position)
    return (_bare_argument(g),)


def _nested_postfix(g: Grammar, before: Token) -> Node:
    if g.token.kind == "end":
        raise ReadError(f"Something is missing after {before.text}.", before.position, unfinished=True)
    g.deeper()
    node = g.postfix()
    g.level -= 1
    return node


def _bare_argument(g: Grammar) -> Node:
    """sin 2x cos x is sin(2x)·cos(x): the argument ends at a sign, a function, or a bracket after a letter."""
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


# Brackets.


def bracketed(g: Grammar, opening: Token) -> tuple[tuple[Node, ...], Token]:
    """What stands between brackets, the opening one taken; takes the closing one and hands it back."""
    outer_bars, g.bars = g.bars, 0
    g.deeper()
    wanted = _CLOSING[opening.text]
    if g.is_op(wanted) and opening.text in ("{", "⦃"):
        items: tuple[Node, ...] = ()
    else:
        node = g.statements()
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


def bracket(g: Grammar) -> Node:
    """Brackets that group one thing, or that make a set, a sequence or an interval."""
    opening = g.take()
    items, closing = bracketed(g, opening)
    if opening.text in ("⌊", "⌈"):
        return Call("floor" if opening.text == "⌊" else "ceil", items)
    grouping = opening.text == "(" or g.setting.scalar or (opening.text == "{" and g.setting.latex)
    if len(items) == 1 and grouping:
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
    return Call("abs", (inner,))


# LaTeX commands with arguments.


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
            raise ReadError("There is an empty box that is still to be filled.", token.position, unfinished=True)
        items, _ = bracketed(g, token)
        if len(items) != 1:
            raise ReadError("Only one thing can stand here.", token.position)
        return items[0]
    if token.kind == "number" and len(token.text) > 1:
        g.tokens[g.at] = Token("number", token.text[1:], token.position + 1)
        return Number(token.text[0])
    g.deeper()
    node = atom(g)
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

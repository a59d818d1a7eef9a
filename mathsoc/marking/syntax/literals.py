"""Numbers: thousands, commas that are asked about, mixed numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import limits
from ..results import ReadError
from .characters import vulgar
from .commands import command
from .names import FRACTION_COMMANDS
from .tokens import Token
from .tree import Mixed, Node, Number, Quotient

if TYPE_CHECKING:
    from .grammar import Grammar


_RELATIONS = frozenset(("<", ">", "<=", ">="))
_GOES_ON = frozenset((",", "{"))  # after a number that may not be over
_NUMBER_LIKE = frozenset(("number", "vulgar", "cmd"))


def number(g: Grammar) -> Node:
    """A number with its thousands, or a mixed number."""
    token = g.take()
    if g.op not in _GOES_ON and g.token.kind not in _NUMBER_LIKE:
        return Number(token.text)
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
    if g.setting.kind == "equation" and g.ahead().spaced and len(g.ahead().text) != 3:
        return False  # x = 5, 6
    if g.setting.kind == "inequality" and g.ahead().spaced and g.ahead(2).text in _RELATIONS:
        return False  # x < 1, 2 < x < 3
    return g.setting.scalar and g.level <= 2 and g.is_op(",") and g.ahead().kind == "number"


def _comma_groups(g: Grammar, token: Token, text: str) -> str:
    groups, braced = [text], False
    spaced = False
    while _comma_group(g):
        braced = g.is_op("{")
        g.seek(g.at + (3 if braced else 1))
        spaced = spaced or g.token.spaced
        groups.append(g.take().text)
        if not groups[-1].isdigit():
            break
    thousands = len(groups[0]) <= 3 and all(len(group.partition(".")[0]) == 3 for group in groups[1:])
    # One comma alone may be a decimal comma; two, or a point after it, leave one meaning.
    if thousands and (braced or len(groups) > 2 or "." in groups[-1]):
        return "".join(groups)
    if spaced and g.setting.kind == "equation":
        raise ReadError("Write or between two answers, and no comma in a number.", token.position)
    if spaced:
        raise ReadError("Only one answer is asked for, without a comma.", token.position)
    if thousands:
        joined = "".join(groups)
        question = f"Did you mean {joined} or {groups[0]}.{groups[1]}? Write it without a comma."
    else:
        question = f"Did you mean {groups[0]}.{groups[1]}? Write a point, not a comma."
        if g.setting.kind == "equation":
            sign = "-" if token is not g.tokens[0] and g.tokens[g.tokens.index(token) - 1].text == "-" else ""
            question = (
                f"Did you mean {sign}{groups[0]}.{groups[1]}, or {sign}{groups[0]} and {groups[1]}? "
                "Write a point, or a space after the comma."
            )
    raise ReadError(question, token.position)


def _mixed(g: Grammar, token: Token, text: str) -> Node:
    top = g.token
    if not (top.text.isdigit() and g.ahead().text == "/" and g.ahead(2).text.isdigit()):
        raise ReadError("Two numbers stand next to each other. Write a sign between them.", top.position)
    bottom = g.ahead(2)
    g.seek(g.at + 3)
    return _proper(g, token, text, top.text, bottom.text)


def _latex_mixed(g: Grammar, token: Token, text: str) -> Node:
    """2\\frac12 is a mixed number for kind number; elsewhere it may mean a product."""
    start = g.at
    fraction = command(g)
    match fraction:
        case Quotient(top=Number(text=top), bottom=Number(text=bottom)) if top.isdigit() and bottom.isdigit():
            return _proper(g, token, text, top, bottom)
    g.seek(start)
    return Number(text)


def _proper(g: Grammar, token: Token, text: str, top: str, bottom: str) -> Node:
    proper = 0 < int(top) < int(bottom)
    if g.setting.kind in ("expression", "equation", "inequality") or not proper:
        choice = f"{text}+{top}/{bottom} or {text}*{top}/{bottom}"
        raise ReadError(f"Did you mean {choice}? Please write the sign.", token.position)
    return Mixed(int(text), int(top), int(bottom))

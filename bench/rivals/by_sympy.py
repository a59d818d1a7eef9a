"""What a developer writes with SymPy in an afternoon: parse both, then simplify(a - b) == 0.

Typed text goes through parse_expr with implicit multiplication, LaTeX through parse_latex. Neither knows
lists, sets, intervals or words between relations, so those are taken apart here and compared part by part.
Equations are equal if their sides differ by the same up to a constant factor, inequalities up to a positive.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from tokenize import TokenError

import sympy
from protocol import Pair, serve
from sympy.core.relational import Relational
from sympy.parsing.latex import LaTeXParsingError, parse_latex
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication_application,
    parse_expr,
    rationalize,
    standard_transformations,
)

WAYS = (*standard_transformations, rationalize, convert_xor, implicit_multiplication_application)
CONSTANTS = {"e": sympy.E, "i": sympy.I, "pi": sympy.pi, "inf": sympy.oo}
NAMES = {letter: sympy.Symbol(letter, real=True) for letter in string.ascii_letters} | CONSTANTS
SIGNS = {"<=": sympy.Le, ">=": sympy.Ge, "!=": sympy.Ne, "=": sympy.Eq, "<": sympy.Lt, ">": sympy.Gt}
FAILURES = (
    ArithmeticError, AttributeError, LaTeXParsingError, LookupError, MemoryError, NameError, RuntimeError,
    SyntaxError, TokenError, TypeError, ValueError,
)  # fmt: skip
OPEN, CLOSE = "([{", ")]}"
LATEX = {
    r"\left": "", r"\right": "", r"\{": "{", r"\}": "}", r"\leq": "<=", r"\le": "<=", r"\geq": ">=",
    r"\ge": ">=", r"\neq": "!=", r"\ne": "!=", r"\lt": "<", r"\gt": ">", r"\cup": " U ",
    r"\text{ or }": " or ", r"\text{ and }": " and ",
}  # fmt: skip
PAIRED = re.compile("|".join(rf"{re.escape(word)}(?![a-z])" for word in LATEX))


def judge(pair: Pair) -> tuple[str, str, str]:
    try:
        answer, key = (read(pair["kind"], **pair[side]) for side in ("answer", "key"))
    except FAILURES as error:
        return "unreadable", "", type(error).__name__
    try:
        return ("correct" if same(answer, key) else "incorrect"), "", ""
    except FAILURES as error:
        return "undecided", "", type(error).__name__


def read(kind: str, text: str, latex: bool) -> object:
    """SymPy's objects, in ("or", …), ("and", …), ("{}", …), ("()", …) where there are several."""
    if latex and not text.count(r"\begin"):
        text = PAIRED.sub(lambda found: LATEX[found[0]], text)
    text = text.strip()
    for word in ("or", "and"):
        if len(parts := split(text, word)) > 1:
            return (word, *(read(kind, part, latex) for part in parts))
    if closes_at_end(text) and text[0] == "(" and re.search(r"[<>=]| or | and ", text):
        return read(kind, text[1:-1], latex)
    if kind == "interval" and text[:1] in "([" and text[-1:] in ")]":
        return sympy.Union(*(interval(part, latex) for part in re.split(r"\bU\b", text)))
    whole = closes_at_end(text)
    inner = split(text[1:-1] if whole else text, ",")
    if len(inner) > 1 or (whole and text[0] != "("):
        return (text[0] + text[-1] if whole else "()", *(read(kind, part, latex) for part in inner))
    return relation(text, latex)


def interval(text: str, latex: bool) -> sympy.Set:
    low, high = split(text.strip()[1:-1], ",")
    opened = text.strip()[0] == "(", text.strip()[-1] == ")"
    return sympy.Interval(value(low, latex), value(high, latex), *opened)


def closes_at_end(text: str) -> bool:
    """Does the bracket that opens the text close at its very end?"""
    depths = list(depth_after(text))
    return text[:1] in tuple(OPEN) and depths.index(0) == len(text) - 1 if 0 in depths else False


def depth_after(text: str) -> Iterator[int]:
    depth = 0
    for letter in text:
        depth += (letter in OPEN) - (letter in CLOSE)
        yield depth


def split(text: str, sign: str) -> list[str]:
    """At every comma, or every such word, outside of brackets."""
    depths = list(depth_after(text))
    found = re.finditer(rf"\b{sign}\b" if sign.isalpha() else re.escape(sign), text)
    cuts = [match.span() for match in found if depths[match.start()] == 0]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def relation(text: str, latex: bool) -> object:
    parts = re.split("(<=|>=|!=|=|<|>)", text)
    if len(parts) == 1:
        return value(text, latex)
    sides = [value(side, latex) for side in parts[::2]]
    found = [
        SIGNS[sign](left, right, evaluate=False)
        for left, sign, right in zip(sides[:-1], parts[1::2], sides[1:], strict=True)
    ]
    return found[0] if len(found) == 1 else ("and", *found)


def value(text: str, latex: bool) -> sympy.Expr:
    if not latex:
        return parse_expr(text, local_dict=NAMES, transformations=WAYS)
    found = parse_latex(text)
    named = found.subs({symbol: NAMES.get(symbol.name, symbol) for symbol in found.free_symbols})
    return sympy.nsimplify(named, rational=True)


def same(one: object, two: object) -> bool:
    if isinstance(one, tuple) or isinstance(two, tuple):
        return several(one, two)
    if isinstance(one, sympy.Set) or isinstance(two, sympy.Set):
        return bool(one == two)
    if isinstance(one, Relational) or isinstance(two, Relational):
        return isinstance(one, Relational) and isinstance(two, Relational) and related(one, two)
    return bool(one == two or sympy.simplify(one - two) == 0)


def several(one: object, two: object) -> bool:
    if not (isinstance(one, tuple) and isinstance(two, tuple)) or one[0] != two[0]:
        return False
    if one[0] in ("()", "[]", "[)", "(]"):
        return len(one) == len(two) and all(map(same, one[1:], two[1:]))
    return all(any(same(a, b) for b in two[1:]) for a in one[1:]) and all(
        any(same(a, b) for a in one[1:]) for b in two[1:]
    )


def related(one: Relational, two: Relational) -> bool:
    """The same sign between sides whose differences are constant multiples of each other."""
    (sign, first), (other, second) = forward(one), forward(two)
    if sign is not other:
        return False
    ratio = sympy.simplify(first / second)
    if sign in (sympy.Eq, sympy.Ne):
        return bool(ratio.is_number and ratio.is_finite and not ratio.is_zero)
    return bool(ratio.is_positive and ratio.is_number)


def forward(one: Relational) -> tuple[type, sympy.Expr]:
    """The sign, turned to > or >=, and the difference of the sides."""
    if isinstance(one, sympy.Lt | sympy.Le):
        one = one.reversed
    return type(one), one.lhs - one.rhs


if __name__ == "__main__":
    serve(judge)

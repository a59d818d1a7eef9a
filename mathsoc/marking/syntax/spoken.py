"""A tree in spoken British English, as a maths teacher reads it aloud.

Two trees that differ never sound alike. As in ClearSpeak, short things are said the short way ("1 over 2",
"the square root of x", "sine of 2 x"), and as in MathSpeak longer ones say where they end:

- brackets are said where one line of text needs them: "open bracket x plus 1 close bracket squared";
- a longer fraction is "x plus 1, all over 2" where it is the whole of an answer or of a side, for "all"
  reaches back to the start; anywhere else it is "the fraction with numerator x plus 1 and denominator 2,
  end fraction";
- what stands under a root, between bars or in a raised place is closed by "end root", "end modulus" or
  "end power" unless it is a single number or letter;
- a function of more than a number, a letter or 2 x has its brackets said;
- lists of numbers and letters are "1, 2 and 3"; in other lists each comma is said, and their end.
"""

from __future__ import annotations

from itertools import pairwise

from . import spoken_names as names
from .names import BARE
from .printing import AND, ATOM, POW, PROD, REL, rank
from .tree import (
    All,
    Any,
    Call,
    Constant,
    Group,
    Matrix,
    Mixed,
    Negative,
    Node,
    Not,
    Number,
    PlusMinus,
    Power,
    Product,
    Quantity,
    Quotient,
    Relation,
    Sum,
    Symbol,
    Union,
)
from .unit_spoken import spoken_unit


def spoken(node: Node, *, region: bool = False) -> str:
    """The node read aloud; `region`: (1, 2) is an interval, not a pair."""
    if region:
        return _region(node)
    match node:
        case Quotient(top=top, bottom=bottom) if not _short(top) and _short(bottom):
            return f"{_say(top)}, all over {_say(bottom)}"
        case Relation(op="in", left=left, right=right):
            among = "" if isinstance(right, Group) and right.opening == "{" else "the interval "
            return f"{spoken(left)} is in {among}{_region(right)}"
        case Relation(op=op, left=left, right=right):
            return f"{spoken(left)} {names.RELATIONS[op]} {spoken(right)}"
    return _say(node)


def _say(node: Node) -> str:
    match node:
        case Number(text=text):
            return names.number(text)
        case Mixed():
            return names.mixed(node)
        case Symbol(name=name):
            return names.symbol(name)
        case Constant(name=name):
            return names.CONSTANTS[name]
        case Call():
            return _call(node)
        case Negative(arg=arg):
            return "minus " + _in(arg, PROD)
        case PlusMinus(arg=arg, upper=upper):
            return _plus_minus(upper) + _in(arg, PROD)
        case Sum(terms=terms):
            return _sum(terms)
        case Product(factors=factors):
            return _product(factors)
        case Quotient(top=top, bottom=bottom):
            if _short(top) and _short(bottom):
                return f"{_say(top)} over {_say(bottom)}"
            return f"the fraction with numerator {_say(top)} and denominator {_say(bottom)}, end fraction"
        case Power(base=base, exponent=exponent):
            return _power(base, exponent)
        case Quantity(value=value, unit=unit):
            bare = value.arg if isinstance(value, Negative) else value
            words = _say(value) if isinstance(bare, Number) else _in(value, PROD)
            return f"{words} {spoken_unit(unit, one=bare == Number('1'))}"
    return _statement(node)


def _statement(node: Node) -> str:
    match node:
        case Relation():
            return spoken(node)
        case All(items=items):
            return " and ".join(_in(item, REL) for item in items)
        case Any(items=items):
            return " or ".join(_in(item, AND) for item in items)
        case Not(arg=arg):
            return "not " + _bracketed(_say(arg))
        case Union():
            return _region(node)
        case Group():
            return _group(node)
        case Matrix(rows=rows):
            return _matrix(rows)
    raise TypeError(type(node).__name__)


def _bracketed(words: str) -> str:
    return f"open bracket {words} close bracket"


def _in(node: Node, place: int) -> str:
    return _bracketed(_say(node)) if rank(node) < place else _say(node)


def _leaf(node: Node) -> bool:
    """One number, letter or constant."""
    return (isinstance(node, Number) and "e" not in node.text) or isinstance(node, Symbol | Constant)


def _short(node: Node) -> bool:
    """A leaf, or 2 x: heard as one thing."""
    match node:
        case Product(factors=(Number() as first, Symbol() | Constant())):
            return _leaf(first)
    return _leaf(node)


def _tight(before: Node, factor: Node) -> bool:
    """2 x and 2 x squared need no "times"."""
    first = factor.base if isinstance(factor, Power) else factor
    return isinstance(before, Number) and _leaf(before) and isinstance(first, Symbol | Constant)


def _base(node: Node) -> str:
    """What is said before "squared" or "factorial": one thing, or in brackets."""
    return _say(node) if _leaf(node) else _bracketed(_say(node))


def _plus_minus(upper: bool) -> str:
    return "plus or minus " if upper else "minus or plus "


def _sum(terms: tuple[Node, ...]) -> str:
    out = _say(terms[0]) if isinstance(terms[0], Negative | PlusMinus) else _in(terms[0], PROD)
    for term in terms[1:]:
        match term:
            case Negative(arg=arg):
                out += " minus " + _in(arg, PROD)
            case PlusMinus(arg=arg, upper=upper):
                out += f" {_plus_minus(upper)}" + _in(arg, PROD)
            case _:
                out += " plus " + _in(term, PROD)
    return out


def _product(factors: tuple[Node, ...]) -> str:
    out = _in(factors[0], ATOM if isinstance(factors[0], Mixed | Quotient) else PROD)
    for before, factor in pairwise(factors):
        out += " " if _tight(before, factor) else " times "
        out += _in(factor, ATOM if isinstance(factor, Mixed) else POW)
    return out


def _power(base: Node, exponent: Node) -> str:
    raised = _raised(exponent)
    match base:
        case Call(name=name, args=(arg,)) if name in BARE and raised in names.POWERS.values():
            return f"{names.FUNCTIONS[name]} {raised} of {_argument(arg)}"
    return f"{_base(base)} {raised}"


def _raised(exponent: Node) -> str:
    match exponent:
        case Number(text=text) if text in names.POWERS:
            return names.POWERS[text]
        case Negative(arg=arg) if _leaf(arg):
            return f"to the power minus {_say(arg)}"
    if _leaf(exponent):
        return f"to the power {_say(exponent)}"
    return f"to the power of {_say(exponent)}, end power"


def _argument(arg: Node) -> str:
    return _say(arg) if _short(arg) else _bracketed(_say(arg))


def _call(node: Call) -> str:
    match node:
        case Call(name="sqrt" | "abs" | "floor" | "ceil" as name, args=(arg,)):
            start, end = names.ENCLOSED[name]
            return _enclosed(start, arg, end)
        case Call(name="root", args=(arg, degree)):
            return _enclosed(_root(degree), arg, "root")
        case Call(name="factorial" | "percent" | "degree" as name, args=(arg,)):
            return f"{_base(arg)} {names.AFTER[name]}"
        case Call(name="binomial" | "permutations" as name, args=(left, right)):
            return f"{_base(left)} {names.BETWEEN[name]} {_base(right)}"
        case Call(name="log", args=(arg, base)):
            return f"log base {_base(base)} of {_argument(arg)}"
        case Call(name=name, args=(arg,)):
            return f"{names.FUNCTIONS[name]} of {_argument(arg)}"
    return f"{names.FUNCTIONS[node.name]} of {_bracketed(' comma '.join(map(_say, node.args)))}"


def _root(degree: Node) -> str:
    known = names.nth_root(degree) if isinstance(degree, Number) else None
    return known or f"root of degree {_base(degree)}"


def _enclosed(start: str, arg: Node, end: str) -> str:
    return f"the {start} of {_say(arg)}" + ("" if _leaf(arg) else f", end {end}")


def _plain_item(node: Node) -> bool:
    return _leaf(node.arg if isinstance(node, Negative) else node)


def _listed(items: tuple[Node, ...], end: str) -> str:
    """Numbers and letters as in a sentence; longer things with every comma and the end said."""
    if not all(map(_plain_item, items)):
        return " comma ".join(map(_say, items)) + f", end {end}"
    said = [_say(item) for item in items]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]


def _group(node: Group) -> str:
    match node:
        case Group(opening="{", items=()):
            return "the empty set"
        case Group(opening="{", items=items):
            return "the set of " + _listed(items, "set")
        case Group(opening="(" | "[", closing=closing) if closing != {"(": ")", "[": "]"}[node.opening]:
            return "the interval " + _region(node)
        case Group(opening="", items=items):
            return "the list " + _listed(items, "list")
    inner = " comma ".join(map(_say, node.items))
    return f"{names.BRACKETS[node.opening]} {inner} {names.BRACKETS[node.closing]}"


def _region(node: Node) -> str:
    match node:
        case Union(items=items):
            return ", union ".join(map(_region, items))
        case Group(opening="(" | "[" as opening, items=(low, high), closing=closing):
            ends = ((low, opening == "["), (high, closing == "]"))
            return f"from {_say(low)} to {_say(high)}{_ends(*ends)}"
    return _say(node)


def _ends(*ends: tuple[Node, bool]) -> str:
    """`, 1 included, 2 not`: infinity is never included and so not spoken of."""
    told = [(end, included) for end, included in ends if included or not _infinite(end)]
    match told:
        case ((_, True), (_, True)):
            return ", both included"
        case ((_, False), (_, False)):
            return ", neither included"
        case ((low, first), (high, _)):
            inside, outside = (low, high) if first else (high, low)
            return f", {_say(inside)} included, {_say(outside)} not"
        case ((end, included),):
            return f", {_say(end)} {'included' if included else 'not included'}"
    return ""


def _infinite(node: Node) -> bool:
    inner = node.arg if isinstance(node, Negative | PlusMinus) else node
    return inner == Constant("inf")


def _matrix(rows: tuple[tuple[Node, ...], ...]) -> str:
    start = f"the {len(rows)} by {len(rows[0])} matrix with row{'s' if len(rows) > 1 else ''} "
    if all(_plain_item(cell) for row in rows for cell in row):
        lines = [", ".join(map(_say, row)) for row in rows]
        return start + (lines[0] if len(lines) == 1 else "; ".join(lines[:-1]) + " and " + lines[-1])
    return start + "; next row ".join(" comma ".join(map(_say, row)) for row in rows) + ", end matrix"

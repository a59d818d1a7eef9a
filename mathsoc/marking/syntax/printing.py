"""The plain text of a tree: one line that reads like what people type, and that the reader reads back."""

from __future__ import annotations

from itertools import pairwise

from .names import GREEK
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
from .units import Unit

OR, AND, REL, SUM, PROD, NEG, POW, ATOM = range(8)
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "in": " ∈ "}
CONSTANTS = {"pi": "π", "inf": "∞", "e": "e", "i": "i"}
TYPED = {"permutations": "nPr"}  # names in the tree that nobody types
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def rank(node: Node) -> int:
    """How tightly the node holds together: what is looser than its place needs brackets."""
    match node:
        case Any():
            return OR
        case All() | Not():
            return AND
        case Relation() | Union():
            return REL
        case Sum() | PlusMinus():
            return SUM
        case Product() | Quotient() | Quantity():
            return PROD
        case Negative():
            return SUM
        case Power() | Mixed():
            return POW
        case Call(name="factorial" | "percent" | "degree"):
            return POW
        case Group(opening=""):
            return OR
        case Number(text=text) if "e" in text:
            return PROD
    return ATOM


def plain(node: Node) -> str:
    """The node in one line of Unicode text."""
    match node:
        case Number(text=text):
            return _number(text)
        case Mixed(whole=whole, numerator=top, denominator=bottom):
            return f"{whole} {top}/{bottom}"
        case Symbol(name=name):
            return symbol(name)
        case Constant(name=name):
            return CONSTANTS[name]
        case Call():
            return _call(node)
        case Negative(arg=arg):
            return "−" + _in(arg, PROD)
        case PlusMinus(arg=arg, upper=upper):
            return ("±" if upper else "∓") + _in(arg, PROD)
        case Sum(terms=terms):
            return _sum(terms)
        case Product(factors=factors):
            return _product(factors)
        case Quotient(top=top, bottom=bottom):
            return f"{_in(top, PROD)}/{_in(bottom, POW)}"
        case Power(base=base, exponent=exponent):
            return _power(base, exponent)
    return _statement(node)


def _statement(node: Node) -> str:
    match node:
        case Relation(op=op, left=left, right=right):
            sign = SIGNS.get(op, op)
            return f"{plain(left)}{sign if sign.startswith(' ') else f' {sign} '}{plain(right)}"
        case All(items=items):
            return " and ".join(_in(item, REL) for item in items)
        case Any(items=items):
            return " or ".join(_in(item, AND) for item in items)
        case Not(arg=arg):
            return f"not ({plain(arg)})"
        case Union(items=items):
            return " ∪ ".join(map(plain, items))
        case Group(opening=opening, items=items, closing=closing):
            return opening + ", ".join(map(plain, items)) + closing
        case Quantity(value=value, unit=unit):
            return _quantity(value, unit)
        case Matrix(rows=rows):
            return "[" + ", ".join("[" + ", ".join(map(plain, row)) + "]" for row in rows) + "]"
    raise TypeError(type(node).__name__)


def _quantity(value: Node, unit: Unit) -> str:
    if isinstance(value, Negative):
        return "−" + _quantity(value.arg, unit)
    after = unit.text.removeprefix(unit.sign)
    gap = " " if unit.spaced and after and not after.startswith("/") else ""
    return unit.sign + _in(value, PROD) + gap + after.removeprefix("·")


def symbol(name: str) -> str:
    """The name as the reader takes it: of a longer subscript without brackets it takes one letter only."""
    letter, mark, sub = name.partition("_")
    loose = len(sub) > 1 and not sub.isdigit() and (len(letter) == 1 or letter in GREEK)
    return GREEK.get(letter, letter) + mark + (f"({sub})" if loose else sub)


def _in(node: Node, place: int) -> str:
    text = plain(node)
    return f"({text})" if rank(node) < place else text


def _number(text: str) -> str:
    mantissa, mark, power = text.partition("e")
    return f"{mantissa}·10{power.translate(_RAISED)}" if mark else text


def _sum(terms: tuple[Node, ...]) -> str:
    out = _in(terms[0], PROD) if not isinstance(terms[0], Negative | PlusMinus) else plain(terms[0])
    for term in terms[1:]:
        match term:
            case Negative(arg=arg):
                out += " − " + _in(arg, PROD)
            case PlusMinus(arg=arg, upper=upper):
                out += (" ± " if upper else " ∓ ") + _in(arg, PROD)
            case _:
                out += " + " + _in(term, PROD)
    return out


def _product(factors: tuple[Node, ...]) -> str:
    out = _in(factors[0], ATOM if isinstance(factors[0], Mixed | Quotient) else PROD)
    for before, factor in pairwise(factors):
        tight = (
            isinstance(before, Number) and "e" not in before.text and isinstance(factor, Symbol | Constant)
        )
        text = _in(factor, POW if not isinstance(factor, Mixed) else ATOM)
        power_of_letter = (
            isinstance(before, Number) and isinstance(factor, Power) and isinstance(factor.base, Symbol)
        )
        out += text if tight or power_of_letter else "·" + text
    return out


def _power(base: Node, exponent: Node) -> str:
    below = _before_sign(base)
    match exponent:
        case Number(text=text) if text.isdigit():
            return below + text.translate(_RAISED)
        case Negative(arg=Number(text=text)) if text.isdigit():
            return below + ("-" + text).translate(_RAISED)
    return f"{below}^{_in(exponent, ATOM)}"


def _call(node: Call) -> str:
    match node:
        case Call(name="sqrt", args=(arg,)):
            return f"√{_in(arg, ATOM)}" if isinstance(arg, Number | Symbol) else f"√({plain(arg)})"
        case Call(name="abs", args=(arg,)):
            return f"|{plain(arg)}|"
        case Call(name="factorial", args=(arg,)):
            return _before_sign(arg) + "!"
        case Call(name="percent", args=(arg,)):
            return _before_sign(arg) + "%"
        case Call(name="degree", args=(arg,)):
            return _before_sign(arg) + "°"
        case Call(name="log", args=(arg, base)):
            return f"log_{_in(base, ATOM)}({plain(arg)})"
    return f"{TYPED.get(node.name, node.name)}({', '.join(map(plain, node.args))})"


def _before_sign(node: Node) -> str:
    """√2! is the root of 2!, and √2² looks like that of 2², so a root needs brackets here."""
    rooted = isinstance(node, Call) and node.name == "sqrt"
    return f"({plain(node)})" if rooted else _in(node, ATOM)

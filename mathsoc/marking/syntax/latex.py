r"""LaTeX of a tree, such that the reader gives the same tree again: `\frac{x^{2} + 1}{2}`."""

from __future__ import annotations

from itertools import pairwise

from .names import BARE, GREEK
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
from .units import Unit

_CONSTANTS = {"pi": r"\pi", "inf": r"\infty", "e": "e", "i": "i"}
_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "in": r"\in"}
_COMMANDS = frozenset((
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth",
    "ln", "log", "exp", "max", "min", "gcd", "arg",
))  # fmt: skip
_SPELLED = {"sign": "sgn", "permutations": "nPr"}
_FENCES = {"floor": (r"\lfloor ", r"\rfloor"), "ceil": (r"\lceil ", r"\rceil"), "abs": ("|", "|")}
_SUFFIXES = {"factorial": "!", "percent": r"\%", "degree": r"^{\circ}"}
_BRACES = {"{": r"\{", "}": r"\}"}


def latex(node: Node) -> str:
    """The node in LaTeX's mathematical mode."""
    match node:
        case Number(text=text):
            mantissa, mark, power = text.partition("e")
            return rf"{mantissa} \cdot 10^{{{power}}}" if mark else text
        case Mixed(whole=whole, numerator=top, denominator=bottom):
            return rf"{whole}\frac{{{top}}}{{{bottom}}}"
        case Symbol(name=name):
            return _symbol(name)
        case Constant(name=name):
            return _CONSTANTS[name]
        case Call():
            return _call(node)
        case Negative(arg=arg):
            return "-" + _in(arg, PROD)
        case PlusMinus(arg=arg, upper=upper):
            return (r"\pm " if upper else r"\mp ") + _in(arg, PROD)
        case Sum(terms=terms):
            return _sum(terms)
        case Product(factors=factors):
            return _product(factors)
        case Quotient(top=top, bottom=bottom):
            return rf"\frac{{{latex(top)}}}{{{latex(bottom)}}}"
        case Power(base=base, exponent=exponent):
            return _power(base, exponent)
        case Quantity(value=value, unit=unit):
            return _quantity(value, unit)
    return _statement(node)


def _statement(node: Node) -> str:
    match node:
        case Relation(op=op, left=left, right=right):
            return f"{latex(left)} {_SIGNS.get(op, op)} {latex(right)}"
        case All(items=items):
            return r" \text{ and } ".join(_in(item, REL) for item in items)
        case Any(items=items):
            return r" \text{ or } ".join(_in(item, AND) for item in items)
        case Not(arg=arg):
            return r"\neg " + _fenced(latex(arg))
        case Union(items=items):
            return r" \cup ".join(map(latex, items))
        case Group(opening="", items=items):
            return ", ".join(map(latex, items))
        case Group(opening=opening, items=items, closing=closing):
            inner = ", ".join(map(latex, items))
            return _fenced(inner, _BRACES.get(opening, opening), _BRACES.get(closing, closing))
        case Matrix(rows=rows):
            lines = r" \\ ".join(" & ".join(map(latex, row)) for row in rows)
            return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"
    raise TypeError(type(node).__name__)


def _fenced(inner: str, opening: str = "(", closing: str = ")") -> str:
    return rf"\left{opening}{inner}\right{closing}"


def _in(node: Node, place: int) -> str:
    """With brackets where the place asks for them; a fraction holds itself together."""
    loose = rank(node) < place and not isinstance(node, Quotient)
    return _fenced(latex(node)) if loose else latex(node)


def _base(node: Node) -> str:
    """What a power or a factorial sign stands behind."""
    return _fenced(latex(node)) if rank(node) < ATOM else latex(node)


def _symbol(name: str) -> str:
    main, _, sub = name.partition("_")
    if not sub:
        return _letters(main)
    if len(main) > 1 and main not in GREEK:  # a declared name, which the reader takes whole
        return f"{_letters(main)}_{_letters(sub)}"
    return f"{_letters(main)}_{{{_letters(sub)}}}"


def _letters(name: str) -> str:
    if name in GREEK:
        return "\\" + name
    return rf"\mathrm{{{name}}}" if len(name) > 1 and name.isalpha() else name


def _sum(terms: tuple[Node, ...]) -> str:
    out = latex(terms[0]) if isinstance(terms[0], Negative | PlusMinus) else _in(terms[0], PROD)
    for term in terms[1:]:
        match term:
            case Negative(arg=arg):
                out += " - " + _in(arg, PROD)
            case PlusMinus(arg=arg, upper=upper):
                out += (r" \pm " if upper else r" \mp ") + _in(arg, PROD)
            case _:
                out += " + " + _in(term, PROD)
    return out


def _quantity(value: Node, unit: Unit) -> str:
    if isinstance(value, Negative):
        return "-" + _quantity(value.arg, unit)
    pairs = [*unit.top, *((symbol, -power) for symbol, power in unit.bottom)]
    signed = bool(unit.sign)
    after = r"\,".join(_unit(symbol, power) for symbol, power in pairs[signed:])
    gap = r"\," if after and not after.startswith("^") else ""
    return unit.sign + _in(value, PROD) + gap + after


def _unit(symbol: str, power: int) -> str:
    degrees = r"^{\circ}" * symbol.startswith("°")
    letters = symbol.removeprefix("°")
    name = degrees + (rf"\mathrm{{{letters}}}" if letters else "")
    return name if power == 1 else f"{name}^{{{power}}}"


def _product(factors: tuple[Node, ...]) -> str:
    out = _in(factors[0], ATOM if isinstance(factors[0], Mixed) else PROD)
    for before, factor in pairwise(factors):
        first = factor.base if isinstance(factor, Power) else factor
        tight = isinstance(before, Number) and "e" not in before.text and isinstance(first, Symbol | Constant)
        text = _in(factor, ATOM if isinstance(factor, Mixed) else POW)
        out += text if tight else r" \cdot " + text
    return out


def _power(base: Node, exponent: Node) -> str:
    match base, exponent:
        case Call(name=name, args=(arg,)), Number(text=text) if name in BARE and text.isdigit():
            return f"{_name(name)}^{{{text}}}" + _fenced(latex(arg))
    return f"{_base(base)}^{{{latex(exponent)}}}"


def _call(node: Call) -> str:
    match node:
        case Call(name="sqrt", args=(arg,)):
            return rf"\sqrt{{{latex(arg)}}}"
        case Call(name="root", args=(arg, degree)) if degree != Number("2"):  # \sqrt[2] is read as \sqrt
            return rf"\sqrt[{latex(degree)}]{{{latex(arg)}}}"
        case Call(name="abs" | "floor" | "ceil" as name, args=(arg,)):
            return _fenced(latex(arg), *_FENCES[name])
        case Call(name="factorial" | "percent" | "degree" as name, args=(arg,)):
            return _base(arg) + _SUFFIXES[name]
        case Call(name="binomial", args=(top, bottom)):
            return rf"\binom{{{latex(top)}}}{{{latex(bottom)}}}"
        case Call(name="log", args=(arg, base)):
            return rf"\log_{{{latex(base)}}}" + _fenced(latex(arg))
    return _name(node.name) + _fenced(", ".join(map(latex, node.args)))


def _name(name: str) -> str:
    if name in _COMMANDS:
        return "\\" + name
    return rf"\operatorname{{{_SPELLED.get(name, name)}}}"

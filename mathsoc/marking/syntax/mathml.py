"""Presentation MathML from our own tree. Every text node is escaped here, so the result is safe in a page."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from .names import GREEK
from .printing import AND, ATOM, CONSTANTS, POW, PROD, REL, SIGNS, rank
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

_UPRIGHT = {
    "arsinh": "arsinh", "arcosh": "arcosh", "artanh": "artanh", "sign": "sgn", "permutations": "P",
}  # fmt: skip


_CLOSED = ("abs", "floor", "ceil", "binomial")  # signs of their own at both ends

NAMESPACE = 'xmlns="http://www.w3.org/1998/Math/MathML" display="inline"'


def mathml(node: Node) -> str:
    """A whole `<math>` element for the tree."""
    return f"<math {NAMESPACE}>{_row(_node(node))}</math>"


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _mi(text: str) -> str:
    return f"<mi>{escape(text)}</mi>"


def _mn(text: str) -> str:
    return f"<mn>{escape(text)}</mn>"


def _mo(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _fenced(inner: str, opening: str = "(", closing: str = ")") -> str:
    return _row(_mo(opening), inner, _mo(closing))


def _in(node: Node, place: int) -> str:
    inner = _node(node)
    loose = rank(node) < place and not isinstance(node, Quotient)
    return _fenced(inner) if loose else inner


def _node(node: Node) -> str:
    match node:
        case Number(text=text):
            return _number(text)
        case Mixed(whole=whole, numerator=top, denominator=bottom):
            return _row(_mn(str(whole)), f"<mfrac>{_mn(str(top))}{_mn(str(bottom))}</mfrac>")
        case Symbol(name=name):
            return _symbol(name)
        case Constant(name=name):
            return _mi(CONSTANTS[name])
        case Call():
            return _call(node)
        case Negative(arg=arg):
            return _row(_mo("−"), _in(arg, PROD))
        case PlusMinus(arg=arg, upper=upper):
            return _row(_mo("±" if upper else "∓"), _in(arg, PROD))
        case Sum(terms=terms):
            return _row(*_terms(terms))
        case Product(factors=factors):
            return _row(*_factors(factors))
        case Quotient(top=top, bottom=bottom):
            return f"<mfrac>{_row(_node(top))}{_row(_node(bottom))}</mfrac>"
        case Power(base=base, exponent=exponent):
            return f"<msup>{_base(base)}{_row(_node(exponent))}</msup>"
    return _statement(node)


def _statement(node: Node) -> str:
    match node:
        case Relation(op=op, left=left, right=right):
            return _row(_node(left), _mo(SIGNS.get(op, op).strip()), _node(right))
        case All(items=items):
            return _joined([_in(item, REL) for item in items], "and")
        case Any(items=items):
            return _joined([_in(item, AND) for item in items], "or")
        case Not(arg=arg):
            return _row(_mo("¬"), _fenced(_node(arg)))
        case Union(items=items):
            return _listed([_node(item) for item in items], "∪")
        case Group(opening=opening, items=items, closing=closing):
            inner = _listed([_node(item) for item in items], ",")
            return _row(_mo(opening) if opening else "", inner, _mo(closing) if closing else "")
        case Quantity(value=value, unit=unit):
            return _quantity(value, unit)
        case Matrix(rows=rows):
            return _fenced(_table(rows), "[", "]")
    raise TypeError(type(node).__name__)


def _quantity(value: Node, unit: Unit) -> str:
    if isinstance(value, Negative):
        return _row(_mo("−"), _quantity(value.arg, unit))
    top = unit.top[1:] if unit.sign else unit.top
    parts = [_upright(((unit.sign, 1),))] if unit.sign else []
    parts.append(_in(value, PROD))
    if top and unit.spaced:
        parts.append('<mspace width="0.1667em"></mspace>')
    parts.append(_upright(top))
    if unit.bottom:
        below = _upright(unit.bottom)
        parts += [_mo("/"), _fenced(below) if len(unit.bottom) > 1 else below]
    return _row(*parts)


def _upright(pairs: tuple[tuple[str, int], ...]) -> str:
    """Units with their powers, upright as the SI has them."""
    done: list[str] = []
    for symbol, power in pairs:
        name = f'<mi mathvariant="normal">{escape(symbol)}</mi>'
        raised = _mn(str(power).replace("-", "−"))
        done.append(name if power == 1 else f"<msup>{name}{raised}</msup>")
    return _mo("·").join(done)


def _table(rows: tuple[tuple[Node, ...], ...]) -> str:
    lines = ("".join(f"<mtd>{_node(cell)}</mtd>" for cell in row) for row in rows)
    return "<mtable>" + "".join(f"<mtr>{line}</mtr>" for line in lines) + "</mtable>"


def _joined(parts: list[str], word: str) -> str:
    between = f'<mspace width="0.5em"></mspace><mtext>{word}</mtext><mspace width="0.5em"></mspace>'
    return _row(between.join(parts))


def _listed(parts: list[str], sign: str) -> str:
    return _row(_mo(sign).join(parts))


def _number(text: str) -> str:
    mantissa, mark, power = text.partition("e")
    if not mark:
        return _mn(text)
    return _row(_mn(mantissa), _mo("×"), f"<msup>{_mn('10')}{_mn(power.replace('-', '−'))}</msup>")


def _symbol(name: str) -> str:
    letter, _, sub = name.partition("_")
    main = _mi(GREEK.get(letter, letter))
    if not sub:
        return main
    return f"<msub>{main}{_mn(sub) if sub.isdigit() else _mi(sub)}</msub>"


def _terms(terms: tuple[Node, ...]) -> list[str]:
    parts: list[str] = []
    for index, term in enumerate(terms):
        match term:
            case Negative(arg=arg):
                parts += [_mo("−"), _in(arg, PROD)]
            case PlusMinus(arg=arg, upper=upper):
                parts += [_mo("±" if upper else "∓"), _in(arg, PROD)]
            case _:
                parts += [_mo("+") if index else "", _in(term, PROD)]
    return parts


def _factors(factors: tuple[Node, ...]) -> list[str]:
    parts = [_in(factors[0], ATOM if isinstance(factors[0], Mixed) else PROD)]
    for before, factor in pairwise(factors):
        parts.append(_mo("·") if _needs_dot(before, factor) else _mo("\u2062"))
        parts.append(_in(factor, ATOM if isinstance(factor, Mixed) else POW))
    return parts


def _needs_dot(before: Node, factor: Node) -> bool:
    """A visible sign except in 2x and 2(x+1): what was put in must be seen (`xy` is x·y)."""
    first = factor.base if isinstance(factor, Power) else factor
    if isinstance(before, Number) and "e" not in before.text:
        return isinstance(first, Number | Quotient | Mixed)
    return not isinstance(first, Sum)


def _base(node: Node) -> str:
    """What stands under a power: a root or a function in brackets, or the power seems to be inside it."""
    inner = _node(node)
    open_ended = isinstance(node, Quotient) or (isinstance(node, Call) and node.name not in _CLOSED)
    return inner if rank(node) >= ATOM and not open_ended else _fenced(inner)


def _call(node: Call) -> str:
    match node:
        case Call(name="sqrt", args=(arg,)):
            return f"<msqrt>{_node(arg)}</msqrt>"
        case Call(name="root", args=(arg, degree)):
            return f"<mroot>{_row(_node(arg))}{_row(_node(degree))}</mroot>"
        case Call(name="abs", args=(arg,)):
            return _fenced(_node(arg), "|", "|")
        case Call(name="floor", args=(arg,)):
            return _fenced(_node(arg), "⌊", "⌋")
        case Call(name="ceil", args=(arg,)):
            return _fenced(_node(arg), "⌈", "⌉")
        case Call(name="factorial", args=(arg,)):
            return _row(_base(arg), _mo("!"))
        case Call(name="percent", args=(arg,)):
            return _row(_base(arg), _mo("%"))
        case Call(name="degree", args=(arg,)):
            return _row(_base(arg), _mo("°"))
        case Call(name="binomial", args=(top, bottom)):
            return _fenced(f'<mfrac linethickness="0">{_row(_node(top))}{_row(_node(bottom))}</mfrac>')
        case Call(name="log", args=(arg,)):
            return _applied(f"<msub>{_mi('log')}{_mn('10')}</msub>", (arg,))
        case Call(name="log", args=(arg, base)):
            return _applied(f"<msub>{_mi('log')}{_row(_node(base))}</msub>", (arg,))
    return _applied(_mi(_UPRIGHT.get(node.name, node.name)), node.args)


def _applied(head: str, args: tuple[Node, ...]) -> str:
    return _row(head, _mo("\u2061"), _fenced(_listed([_node(arg) for arg in args], ",")))

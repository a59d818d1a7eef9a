"""From the mathematical form back to a tree, as one would write it: equal forms give one tree.

The tree reads back to the same form: fractions and roots are written by what `convert` makes of them.
"""

from __future__ import annotations

from fractions import Fraction

from .. import limits
from ..results import ReadError
from ..syntax.printing import plain
from ..syntax.tree import (
    Call,
    Constant,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from ..syntax.values import NO_ZERO
from .node import Core, q

_TEN = Number("10")


def written(core: Core) -> Node:
    """The tree of a form. Raises ReadError where a division by zero was hidden in it."""
    match core.kind:
        case "q":
            return number(core.value)
        case "s":
            return Symbol(core.name)
        case "k":
            if core.name == "undefined":
                raise ReadError(NO_ZERO)
            return Constant(core.name)
        case "+":
            return _sum(core)
        case "f":
            return Call(core.name, tuple(map(written, core.parts)))
    return _fraction(core)


def number(value: Fraction | int) -> Node:
    """A rational number as a whole number or a fraction, with its sign in front."""
    exact = Fraction(value)
    size = abs(exact)
    node = _whole(size.numerator)
    if size.denominator != 1:
        node = Quotient(node, _whole(size.denominator))
    return Negative(node) if exact < 0 else node


def _whole(size: int) -> Node:
    """Digits as far as a literal may have them; what is longer, in pieces with powers of ten."""
    step = 10 ** (limits.MAX_DIGITS - 10)
    if size < 10**limits.MAX_DIGITS:
        return Number(str(size))
    pieces: list[Node] = []
    place = 0
    while size:
        size, piece = divmod(size, step)
        if piece:
            pieces.append(_placed(piece, place))
        place += limits.MAX_DIGITS - 10
    pieces.reverse()
    return pieces[0] if len(pieces) == 1 else Sum(tuple(pieces))


def _placed(piece: int, place: int) -> Node:
    while piece % 10 == 0:
        piece, place = piece // 10, place + 1
    if place == 0:
        return Number(str(piece))
    power = Power(_TEN, Number(str(place)))
    return power if piece == 1 else Product((Number(str(piece)), power))


def _sum(core: Core) -> Node:
    """Terms of higher degree first, else by their text, so that the order says nothing of the typing."""
    terms = [(-_degree(part), written(part)) for part in core.parts]
    terms.sort(key=lambda term: (term[0], isinstance(term[1], Negative), plain(term[1])))
    return Sum(tuple(node for _, node in terms))


def _degree(core: Core) -> Fraction:
    match core.kind:
        case "s":
            return Fraction(1)
        case "*":
            return sum(map(_degree, core.parts), Fraction(0))
        case "^" if core.parts[1].kind == "q":
            return _degree(core.parts[0]) * core.parts[1].value
    return Fraction(0)


def _fraction(core: Core) -> Node:
    """A product or a power: what has a negative exponent stands below the line."""
    parts = core.parts if core.kind == "*" else (core,)
    size = abs(core.value)
    above = [_power(part) for part in parts if not _below(part)]
    under = [_power(part, turned=True) for part in parts if _below(part)]
    top = _product(size.numerator, above)
    if under or size.denominator != 1:
        top = Quotient(top, _product(size.denominator, under))
    return Negative(top) if core.value < 0 else top


def _below(part: Core) -> bool:
    return part.kind == "^" and part.parts[1].kind == "q" and part.parts[1].value < 0


def _power(part: Core, *, turned: bool = False) -> Node:
    if part.kind != "^":
        return written(part)
    base, exponent = part.parts
    if turned:
        exponent = q(-exponent.value)
    if exponent.kind == "q" and exponent.value == 1:
        return written(base)
    if exponent.kind == "q" and exponent.value == Fraction(1, 2):
        return Call("sqrt", (written(base),))
    return Power(written(base), written(exponent))


def _product(whole: int, factors: list[Node]) -> Node:
    """Letters before brackets and functions, each by its text."""
    factors.sort(key=lambda node: (_place(node), plain(node)))
    parts = [_whole(whole), *factors] if whole != 1 or not factors else factors
    return parts[0] if len(parts) == 1 else Product(tuple(parts))


def _place(node: Node) -> int:
    base = node.base if isinstance(node, Power) else node
    match base:
        case Number():
            return 0
        case Constant():
            return 1
        case Symbol():
            return 2
        case Call():
            return 3
    return 4

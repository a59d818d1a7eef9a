"""The tree that the grammar builds: immutable, close to what was typed, free of any computer algebra.

Later layers never see text, only these nodes. Brackets that only group leave no node: the printers put
them back where they are needed.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import TypeAlias

from .units import Unit


@lru_cache(maxsize=4096)
def literal(text: str) -> Fraction:
    """The exact value of a literal."""
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal as typed, in ASCII: `12`, `1.50`, `6.02e23`. The text matters for figures and forms."""

    text: str

    @property
    def value(self) -> Fraction:
        return literal(self.text)

    @property
    def whole(self) -> bool:
        return self.text.isdigit()


@dataclass(frozen=True, slots=True)
class Mixed:
    """A mixed number such as 2 1/2."""

    whole: int
    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction:
        return self.whole + Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable; a subscript is part of its name, as in `x_1`."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """One of `pi`, `e`, `i`, `inf`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a known name: `sin`, `root`, `log`, `abs`, `factorial`, `percent`, `degree` …"""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    arg: Node


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """± before a term; `upper` is False for ∓."""

    arg: Node
    upper: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Power:
    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Relation:
    """`op` is one of = < > <= >= != in."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class All:
    """Relations joined by `and`, or a chain such as 1 < x < 3."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Relations joined by `or`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    arg: Node


@dataclass(frozen=True, slots=True)
class Group:
    """Several things between brackets, or between none: a set, a sequence or an interval."""

    opening: str
    items: tuple[Node, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Union:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Node
    unit: Unit


Node: TypeAlias = (
    Number
    | Mixed
    | Symbol
    | Constant
    | Call
    | Sum
    | Negative
    | PlusMinus
    | Product
    | Quotient
    | Power
    | Relation
    | All
    | Any
    | Not
    | Group
    | Union
    | Matrix
    | Quantity
)


STATEMENTS = (Relation, All, Any, Not)
COLLECTIONS = (Group, Union, Matrix)


def _none(node: Node) -> tuple[Node, ...]:
    return ()


_CHILDREN: dict[type, Callable[[typing.Any], tuple[Node, ...]]] = {
    Number: _none,
    Mixed: _none,
    Symbol: _none,
    Constant: _none,
    Call: attrgetter("args"),
    Sum: attrgetter("terms"),
    Product: attrgetter("factors"),
    All: attrgetter("items"),
    Any: attrgetter("items"),
    Group: attrgetter("items"),
    Union: attrgetter("items"),
    Negative: lambda node: (node.arg,),
    PlusMinus: lambda node: (node.arg,),
    Not: lambda node: (node.arg,),
    Quantity: lambda node: (node.value,),
    Quotient: attrgetter("top", "bottom"),
    Power: attrgetter("base", "exponent"),
    Relation: attrgetter("left", "right"),
    Matrix: lambda node: tuple(cell for row in node.rows for cell in row),
}


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in reading order."""
    return _CHILDREN[type(node)](node)


def walk(node: Node) -> list[Node]:
    """Every node of the tree in reading order, without recursion."""
    found: list[Node] = []
    stack = [node]
    while stack:
        current = stack.pop()
        found.append(current)
        parts = _CHILDREN[type(current)](current)
        if parts:
            stack.extend(parts[::-1])
    return found


def contains(node: Node, *types: type) -> bool:
    """Is any node of the tree of one of these types?"""
    stack = [node]
    while stack:
        current = stack.pop()
        kind = type(current)
        if kind in types:
            return True
        stack += _CHILDREN[kind](current)
    return False


def depth(node: Node) -> int:
    """How many levels the tree has, without recursion."""
    level = [node]
    levels = 0
    while level:
        levels += 1
        level = [child for current in level for child in _CHILDREN[type(current)](current)]
    return levels


def symbols(node: Node) -> tuple[str, ...]:
    """The names of the variables, in the order of first appearance."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Symbol)))


def rebuild(node: Node, parts: tuple[Node, ...]) -> Node:
    """The same node with other parts (as `children` orders them)."""
    match node:
        case Call(name=name):
            return Call(name, parts)
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case All():
            return All(parts)
        case Any():
            return Any(parts)
        case Union():
            return Union(parts)
        case Group(opening=opening, closing=closing):
            return Group(opening, parts, closing)
        case Negative():
            return Negative(parts[0])
        case PlusMinus(upper=upper):
            return PlusMinus(parts[0], upper)
        case Not():
            return Not(parts[0])
        case Quantity(unit=unit):
            return Quantity(parts[0], unit)
        case Quotient():
            return Quotient(parts[0], parts[1])
        case Power():
            return Power(parts[0], parts[1])
        case Relation(op=op):
            return Relation(op, parts[0], parts[1])
        case Matrix(rows=rows):
            width = len(rows[0]) if rows else 0
            return Matrix(tuple(parts[i : i + width] for i in range(0, len(parts), width or 1)))
    return node

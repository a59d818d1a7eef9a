"""The tree that the grammar builds: immutable, close to what was typed, free of any computer algebra.

Later layers never see text, only these nodes. Brackets that only group leave no node: the printers put
them back where they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from .units import Unit


@dataclass(frozen=True, slots=True)
class Number:
    """A literal as typed, in ASCII: `12`, `1.50`, `6.02e23`. The text matters for figures and forms."""

    text: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.text)

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


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in reading order."""
    match node:
        case Call(args=parts) | Sum(terms=parts) | Product(factors=parts):
            return parts
        case All(items=parts) | Any(items=parts) | Group(items=parts) | Union(items=parts):
            return parts
        case Negative(arg=arg) | PlusMinus(arg=arg) | Not(arg=arg) | Quantity(value=arg):
            return (arg,)
        case Quotient(top=left, bottom=right) | Power(base=left, exponent=right):
            return (left, right)
        case Relation(left=left, right=right):
            return (left, right)
        case Matrix(rows=rows):
            return tuple(cell for row in rows for cell in row)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def depth(node: Node) -> int:
    """How many levels the tree has, without recursion."""
    deepest = 0
    stack = [(node, 1)]
    while stack:
        current, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(current))
    return deepest


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

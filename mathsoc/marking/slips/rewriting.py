"""Small changes to trees that several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from ..algebra.convert import core
from ..algebra.written import number
from ..syntax.tree import (
    COLLECTIONS,
    STATEMENTS,
    All,
    Any,
    Group,
    Negative,
    Node,
    Not,
    Number,
    PlusMinus,
    Power,
    Relation,
    Sum,
    children,
    contains,
    rebuild,
    walk,
)

Slip: TypeAlias = tuple[str, Node]
Slips: TypeAlias = Iterator[Slip]
ONE = Number("1")


def has_both_signs(node: Node) -> bool:
    return any(isinstance(part, PlusMinus) for part in walk(node))


def upper_sign(node: Node) -> Node:
    """The tree with + alone for each ±."""
    parts = tuple(map(upper_sign, children(node)))
    if isinstance(node, PlusMinus):
        return parts[0]
    return rebuild(node, parts) if parts else node


def negated(node: Node) -> Node:
    """The opposite, as one would write it; of an equation its right side, of several the last."""
    match node:
        case Negative(arg=arg):
            return arg
        case Number(text="0"):
            return node
        case Relation(op=op, left=left, right=right):
            return Relation(op, left, negated(right))
        case All(items=(*others, last)) | Any(items=(*others, last)) | Group(items=(*others, last)):
            return rebuild(node, (*others, negated(last)))
        case Not(arg=arg):
            return Not(negated(arg))
    return Negative(node)


def plus(*terms: Node) -> Node:
    """A sum without brackets inside."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,))]
    return Sum(tuple(flat))


def one_more(node: Node) -> Node:
    """A value with 1 added: worked out where it is rational, else written behind it."""
    if isinstance(node, Relation):
        return Relation(node.op, node.left, one_more(node.right))
    if isinstance(node, All | Any | Not | Group) and children(node):
        *others, last = children(node)
        return rebuild(node, (*others, one_more(last)))
    value = rational(node)
    if isinstance(node, Number) and "." in node.text and value is not None:
        return decimal(value + 1, len(node.text.partition(".")[2]))
    return number(value + 1) if value is not None else plus(node, ONE)


def rational(node: Node) -> Fraction | None:
    """The exact value of a tree where the mathematical form knows it to be rational."""
    if has_both_signs(node) or contains(node, *STATEMENTS, *COLLECTIONS):
        return None
    value = core(node)
    return value.value if value.rational else None


def decimal(value: Fraction, places: int) -> Node:
    """The value rounded half up to so many decimal places."""
    scaled = int(abs(value) * 10**places + Fraction(1, 2)) if places >= 0 else 0
    if places < 0:
        unit = 10**-places
        scaled, places = int(abs(value) / unit + Fraction(1, 2)) * unit, 0
    digits = str(scaled).rjust(places + 1, "0")
    node = Number(digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")
    return Negative(node) if value < 0 else node


def first_changed(node: Node, change: Callable[[Node], Node | None]) -> Node | None:
    """The tree with the first part (in reading order, exponents last) that `change` has another for."""
    new = change(node)
    if new is not None:
        return new
    parts = children(node)
    for place, part in enumerate(parts):
        if isinstance(node, Power) and place == 1:
            break
        found = first_changed(part, change)
        if found is not None:
            return rebuild(node, (*parts[:place], found, *parts[place + 1 :]))
    return None


def flipped_terms(node: Node) -> Slips:
    """A sum with one sign wrong: that of the last term, then that of the first."""
    match node:
        case Sum(terms=(first, *rest, last)):
            yield "one-sign", Sum((first, *rest, negated(last)))
            yield "one-sign", Sum((negated(first), *rest, last))
        case Negative(arg=Sum() as inner):
            yield "one-sign", inner


def next_number(node: Node) -> Node | None:
    """A number one larger; None for anything else."""
    return one_more(node) if isinstance(node, Number) else None


def swapped_numbers(node: Node) -> Node | None:
    """The first two different numbers of a tree swapped, exponents left alone."""
    numbers = list(dict.fromkeys(_numbers(node)))
    if len(numbers) < 2:
        return None
    return _swap(node, {numbers[0]: numbers[1], numbers[1]: numbers[0]})


def swapped(node: Node, one: Node, other: Node) -> Node:
    return _swap(node, {one: other, other: one})


def _numbers(node: Node) -> Iterator[Node]:
    if isinstance(node, Number):
        yield node
    for place, part in enumerate(children(node)):
        if not (isinstance(node, Power) and place == 1):
            yield from _numbers(part)


def _swap(node: Node, other: dict[Node, Node]) -> Node:
    if node in other:
        return other[node]
    parts = children(node)
    new = tuple(
        part if isinstance(node, Power) and place == 1 else _swap(part, other)
        for place, part in enumerate(parts)
    )
    return rebuild(node, new) if parts else node

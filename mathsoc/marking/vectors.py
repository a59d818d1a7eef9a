"""Other ways to write a list: 2i − 3j, 1/5 (3, 4), x = 2 and y = −3; and a number before a matrix."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise

from .results import ReadError
from .syntax.tree import (
    All,
    Constant,
    Group,
    Matrix,
    Negative,
    Node,
    Number,
    Product,
    Quotient,
    Relation,
    Sum,
    Symbol,
    children,
    rebuild,
    walk,
)

_UNITS: tuple[Node, ...] = (Constant("i"), Symbol("j"), Symbol("k"))


def as_list(tree: Node, declared: tuple[str, ...] = ()) -> Node:
    """The list that the tree stands for, or the tree itself. Raises ReadError where its order is unsure."""
    return coordinates(tree, declared) or _column(tree) or _components(tree) or multiplied_out(tree)


def _column(tree: Node) -> Node | None:
    """[[3], [4]], as calculators write a column."""
    rows = tree.items if isinstance(tree, Group) and tree.opening in ("[", "(") else ()
    cells = [row.items[0] for row in rows if isinstance(row, Group) and len(row.items) == 1]
    return Group("", tuple(cells), "") if rows and len(cells) == len(rows) else None


def coordinates(tree: Node, declared: tuple[str, ...] = ()) -> Group | None:
    """x = 2, y = −3, in whatever order, as (2, −3); also (x, y) = (2, −3).

    Raises ReadError where the letters have no order of their own, as m = 2, c = −3.
    """
    match tree:
        case All(items=items) | Group(opening="" | "(", items=items):
            pass
        case Relation():
            items = by_letters(tree)
        case _:
            return None
    found: dict[str, Node] = {}
    for item in items:
        if not (isinstance(item, Relation) and item.op == "=" and isinstance(item.left, Symbol)):
            return None
        found[item.left.name] = item.right
    if len(found) < 2 or len(found) < len(items):
        return None
    return Group("", tuple(found[name] for name in _in_order(found, declared)), "")


def by_letters(tree: Relation) -> tuple[Node, ...]:
    """(x, y) = (2, −3) as x = 2 and y = −3; nothing where it is no such equation."""
    match tree:
        case Relation(op="=", left=Group(items=names), right=Group(items=values)) if len(names) == len(
            values
        ) and all(isinstance(name, Symbol) for name in names):
            return tuple(Relation("=", name, value) for name, value in zip(names, values, strict=True))
    return ()


def _in_order(names: Collection[str], declared: tuple[str, ...]) -> list[str]:
    """As the question names them, else by the alphabet: x, y, z or a, b, c or x_1, x_2."""
    if set(names) <= set(declared):
        return sorted(names, key=declared.index)
    ordered = sorted(names, key=_parted)
    for (letter, number), (following, next_number) in pairwise(map(_parted, ordered)):
        if (letter == following) == (number == next_number) or ord(following[0]) - ord(letter[0]) > 1:
            raise ReadError("Leave out the letters, and write the numbers in the order that is asked for.")
    return ordered


def _parted(name: str) -> tuple[str, int]:
    """The letter and the number of a name such as x_12; −1 where it has none."""
    letter, _, number = name.partition("_")
    return (letter, int(number)) if number.isdigit() else (name, -1)


def _components(tree: Node) -> Node | None:
    """2i − 3j as (2, −3), and with k three components."""
    if not any(part in _UNITS[1:] for part in walk(tree)):
        return None
    found: dict[Node, Node] = {}
    for term in tree.terms if isinstance(tree, Sum) else (tree,):
        split = _component(term)
        if split is None or split[0] in found:
            return None
        found[split[0]] = split[1]
    width = 3 if _UNITS[2] in found else 2
    return Group("", tuple(found.get(unit, Number("0")) for unit in _UNITS[:width]), "")


def _component(term: Node) -> tuple[Node, Node] | None:
    """The unit vector of a term, and the number before it."""
    match term:
        case Negative(arg=arg):
            inner = _component(arg)
            return None if inner is None else (inner[0], Negative(inner[1]))
        case Quotient(top=top, bottom=bottom):
            inner = _component(top)
            return None if inner is None else (inner[0], Quotient(inner[1], bottom))
        case Product(factors=(*rest, last)) if last in _UNITS:
            if any(part in _UNITS for factor in rest for part in walk(factor)):
                return None
            return last, rest[0] if len(rest) == 1 else Product(tuple(rest))
    return (term, Number("1")) if term in _UNITS else None


def multiplied_out(tree: Node) -> Node:
    """A number before a list or a matrix goes into each of its parts."""
    match tree:
        case Negative(arg=arg):
            return _each(arg, Negative) or tree
        case Quotient(top=top, bottom=bottom):
            return _each(top, lambda part: Quotient(part, bottom)) or tree
        case Product(factors=(*numbers, last)):
            if any(isinstance(part, Group | Matrix) for number in numbers for part in walk(number)):
                return tree
            return _each(last, lambda part: Product((*numbers, part))) or tree
    return tree


def _each(tree: Node, scaled: Callable[[Node], Node]) -> Node | None:
    inner = multiplied_out(tree)
    if isinstance(inner, Group) and (inner.opening == "{" or not inner.opening):
        return None
    if not isinstance(inner, Group | Matrix):
        return None
    parts = tuple(_each(part, scaled) or scaled(part) for part in children(inner))
    return rebuild(inner, parts)

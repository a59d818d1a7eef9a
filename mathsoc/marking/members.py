"""Sets, lists and matrices as people write them: with a name before, as solutions, as coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import vectors
from .results import ReadError
from .syntax.lists import flat
from .syntax.tree import (
    COLLECTIONS,
    STATEMENTS,
    All,
    Any,
    Group,
    Matrix,
    Node,
    Product,
    Relation,
    Symbol,
    Union,
    children,
    rebuild,
)

Declared = tuple[str, ...]
_SET = "This asks for a set. Write it as {1, 2}."


def without_name(tree: Node, declared: Declared) -> Node:
    """A = {1, 2} and P(3, 4) as what they name; a list of named points as the points."""
    match tree:
        case Relation(op="=", left=Symbol(), right=right) if isinstance(right, COLLECTIONS):
            return right
        case Product(factors=(Symbol(name=name), Group(opening="(", items=(_, _, *_)) as point)) if (
            name[0].isupper() and name not in declared
        ):
            return point
        case Group(items=items) if not any(isinstance(item, STATEMENTS) for item in items):
            return rebuild(tree, tuple(without_name(item, declared) for item in items))
    return tree


def _set(tree: Node, declared: Declared) -> Node:
    match tree:
        case Relation(op="in", left=Symbol(), right=Group(opening="{") as members):
            return members
        case Union(items=items) if all(isinstance(item, Group) and item.opening == "{" for item in items):
            return Group("{", tuple(one for item in items for one in children(item)), "}")
        case Relation(op="=", left=left) if not isinstance(left, Symbol | Group):
            raise ReadError(f"{_SET} You typed an equation.")
        case Relation(op=op) if op != "=":
            raise ReadError(_SET)
        case Group(opening="", items=items) if all(
            isinstance(item, Group) and item.opening == "{" for item in items
        ):
            raise ReadError("Write one set, with all its members between the same brackets: {1, 2}.")
        case Group(opening="{" | "", items=items):
            return Group("{", _solutions(_and_last(items), declared), "}")
        case Group():
            raise ReadError(_SET)
        case Any(items=items) if any(isinstance(item, All | Any | Group) for item in items):
            return Group("{", tuple(one for item in items for one in _parts(item, declared)), "}")
        case Any(items=items) | All(items=items) if not any(isinstance(item, All | Any) for item in items):
            return Group("{", _solutions(items, declared), "}")
    return Group("{", _solutions((tree,), declared), "}")


def _parts(tree: Node, declared: Declared) -> tuple[Node, ...]:
    """Of several solutions one, x = 3 and y = 4 as (3, 4); or more of them, as in x = 1, x = 2."""
    if isinstance(tree, Group) and not any(isinstance(item, STATEMENTS) for item in tree.items):
        return (tree,)
    found = vectors.coordinates(tree, declared)
    if found is not None:
        return (Group("(", found.items, ")"),)
    return _solutions(children(tree) if isinstance(tree, Group | Any) else (tree,), declared)


def _and_last(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The 5 and 7 of `2, 3, 5 and 7` are two more members."""
    match items:
        case (_, *_, All(items=last) | Any(items=last)) if not any(
            isinstance(item, STATEMENTS) and not (isinstance(item, Relation) and item.op == "=")
            for item in last
        ):
            return (*items[:-1], *last)
    return items


def _solutions(items: tuple[Node, ...], declared: Declared) -> tuple[Node, ...]:
    """x = 1, x = 2 as 1, 2: solutions are often written with the letter that they are solutions for.

    They may be numbered, as in x_1 = 1, x_2 = 2.
    """
    first = items[0] if items else None
    if not (isinstance(first, Relation) and first.op == "=" and isinstance(first.left, Symbol)):
        return items
    values = []
    names: list[str] = []
    for item in items:
        if isinstance(item, Relation):
            if item.op != "=" or not isinstance(item.left, Symbol):
                return items
            names.append(item.left.name)
            values.append(item.right)
        else:
            values.append(item)
    return tuple(values) if len(set(names)) == 1 or _numbered(names, declared) else items


def _numbered(names: list[str], declared: Declared) -> bool:
    """x_1, x_2, …: one letter, each with another number, and no letters of the question."""
    parts = [name.partition("_") for name in names]
    alike = len({letter for letter, _, _ in parts}) == 1 and len(set(names)) == len(names)
    return alike and all(number.isdigit() for _, _, number in parts) and not set(names) & set(declared)


def _sequence(tree: Node, declared: Declared) -> Node:
    tree = vectors.as_list(tree, declared)
    match tree:
        case Group(opening="{"):
            raise ReadError("This asks for a list in order. Write it as (1, 2).")
        case Group(opening="", items=items):
            return Group("", _and_last(items), "")
        case All(items=items) if not any(isinstance(item, STATEMENTS) for item in items):
            return Group("", items, "")
        case Group(opening=opening, closing=closing) if opening + closing in ("()", "[]"):
            return tree
        case Group():
            raise ReadError("This asks for a list in order. You typed an interval.")
        case Matrix(rows=rows) if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return Group("", tuple(cell for row in rows for cell in row), "")
    return Group("", (tree,), "")


def _matrix(tree: Node, declared: Declared) -> Node:
    tree = vectors.multiplied_out(tree)
    match tree:
        case Matrix():
            return tree
        case Group(opening="[" | "(" | "{", items=rows) if rows and all(
            isinstance(row, Group) for row in rows
        ):
            cells = tuple(flat(row.items) for row in rows if isinstance(row, Group))
            if len({len(row) for row in cells}) == 1:
                return Matrix(cells)
            raise ReadError("The rows of this matrix are not equally long.")
        case Group(opening="[" | "(", items=items):
            return Matrix((items,))
    raise ReadError("This asks for a matrix. Write it as [[1, 2], [3, 4]].")


SHAPES: Mapping[str, Callable[[Node, Declared], Node]] = MappingProxyType(
    {"set": _set, "sequence": _sequence, "matrix": _matrix}
)

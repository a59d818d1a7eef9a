"""Does the tree have the type that the question asks for? Turns it into the form that the kind works with."""

from __future__ import annotations

from fractions import Fraction

from . import vectors
from .algebra.convert import core
from .judging.dependence import varies
from .judging.formulas import is_region
from .regions import check_ends, region
from .results import ReadError
from .syntax.lists import flat
from .syntax.printing import plain
from .syntax.tree import (
    All,
    Any,
    Constant,
    Group,
    Matrix,
    Mixed,
    Negative,
    Node,
    Not,
    Number,
    PlusMinus,
    Product,
    Quotient,
    Relation,
    Symbol,
    Union,
    children,
    contains,
    walk,
)

_STATEMENTS = (Relation, All, Any, Not)
_UNIT_LETTERS = frozenset("mgslLhtNJWVAKCp")
_COLLECTIONS = (Group, Union, Matrix)
_WORDS = "Words such as and, or must stand between whole statements."
_ASKED = {
    "number": "a number", "expression": "an expression", "equation": "an equation",
    "inequality": "an inequality", "set": "a set", "sequence": "a list", "interval": "an interval",
    "matrix": "a matrix",
}  # fmt: skip


def fit(tree: Node, kind: str, declared: tuple[str, ...] = ()) -> Node:
    """The tree as the kind needs it. Raises ReadError for an answer of another type."""
    if kind in ("number", "expression"):
        return _value(tree, kind, declared)
    if kind == "interval":
        found = region(_listed(tree) if isinstance(tree, Group) and tree.opening == "" else tree)
        _check_region(found)
        return found
    if kind == "inequality" and isinstance(tree, Any) and all(map(is_region, tree.items)):
        tree = Union(tree.items)
    if kind == "inequality" and is_region(tree):
        _check_region(tree)
        return tree
    shape = {"set": _set, "sequence": _sequence, "matrix": _matrix}.get(kind)
    if shape is None:
        return _relation(tree, kind)
    found = shape(tree)
    _check_members(found)
    return found


def _check_members(node: Node) -> None:
    """Lists may hold lists and statements; a calculation may hold neither, for it has no meaning then."""
    match node:
        case Relation(op="in", left=left, right=right):
            _check_value(left)
            _check_region(right)
        case Relation(left=left, right=right):
            _check_value(left)
            _check_value(right)
        case All() | Any() | Not():
            for child in children(node):
                if not isinstance(child, _STATEMENTS):
                    raise ReadError(_WORDS)
                _check_members(child)
        case Group() | Matrix():
            for child in children(node):
                _check_members(child)
        case Union():
            raise ReadError("Several intervals cannot be joined here.")
        case _:
            _check_value(node)


def _check_value(node: Node) -> None:
    if contains(node, *_STATEMENTS, *_COLLECTIONS):
        part = next(part for part in walk(node) if isinstance(part, _STATEMENTS + _COLLECTIONS))
        raise ReadError(f"{_found(part)[:-1]} where a number or an expression is needed.")


def _check_region(node: Node) -> None:
    """An interval, a set of numbers, or several of them joined."""
    match node:
        case Union(items=items):
            for item in items:
                _check_region(item)
        case (
            Group(opening="{", items=items)
            | Group(opening="(" | "[", items=(_, _) as items, closing=")" | "]")
        ) if isinstance(node, Group):
            for item in items:
                _check_value(item)
            if node.opening != "{":
                check_ends(node)
        case _:
            raise ReadError("After ∈ there must be an interval or a set.")


def _value(tree: Node, kind: str, declared: tuple[str, ...]) -> Node:
    if isinstance(tree, Relation) and tree.op == "=" and isinstance(tree.left, Symbol):
        raise ReadError(f"This asks for {_ASKED[kind]}. Leave out {tree.left.name} =.")
    if isinstance(tree, Group) and tree.opening == "":
        raise ReadError(
            f"This asks for one {'number' if kind == 'number' else 'expression'}, without a comma."
        )
    match tree:
        case All(items=(Number(text=whole), Quotient(top=Number(), bottom=Number()) as part)) if (
            whole.isdigit()
        ):
            raise ReadError(f"Did you mean {whole} {plain(part)}? Leave out and.")
    _refuse(tree, kind, _STATEMENTS + _COLLECTIONS)
    _refuse_infinite(tree)
    if kind == "number":
        _refuse_unit(tree)
        _refuse_letters(tree, declared)
    return tree


def _refuse_infinite(tree: Node) -> None:
    """∞ alone may be an answer; nothing can be worked out with it."""
    bare = tree.arg if isinstance(tree, Negative | PlusMinus) else tree
    if not isinstance(bare, Constant) and any(part == Constant("inf") for part in walk(tree)):
        raise ReadError("∞ is no number that can be worked with. It can only stand alone.")


def _refuse_unit(tree: Node) -> None:
    """`5 m`: a unit where none is asked for is asked about, not taken for a letter."""
    product = tree.arg if isinstance(tree, Negative) else tree
    match product:
        case Product(factors=(Number() | Mixed(), Symbol(name=name))) if name in _UNIT_LETTERS:
            raise ReadError(f"No unit is asked for here. Leave out {name}.")


def _refuse_letters(tree: Node, declared: tuple[str, ...]) -> None:
    """A letter that the value depends on makes it no number: another type of answer, never charged."""
    for node in walk(tree):
        if isinstance(node, Symbol) and node.name not in declared and varies(tree):
            raise ReadError(f"This asks for a number. Leave out the letter {node.name}.")


def _refuse(tree: Node, kind: str, types: tuple[type, ...]) -> None:
    if contains(tree, *types):
        found = next(node for node in walk(tree) if isinstance(node, types))
        raise ReadError(f"This asks for {_ASKED[kind]}. {_found(found)}")


def _found(node: Node) -> str:
    match node:
        case Relation(op="="):
            return "You typed an equation."
        case Relation() | All() | Any() | Not():
            return "You typed an inequality or several statements."
        case Matrix():
            return "You typed a matrix."
        case Group(opening="{"):
            return "You typed a set."
    return "You typed a list or an interval."


def _relation(tree: Node, kind: str) -> Node:
    if isinstance(tree, Group) and tree.opening == "":
        tree = _listed(tree)
    if not isinstance(tree, _STATEMENTS):
        hint = "Write it with an = sign." if kind == "equation" else "Write it with a sign such as < or ≥."
        raise ReadError(f"This asks for {_ASKED[kind]}. {hint}")
    _check_statement(tree, kind)
    return tree


def _check_statement(node: Node, kind: str) -> None:
    if not isinstance(node, _STATEMENTS):
        raise ReadError(_WORDS)
    if not isinstance(node, Relation):
        for child in children(node):
            _check_statement(child, kind)
        return
    _refuse(node.left, kind, _STATEMENTS + _COLLECTIONS)
    if node.op == "in":
        _check_region(node.right)
    else:
        _refuse(node.right, kind, _STATEMENTS + _COLLECTIONS)


def _listed(group: Group) -> Node:
    """`x=2, x=-2` are alternatives, `x=1, y=2` hold together."""
    items = group.items
    first = items[0]
    if isinstance(first, Relation):
        items = tuple(
            item if isinstance(item, _STATEMENTS) else Relation(first.op, first.left, item) for item in items
        )
    lefts = {item.left if isinstance(item, Relation) and item.op == "=" else item for item in items}
    alternatives = (len(lefts) == 1 and len(items) > 1) or _apart(items)
    return Any(items) if alternatives else All(items)


def _apart(items: tuple[Node, ...]) -> bool:
    """x < 2, x > 5 cannot hold together, so the comma can only mean or."""
    ends: dict[str, Fraction] = {}
    first = items[0].left if isinstance(items[0], Relation) else None
    for item in items:
        if not (isinstance(item, Relation) and item.op in ("<", "<=", ">", ">=") and item.left == first):
            return False
        if not isinstance(item.left, Symbol) or any(isinstance(part, PlusMinus) for part in walk(item)):
            return False
        end = core(item.right)
        if not end.rational:
            return False
        ends[item.op[0]] = end.value
    return len(items) == 2 and len(ends) == 2 and ends["<"] < ends[">"]


def _set(tree: Node) -> Node:
    match tree:
        case Relation(op="in", left=Symbol(), right=Group(opening="{") as members):
            return members
        case Relation(op="in"):
            raise ReadError("This asks for a set. Write it as {1, 2}.")
        case Group(opening="{" | "", items=items):
            return Group("{", _solutions(_together(items)), "}")
        case Group():
            raise ReadError("This asks for a set. Write it as {1, 2}.")
        case Any(items=items) | All(items=items) if not any(isinstance(item, All | Any) for item in items):
            return Group("{", _solutions(items), "}")
    return Group("{", _solutions((tree,)), "}")


def _together(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The 5 and 7 of `2, 3, 5 and 7` are two more members."""
    match items:
        case (_, *_, All(items=last) | Any(items=last)) if not any(
            isinstance(item, _STATEMENTS) and not (isinstance(item, Relation) and item.op == "=")
            for item in last
        ):
            return (*items[:-1], *last)
    return items


def _solutions(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """x = 1, x = 2 as 1, 2: solutions are often written with the letter that they are solutions for."""
    first = items[0] if items else None
    if not (isinstance(first, Relation) and first.op == "=" and isinstance(first.left, Symbol)):
        return items
    values = []
    for item in items:
        if isinstance(item, Relation):
            if item.op != "=" or item.left != first.left:
                return items
            values.append(item.right)
        else:
            values.append(item)
    return tuple(values)


def _sequence(tree: Node) -> Node:
    tree = vectors.as_list(tree)
    match tree:
        case Group(opening="{"):
            raise ReadError("This asks for a list in order. Write it as (1, 2).")
        case Group(opening=opening, closing=closing) if opening + closing in ("", "()", "[]"):
            return tree
        case Group():
            raise ReadError("This asks for a list in order. You typed an interval.")
        case Matrix(rows=rows) if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return Group("", tuple(cell for row in rows for cell in row), "")
    return Group("", (tree,), "")


def _matrix(tree: Node) -> Node:
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

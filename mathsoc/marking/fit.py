"""Does the tree have the type that the question asks for? Turns it into the form that the kind works with."""

from __future__ import annotations

from . import members
from .judging.dependence import varies
from .judging.formulas import is_region
from .regions import check_ends, region
from .results import ReadError
from .syntax.printing import plain
from .syntax.tree import (
    COLLECTIONS,
    STATEMENTS,
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
from .together import together

_UNIT_LETTERS = frozenset("mgslLhtNJWVAKCp")
_WORDS = "Write each part whole, as in x = 2 or x = -2."
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
        found = region(together(members.without_name(tree, declared)))
        _check_region(found)
        return found
    if kind == "inequality" and isinstance(tree, Any) and all(map(is_region, tree.items)):
        tree = Union(tree.items)
    if kind == "inequality" and is_region(tree):
        _check_region(tree)
        return tree
    shape = members.SHAPES.get(kind)
    if shape is None:
        return _relation(tree, kind)
    found = shape(members.without_name(tree, declared), declared)
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
                if not isinstance(child, STATEMENTS):
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
    if contains(node, *STATEMENTS, *COLLECTIONS):
        part = next(part for part in walk(node) if isinstance(part, STATEMENTS + COLLECTIONS))
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
    _refuse(tree, kind, STATEMENTS + COLLECTIONS)
    _refuse_infinite(tree)
    if kind == "number":
        _refuse_unit(tree)
        _refuse_letters(tree, declared)
    return tree


def _refuse_infinite(tree: Node) -> None:
    """∞ alone may be an answer; nothing can be worked out with it."""
    bare = tree.arg if isinstance(tree, Negative | PlusMinus) else tree
    if isinstance(bare, Constant) or not contains(tree, Constant):
        return
    if Constant("inf") in walk(tree):
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
    tree = together(tree)
    if not isinstance(tree, STATEMENTS):
        hint = "Write it with an = sign." if kind == "equation" else "Write it with a sign such as < or ≥."
        raise ReadError(f"This asks for {_ASKED[kind]}. {hint}")
    _check_statement(tree, kind)
    return tree


def _check_statement(node: Node, kind: str) -> None:
    if not isinstance(node, STATEMENTS):
        raise ReadError(_WORDS)
    if not isinstance(node, Relation):
        for child in children(node):
            _check_statement(child, kind)
        return
    _refuse(node.left, kind, STATEMENTS + COLLECTIONS)
    if node.op == "in":
        _check_region(node.right)
    else:
        _refuse(node.right, kind, STATEMENTS + COLLECTIONS)

"""Sets, sequences, matrices and intervals: compared member by member, or as sets of numbers."""

from __future__ import annotations

from collections.abc import Callable

from ..algebra.convert import core, free_signs
from ..algebra.node import sym
from ..results import Finding, NeedsPool, Undecided
from ..syntax.tree import STATEMENTS, Group, Matrix, Node, PlusMinus, Union, walk
from . import equality, relations
from .formulas import Formula, join, membership


def judge_set(answer: Node, key: Node, in_place: bool) -> Finding:
    """Each member of one is a member of the other, in any order."""
    mine, theirs = _members(answer), _members(key)
    lost = _missing(theirs, mine, in_place)
    extra = _missing(mine, theirs, in_place)
    if not lost and not extra:
        return Finding(True, "exact" if len(mine) else "identical")
    if lost and not extra:
        return Finding(False, "exact", "Something is missing from this set.", "lost")
    if extra and not lost:
        return Finding(False, "exact", "This set has something too many.", "extra")
    return Finding(False, "exact", "This is not the right set.", "value")


def _members(node: Node) -> list[Node]:
    items = node.items if isinstance(node, Group) else (node,)
    return [
        one
        for item in items
        for one in (free_signs(item) if any(isinstance(part, PlusMinus) for part in walk(item)) else [item])
    ]


def _missing(these: list[Node], those: list[Node], in_place: bool) -> bool:
    """Is one of these surely none of those? Raises Undecided where that is not sure."""
    for this in these:
        doubt: Exception | None = None
        for that in those:
            try:
                if same(this, that, in_place).equal:
                    break
            except (Undecided, NeedsPool) as error:
                doubt = error
        else:
            if doubt is not None:
                raise doubt
            return True
    return False


def judge_sequence(answer: Node, key: Node, in_place: bool) -> Finding:
    """The same length, and the same things in the same places."""
    mine, theirs = _items(answer), _items(key)
    if len(mine) != len(theirs):
        return Finding(False, "exact", f"This should have {len(theirs)} entries, not {len(mine)}.", "length")
    found = _all_same(list(zip(mine, theirs, strict=True)), in_place, "One of the entries is different.")
    if found.equal and not _same_brackets(answer, key):
        return Finding(False, found.method, "Use the other kind of brackets.", "form")
    return found


def _same_brackets(answer: Node, key: Node) -> bool:
    """Brackets may be left out, but [1, 2] and (1, 2) are not the same."""
    used = {node.opening for node in (answer, key) if isinstance(node, Group)} - {""}
    return len(used) <= 1


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Group) else (node,)


def judge_matrix(answer: Node, key: Node, in_place: bool) -> Finding:
    """The same shape, and the same entries."""
    if not isinstance(answer, Matrix) or not isinstance(key, Matrix):
        raise Undecided("This is no matrix.", "type")
    shape, wanted = _shape(answer), _shape(key)
    if shape != wanted:
        return Finding(
            False,
            "exact",
            f"This should have {_count(wanted[0], 'row')} and {_count(wanted[1], 'column')}.",
            "length",
        )
    cells = [
        pair
        for ours, theirs in zip(answer.rows, key.rows, strict=True)
        for pair in zip(ours, theirs, strict=True)
    ]
    return _all_same(cells, in_place, "One of the entries is different.")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix.rows), len(matrix.rows[0]) if matrix.rows else 0


def _all_same(pairs: list[tuple[Node, Node]], in_place: bool, reason: str) -> Finding:
    method = "identical"
    for mine, theirs in pairs:
        found = same(mine, theirs, in_place)
        if not found.equal:
            return Finding(False, found.method, reason, "value")
        method = found.method if found.method != "identical" else method
    return Finding(True, method)


def same(mine: Node, theirs: Node, in_place: bool) -> Finding:
    """Two members: values, statements, or collections inside collections."""
    if isinstance(mine, Group | Matrix) or isinstance(theirs, Group | Matrix):
        return _same_collections(mine, theirs, in_place)
    if isinstance(mine, STATEMENTS) != isinstance(theirs, STATEMENTS):
        return Finding(False, "exact", "This is of another type.", "type")
    if isinstance(mine, STATEMENTS):
        return relations.judge(mine, theirs, in_place)
    mine_, theirs_ = [core(one) for one in free_signs(mine)], [core(one) for one in free_signs(theirs)]
    if len(mine_) != len(theirs_):
        return Finding(False, "exact", "This is different.", "value")
    found = Finding(True, "identical")
    for left, right in zip(mine_, theirs_, strict=True):
        found = equality.equal(left, right, in_place)
        if not found.equal:
            return found
    return found


def _same_collections(mine: Node, theirs: Node, in_place: bool) -> Finding:
    different = Finding(False, "exact", "This is of another type.", "type")
    if isinstance(mine, Matrix) and isinstance(theirs, Matrix):
        return judge_matrix(mine, theirs, in_place)
    if not (isinstance(mine, Group) and isinstance(theirs, Group)):
        return different
    if (mine.opening == "{") != (theirs.opening == "{"):
        return different
    judge: Callable[[Node, Node, bool], Finding] = judge_set if mine.opening == "{" else judge_sequence
    return judge(mine, theirs, in_place)


def judge_interval(answer: Node, key: Node, in_place: bool) -> Finding:
    """The same real numbers, however the pieces are cut."""
    return relations.same_solutions(as_formula(answer), as_formula(key), in_place)


def as_formula(node: Node) -> Formula:
    """Which x lie in an interval or a union."""
    if isinstance(node, Union):
        return join("or", [as_formula(item) for item in node.items])
    return membership(sym("x'"), node)  # no letter that can be typed, for the ends may hold letters

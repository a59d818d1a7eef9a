"""Equations and inequalities, compared by the solutions that they have."""

from __future__ import annotations

from flint import acb

from ..algebra import residues
from ..algebra.balls import Ball, Unclear, evaluate
from ..algebra.node import ZERO, Core, symbols, walk
from ..algebra.quotients import TooBig
from ..results import Finding, NeedsPool, Undecided
from ..syntax.tree import Node
from . import rational_line, unseen
from .formulas import Formula, atom, atoms, factored, join, letters, only_equations, solutions

WRONG = "This does not have the right solutions."
_WAVES = frozenset(("sin", "cos", "tan", "sec", "csc", "cot"))
_WHOLE = frozenset("nkmNKM")
_BITS = 320
_POINTS = 12


def judge(answer: Node, key: Node, in_place: bool) -> Finding:
    """Do the two statements have the same solutions? Raises NeedsPool and Undecided."""
    mine, theirs = solutions(answer, key), solutions(key, answer, cached=True)
    if mine is None or theirs is None:
        return Finding(False, "exact", "This does not say which letter is meant, as x ∈ (1, 2) does.", "type")
    if _general(mine, theirs):
        raise Undecided("A letter for any whole number is looked at by a person.", "general solution")
    return same_solutions(mine, theirs, in_place)


def _general(mine: Formula, theirs: Formula) -> bool:
    """x = π/6 + 2πn: with a letter for any whole number, where the key has sines of its one letter."""
    names = letters(theirs)
    extra = set(letters(mine)) - set(names)
    waves = any(node.name in _WAVES for value in atoms(theirs) for node in walk(value))
    return len(names) == 1 and len(extra) == 1 and extra <= _WHOLE and waves


def same_solutions(mine: Formula, theirs: Formula, in_place: bool) -> Finding:
    if mine.key == theirs.key:
        return Finding(True, "identical")
    if factored(mine).key == factored(theirs).key:
        return Finding(True, "exact")
    found = rational_line.compare(mine, theirs)
    if found is not None:
        return found
    if _rescaled(mine, theirs):
        return Finding(True, "residue")
    mine, theirs = settled(mine), settled(theirs)
    if mine.key == theirs.key:
        return Finding(True, "residue")
    constant = {"true", "false"}
    if mine.kind in constant and theirs.kind in constant:
        return Finding(False, "exact", WRONG, "value")
    if in_place:
        raise NeedsPool
    return _by_solutions(mine, theirs)


def settled(item: Formula) -> Formula:
    """The formula with each relation that is 0 = 0 in disguise told as true or false.

    An identity says nothing: every layer behind compares zeros, and all points are zeros of it.
    """
    if item.items:
        return join(item.kind, [settled(part) for part in item.items])
    if item.value is None or item.value.kind in ("s", "k"):
        return item
    found = residues.compare(item.value, ZERO)
    return atom(item.op, ZERO) if found is not None and found.same else item


def _rescaled(mine: Formula, theirs: Formula) -> bool:
    """f = 0 and c·f = 0, which have the same solutions."""
    if mine.op not in ("=", "!=") or mine.op != theirs.op or mine.value is None or theirs.value is None:
        return False
    f, g = mine.value, theirs.value
    if symbols(f) != symbols(g) or not symbols(f):
        return False
    found = residues.proportional(f, g)
    if found is None or not found.same:
        return False
    # 0 is a multiple of everything; a value that is rational in its letters was seen not to be 0.
    return found.rational or (_somewhere_not_zero(f) and _somewhere_not_zero(g))


def _somewhere_not_zero(value: Core) -> bool:
    """Is there surely a point where the value is not 0? Constants such as √(3+2√2)−1−√2 hide a 0."""
    from .sampling import points

    for _, point in zip(range(_POINTS), points(symbols(value)), strict=False):
        try:
            if not _holds_zero(evaluate(value, point, _BITS)):
                return True
        except Unclear:
            continue
    return False


def _fails_somewhere(item: Formula) -> bool:
    """Is there surely a point where no part of a statement made of equations and `or` holds?"""
    from .sampling import points

    values = only_equations(item)
    if values is None:
        return False
    for _, point in zip(range(_POINTS), points(letters(item)), strict=False):
        try:
            if not any(_holds_zero(evaluate(value, point, _BITS)) for value in values):
                return True
        except Unclear:
            continue
    return False


def _holds_zero(ball: Ball) -> bool:
    return bool(acb(ball).contains(0))


def _by_shape(mine: Formula, theirs: Formula) -> Finding | None:
    """By the layers for polynomial equations and for sines of one angle; None where neither can tell."""
    from . import periodic, systems

    try:
        found = systems.compare(mine, theirs)
        if found is not None:
            return found
    except (systems.NotPolynomial, TooBig):
        pass  # not of that shape, or too large for it: the next layers look at points
    try:
        return periodic.compare(mine, theirs)
    except (periodic.NotPeriodic, TooBig):
        return None


def _by_solutions(mine: Formula, theirs: Formula) -> Finding:
    from . import monotone, reduction, witnesses

    mine, theirs = reduction.reduced(mine), reduction.reduced(theirs)
    if mine.key == theirs.key or monotone.odd_part(mine).key == monotone.odd_part(theirs).key:
        return Finding(True, "exact")
    try:
        found = _by_places(mine, theirs)
    except Undecided:
        told = witnesses.difference(mine, theirs)
        if told is None:
            raise
        return told
    if not found.equal or found.method != "sampled":
        return found
    told = witnesses.difference(mine, theirs)
    if told is None and unseen.possible(atoms(mine), atoms(theirs)):
        raise Undecided("The engine could not decide whether these have the same solutions.", "sampled")
    return told or found


def _by_places(mine: Formula, theirs: Formula) -> Finding:
    from . import complexes, line, space, waves

    found = _by_shape(mine, theirs)
    if found is not None:
        return found
    for this, other in ((mine, theirs), (theirs, mine)):
        if this.kind == "true" and _fails_somewhere(other):
            return Finding(False, "counterexample", WRONG, "value")
    names = sorted(set(letters(mine)) | set(letters(theirs)))
    if len(names) > 1:
        return space.compare(mine, theirs)
    name = names[0] if names else "x"
    try:
        return complexes.compare(mine, theirs, name)
    except (complexes.NotComplex, TooBig):
        pass  # real numbers are all that is spoken of
    try:
        return line.compare(mine, theirs, name)
    except line.NotAlgebraic:
        return waves.compare(mine, theirs, name)

"""Equations and inequalities, compared by the solutions that they have."""

from __future__ import annotations

from . import residues
from .core import mul, substitute, sym, symbols
from .formulas import Formula, formula, letters
from .results import Finding, NeedsPool
from .tree import Node

WRONG = "This does not have the right solutions."


def judge(answer: Node, key: Node, in_place: bool) -> Finding:
    """Do the two statements have the same solutions? Raises NeedsPool and Undecided."""
    mine, theirs = formula(answer), formula(key)
    return same_solutions(mine, theirs, in_place)


def same_solutions(mine: Formula, theirs: Formula, in_place: bool) -> Finding:
    if mine.key == theirs.key:
        return Finding(True, "identical")
    settled = {"true", "false"}
    if mine.kind in settled and theirs.kind in settled:
        return Finding(False, "exact", WRONG, "value")
    if _rescaled(mine, theirs):
        return Finding(True, "residue")
    if in_place:
        raise NeedsPool
    return _by_solutions(mine, theirs)


def _rescaled(mine: Formula, theirs: Formula) -> bool:
    """f = 0 and c·f = 0: is f(x)·g(x') = f(x')·g(x) for two independent sets of letters?"""
    if mine.op not in ("=", "!=") or mine.op != theirs.op or mine.value is None or theirs.value is None:
        return False
    f, g = mine.value, theirs.value
    if symbols(f) != symbols(g) or not symbols(f):
        return False
    moved = {name: sym(name + "'") for name in symbols(f)}
    elsewhere = substitute(f, moved), substitute(g, moved)
    found = residues.compare(mul(f, elsewhere[1]), mul(elsewhere[0], g))
    return found is not None and found.same


def _by_solutions(mine: Formula, theirs: Formula) -> Finding:
    from . import line, space, systems, waves
    from .algebra import TooBig

    try:
        found = systems.compare(mine, theirs)
        if found is not None:
            return found
    except (systems.NotPolynomial, TooBig):
        pass  # not of that shape, or too large for it: the next layers look at points
    names = sorted(set(letters(mine)) | set(letters(theirs)))
    if len(names) > 1:
        return space.compare(mine, theirs)
    name = names[0] if names else "x"
    try:
        return line.compare(mine, theirs, name)
    except line.NotAlgebraic:
        return waves.compare(mine, theirs, name)

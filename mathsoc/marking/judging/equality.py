"""Are two expressions equal? The layers, cheapest first; what no limit bounds waits for the pool."""

from __future__ import annotations

from ..algebra import residues
from ..algebra.node import Core, symbols, walk
from ..algebra.whole_letters import by_remainders, whole_letters
from ..results import Finding, NeedsPool, Undecided
from . import certain, unseen

DIFFERENT = "The value is different."
NOT_THE_SAME = "This is not equal to the right answer."


def equal(answer: Core, key: Core, in_place: bool) -> Finding:
    """How the answer compares with the key. Raises NeedsPool (only with `in_place`) and Undecided."""
    if answer.key == key.key:
        return Finding(True, "identical")
    if answer.rational and key.rational:
        return Finding(False, "exact", DIFFERENT, "value")
    letters = whole_letters(key)
    pairs = by_remainders((answer, key), letters) if letters else None
    if pairs is None:
        return _equal(answer, key, in_place)
    found = Finding(True, "identical")
    for mine, theirs in pairs:
        found = _equal(mine, theirs, in_place) if mine.key != theirs.key else found
        if not found.equal:
            return found
    return Finding(True, "exact") if found.method == "identical" else found


def _equal(answer: Core, key: Core, in_place: bool) -> Finding:
    if answer.rational and key.rational:
        return Finding(False, "exact", DIFFERENT, "value")
    if any(node.name in ("inf", "undefined") for node in walk(answer) + walk(key)):
        return _infinite(answer, key)
    by_residue = residues.compare(answer, key)
    if by_residue is not None and by_residue.rational:
        return _by_residue(by_residue.same)
    if by_residue is not None and by_residue.same:
        # Else a wrong guess would be undecided, and cost nothing, where the right one is accepted.
        if not certain.somewhere(answer, key):
            raise Undecided("This value could not be worked out.", "ball")
        return _by_residue(True)
    if in_place:
        raise NeedsPool
    return numerically(answer, key)


def _by_residue(same: bool) -> Finding:
    return Finding(True, "residue") if same else Finding(False, "residue", NOT_THE_SAME, "value")


def _infinite(answer: Core, key: Core) -> Finding:
    if any(node.name == "undefined" for node in walk(answer) + walk(key)):
        raise Undecided("This has no value.", "exact")
    return Finding(False, "exact", DIFFERENT, "value")


def numerically(answer: Core, key: Core) -> Finding:
    """The layers behind the pool: balls for constants, points for the rest, then SymPy."""
    from ..algebra import constants, symbolic
    from . import sampling

    if not symbols(answer) and not symbols(key):
        return constants.compare(answer, key)
    result = sampling.compare(answer, key)
    if result.different:
        return Finding(False, "counterexample", f"{NOT_THE_SAME} They differ at {result.where}.", "value")
    if result.agree >= sampling.ENOUGH:
        if unseen.possible([answer], [key]):
            raise Undecided("The engine could not decide whether these are equal everywhere.", "sampled")
        return Finding(True, "sampled")
    return symbolic.compare(answer, key)

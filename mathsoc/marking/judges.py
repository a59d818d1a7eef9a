"""One judge for each kind: compares the tree of an answer with the tree of a key."""

from __future__ import annotations

from . import equality, numbers
from .convert import core, free_signs, signs
from .core import Core
from .results import Finding, SchemeError
from .scheme import Scheme
from .tree import Node, PlusMinus, walk


def judge(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    """Equal or not, and why. Raises Undecided, NeedsPool, SchemeError."""
    match scheme.kind:
        case "number":
            return numbers.judge(answer, key, scheme, in_place)
        case "expression":
            return values_equal(answer, key, in_place)
    raise SchemeError(f"The kind {scheme.kind!r} is not available yet.")


def values_equal(answer: Node, key: Node, in_place: bool) -> Finding:
    """Two expressions; with ± on a side, each of its values must be one of the other's."""
    if not _has_signs(answer) and not _has_signs(key):
        return equality.equal(core(answer), core(key), in_place)
    return _same_pair([core(n) for n in signs(answer)], [core(n) for n in signs(key)], in_place)


def _has_signs(node: Node) -> bool:
    return any(isinstance(part, PlusMinus) for part in walk(node))


def _same_pair(left: list[Core], right: list[Core], in_place: bool) -> Finding:
    last = Finding(True, "identical")
    for these, those in ((left, right), (right, left)):
        for this in these:
            found = [equality.equal(this, that, in_place) for that in those]
            match_ = next((finding for finding in found if finding.equal), None)
            if match_ is None:
                return found[0]
            last = match_
    return last


__all__ = ["Node", "free_signs", "judge", "values_equal"]

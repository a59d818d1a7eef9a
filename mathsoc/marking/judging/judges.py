"""One judge for each kind: compares the tree of an answer with the tree of a key, then looks at its form."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.convert import core, signs, values, values_of_key
from ..algebra.node import Core
from ..results import Finding, SchemeError, Undecided
from ..scheme import Scheme
from ..syntax.tree import COLLECTIONS, STATEMENTS, Node, children
from . import (
    antiderivatives,
    branches,
    degrees,
    domains,
    equality,
    forms,
    gathered,
    number,
    quantities,
    relations,
    valued,
)
from .formulas import join

_OF_PARTS = (*STATEMENTS, *COLLECTIONS)


def judge(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    """Equal, in the form asked for, or why not. Raises Undecided, NeedsPool."""
    unit = scheme.unit
    if unit is not None:
        return quantities.judge(answer, key, unit, scheme, in_place)
    if scheme.branches == "principal":
        found = _by_kind(branches.principal(answer), branches.principal(key), scheme, in_place)
    else:
        found = _by_kind(answer, key, scheme, in_place)
    if found.equal and scheme.kind in ("number", "expression") and valued.lost_its_value(answer, key):
        raise Undecided("This has no value that could be worked out.", "no value")
    if found.equal and scheme.domain == "strict" and not _same_domain(answer, key, in_place):
        return Finding(False, found.method, "This is equal, but not defined at the same places.", "domain")
    if found.equal and scheme.form != "any" and not _has_form(answer, key, scheme.form, in_place):
        return Finding(False, found.method, _why_not(answer, scheme.form), "form")
    return found


def _why_not(answer: Node, form: str) -> str:
    return forms.REASONS[form] if isinstance(answer, _OF_PARTS) else forms.reason(answer, form)


def _has_form(answer: Node, key: Node, form: str, in_place: bool) -> bool:
    """Of a list each member, of a statement each side must have the form."""
    if isinstance(answer, _OF_PARTS):
        return all(_has_form(part, key, form, in_place) for part in children(answer))
    return forms.has_form(answer, key, form, in_place)


def _same_domain(answer: Node, key: Node, in_place: bool) -> bool:
    """Are both defined at the same places, before anything cancels?"""
    mine, theirs = (join("and", [domains.defined(one) for one in signs(tree)]) for tree in (answer, key))
    return relations.same_solutions(mine, theirs, in_place).equal


def _by_kind(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    match scheme.kind:
        case "number":
            degrees.refuse(answer, key)
            return number.judge(answer, key, scheme, in_place)
        case "expression":
            return _expression(answer, key, scheme, in_place)
        case "equation" | "inequality":
            return relations.judge(answer, key, in_place)
        case "set":
            return gathered.judge_set(answer, key, in_place)
        case "sequence":
            return gathered.judge_sequence(answer, key, in_place)
        case "matrix":
            return gathered.judge_matrix(answer, key, in_place)
        case "interval":
            return gathered.judge_interval(answer, key, in_place)
    raise SchemeError(f"The kind {scheme.kind!r} is not marked here.")


def _expression(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    if scheme.up_to_constant:
        theirs = core(key)
        declared = scheme.variables or antiderivatives.letters_of(theirs)
        return antiderivatives.judge(core(answer), theirs, declared, in_place)
    return values_equal(answer, key, in_place)


def values_equal(answer: Node, key: Node, in_place: bool) -> Finding:
    """Two expressions; with ± on a side, each of its values must be one of the other's."""
    mine, theirs = values(answer), values_of_key(key)
    if len(mine) == len(theirs) == 1:
        return equality.equal(mine[0], theirs[0], in_place)
    return _same_values(mine, theirs, in_place)


def _same_values(mine: Sequence[Core], theirs: Sequence[Core], in_place: bool) -> Finding:
    last = Finding(True, "identical")
    for these, those in ((mine, theirs), (theirs, mine)):
        for this in these:
            found = [equality.equal(this, that, in_place) for that in those]
            hit = next((finding for finding in found if finding.equal), None)
            if hit is None:
                return found[0]
            last = hit
    return last

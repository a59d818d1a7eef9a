"""What a pupil might type that should not pass, proposed from the key, so that an officer can try the box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from . import limits
from .algebra.balls import precision
from .algebra.work import bounded
from .engine import check_keys, key_tree, mark_in_place
from .reading import read
from .results import NeedsPool, ReadError, Undecided, Verdict
from .scheme import Scheme
from .slips import expressions, gathered, numbers, relations, units, words
from .slips.rewriting import Slips
from .slips.titles import TITLES
from .slips.typed_back import formulas
from .syntax.printing import plain
from .syntax.tree import Node
from .words_only import WORD_KINDS

MOST = 15
# Marking by value alone: the options that say what the question is, without those that say what is enough.
_KEPT = ("variables", "up_to_constant", "also", "choices", "case_sensitive", "units")
_MAY_BE_THE_KEY = ("missing-constant", "not-rounded", "unit-missing")

_SLIPS: dict[str, Callable[[Node, Scheme], Slips]] = {
    "number": numbers.slips,
    "expression": expressions.slips,
    "equation": relations.equations,
    "inequality": relations.inequalities,
    "set": gathered.sets,
    "sequence": gathered.sequences,
    "interval": gathered.intervals,
    "matrix": gathered.matrices,
}


@dataclass(frozen=True)
class Trap:
    """An answer that should not pass. `equal`: it is right in value and lacks something else."""

    name: str
    title: str
    answer: str
    why: str
    equal: bool = False


@dataclass(frozen=True)
class Tried:
    """A trap with what the box makes of it; one that passes is a warning."""

    trap: Trap
    verdict: Verdict

    @property
    def passes(self) -> bool:
        return self.verdict.correct


def traps(scheme: Scheme, statement: str = "") -> tuple[Trap, ...]:
    """At most MOST different answers, all of them readable, the likeliest first.

    The statement's formulas are typed back where they equal the key. An answer that is wrong in value by
    intention and right by chance is left out, as far as can be seen in place. Raises SchemeError.
    """
    keys = {_as_read(key, scheme) for key in scheme.keys}
    seen = {""}
    found: list[Trap] = []
    for name, answer in _proposed(scheme, statement):
        title = TITLES[name]
        text = _as_read(answer, scheme)
        if text in seen or (text in keys and name not in _MAY_BE_THE_KEY):
            continue
        seen.add(text)
        if title.equal or not right_in_value(answer, scheme):
            found.append(Trap(name, title.title, answer, title.why, title.equal))
        if len(found) == MOST:
            break
    return tuple(found)


def by_value(scheme: Scheme) -> Scheme:
    """The same question without tolerance and form."""
    kept = {name: value for name, value in scheme.options.items() if name in _KEPT}
    return Scheme(scheme.kind, scheme.key, kept)


def right_in_value(answer: str, scheme: Scheme) -> bool:
    """Whether an answer is surely right but for tolerance and form."""
    try:
        return mark_in_place(answer, by_value(scheme)).correct
    except NeedsPool:
        return False


def _as_read(answer: str, scheme: Scheme) -> str:
    """The reading of an answer: what looks different and reads alike is one trap."""
    text = read(answer, scheme).plain
    sensitive = scheme.options.get("case_sensitive") is True
    return text.casefold() if scheme.kind == "text" and not sensitive else text


def _proposed(scheme: Scheme, statement: str) -> Iterator[tuple[str, str]]:
    check_keys(scheme)
    if scheme.kind in WORD_KINDS:
        yield from (words.texts if scheme.kind == "text" else words.choices)(scheme.key, scheme)
        return
    for formula in formulas(statement):
        reading = read(formula, scheme)
        if reading.ok and right_in_value(reading.plain, scheme):
            yield "typed-back", reading.plain
    yield from _rewritten(key_tree(scheme), scheme)


def _rewritten(key: Node, scheme: Scheme) -> list[tuple[str, str]]:
    """The slips of the kind; of a monstrous key, those found before the limit."""
    found: list[tuple[str, str]] = []
    monstrous = (NeedsPool, ReadError, Undecided, ArithmeticError, RecursionError)
    with suppress(*monstrous), precision(limits.BALL_BITS), bounded():
        slips = _SLIPS[scheme.kind](key, scheme)
        unit = scheme.unit
        for name, node in slips if unit is None else units.measured(slips, key, unit):
            found.append((name, plain(node)))
    return found

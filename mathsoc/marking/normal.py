"""The normal form of an answer as text: what is written differently and is plainly the same reads alike."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

from . import limits
from .algebra.balls import precision
from .algebra.convert import core
from .algebra.work import bounded
from .algebra.written import written
from .judging import quantities
from .reading import check_notation, parse, read, shown
from .results import ReadError, Undecided
from .scheme import Scheme
from .shown import Reading
from .syntax.printing import plain
from .syntax.tree import (
    COLLECTIONS,
    STATEMENTS,
    All,
    Any,
    Call,
    Constant,
    Group,
    Negative,
    Node,
    Number,
    PlusMinus,
    Power,
    Quantity,
    Sum,
    Symbol,
    Union,
    children,
    rebuild,
    walk,
)
from .words_only import WORD_KINDS, tidy

_HOLDERS = (*STATEMENTS, *COLLECTIONS)
_UNORDERED = (All, Any, Union)


@dataclass(frozen=True)
class Normal:
    """A reading with the text of its normal form; `text` is "" where there is none."""

    reading: Reading
    text: str = ""


def normalise(answer: str, scheme: Scheme, notation: str = "auto", *, in_place: bool = False) -> Normal:
    """The normal form. The same text for all that light normalisation (algebra/core.py) makes one.

    The text reads back to an equal answer. Raises NeedsPool `in_place` for work that should be ended
    when it takes too long, SchemeError for an unknown notation, Undecided where a limit was met.
    """
    check_notation(notation)
    if scheme.kind in WORD_KINDS:
        return _of_words(answer, scheme)
    try:
        parsed = parse(answer, scheme, notation)
        with precision(limits.BALL_BITS), bounded() if in_place else nullcontext():
            text = plain(_measured(parsed.tree, scheme) if scheme.unit else _normal(parsed.tree))
    except ReadError as error:
        return Normal(Reading(ok=False, problem=error.problem))
    except (ArithmeticError, RecursionError, MemoryError) as error:
        raise Undecided("This is too big to be put in normal form.", type(error).__name__) from error
    reading = shown(parsed, scheme)
    if len(text) > limits.MAX_CHARACTERS:
        return Normal(replace(reading, notes=(*reading.notes, "too long to be written in normal form")))
    return Normal(reading, text)


def _of_words(answer: str, scheme: Scheme) -> Normal:
    reading = read(answer, scheme)
    if not reading.ok or scheme.kind == "choice":
        return Normal(reading, reading.plain)
    text = tidy(reading.plain)
    return Normal(reading, text if scheme.options.get("case_sensitive") is True else text.casefold())


def _measured(tree: Node, scheme: Scheme) -> Node:
    """A quantity in the unit of the question; one that measures something else keeps its own."""
    asked = scheme.unit
    if asked is not None and quantities.measures(tree, asked):
        return Quantity(_normal(quantities.converted(tree, asked)), asked)
    if isinstance(tree, Quantity):
        return Quantity(_normal(tree.value), tree.unit)
    parts = tuple(_measured(part, scheme) for part in children(tree))
    return rebuild(tree, parts) if isinstance(tree, Sum | Negative) else _normal(tree)


def _normal(node: Node) -> Node:
    """Values in their mathematical form; statements and lists keep their shape, where order matters."""
    if not isinstance(node, _HOLDERS) and not any(isinstance(part, PlusMinus) for part in walk(node)):
        return _with_letter_e(written(core(node)), node)
    parts = tuple(map(_normal, children(node)))
    if isinstance(node, _UNORDERED) or (isinstance(node, Group) and node.opening == "{"):
        parts = tuple(sorted(dict.fromkeys(parts), key=plain))
    if len(parts) == 1 and isinstance(node, _UNORDERED):
        return parts[0]
    return rebuild(node, parts) if parts else node


def _with_letter_e(form: Node, typed: Node) -> Node:
    """Where e is a letter of the question, the number e is written exp(1)."""
    return _exp(form) if Symbol("e") in walk(typed) else form


def _exp(node: Node) -> Node:
    if node == Constant("e"):
        return Call("exp", (Number("1"),))
    if isinstance(node, Power) and node.base == Constant("e"):
        return Call("exp", (_exp(node.exponent),))
    parts = children(node)
    return rebuild(node, tuple(map(_exp, parts))) if parts else node

"""`mark`: one answer against one scheme. Reads both, asks the judge of the kind, words the verdict."""

from __future__ import annotations

from contextlib import nullcontext
from functools import lru_cache

from . import limits
from .algebra.balls import precision
from .algebra.work import bounded
from .judging import judges
from .reading import Parsed, check_notation, parse, read, shown
from .results import (
    CORRECT,
    INCORRECT,
    UNDECIDED,
    UNREADABLE,
    Finding,
    NeedsPool,
    ReadError,
    SchemeError,
    Undecided,
    Verdict,
)
from .scheme import Scheme
from .shown import Reading
from .syntax.tree import Node, Quantity, walk
from .words_only import WORD_KINDS, is_right

CORRECT_REASON = "This is right."


def mark(answer: str, scheme: Scheme, notation: str = "auto") -> Verdict:
    """The verdict on an answer. Raises SchemeError where the scheme's own key cannot be used."""
    return _mark(answer, scheme, notation, in_place=False)


def mark_in_place(answer: str, scheme: Scheme, notation: str = "auto") -> Verdict:
    """The verdict if the layers that the input limits bound can give it. Raises NeedsPool if not."""
    return _mark(answer, scheme, notation, in_place=True)


def check_keys(scheme: Scheme) -> Reading:
    """How the scheme's own key is understood. Raises SchemeError where a key of it cannot be read."""
    if scheme.kind in WORD_KINDS:
        for key in scheme.keys:
            if (problem := read(key, scheme).problem) is not None:
                raise SchemeError(f"The key {key!r} cannot be read: {problem.message}")
        return read(scheme.key, scheme)
    first, *_ = [_parsed_key(key, scheme) for key in scheme.keys]
    return shown(first, scheme)


def key_tree(scheme: Scheme) -> Node:
    """The tree of the key. Raises SchemeError where it cannot be read."""
    return _parsed_key(scheme.key, scheme).tree


def unreadable(reading: Reading) -> Verdict:
    """The verdict on an answer that could not be read: not charged."""
    message = reading.problem.message if reading.problem else ""
    return Verdict(UNREADABLE, message, "reading", "reading", reading)


def undecided(reason: str, method: str, reading: Reading) -> Verdict:
    return Verdict(UNDECIDED, reason, "undecided", method, reading)


def _mark(answer: str, scheme: Scheme, notation: str, in_place: bool) -> Verdict:
    check_notation(notation)
    if scheme.kind in WORD_KINDS:
        return _mark_words(answer, scheme)
    try:
        parsed = parse(answer, scheme, notation)
    except ReadError as error:
        return unreadable(Reading(ok=False, problem=error.problem))
    reading = shown(parsed, scheme)
    try:
        with precision(limits.BALL_BITS), bounded() if in_place else nullcontext():
            return _judged(parsed, reading, scheme, in_place)
    except NeedsPool as needed:
        needed.reading = reading
        raise
    except (ArithmeticError, RecursionError, MemoryError) as error:
        # A limit that was missed: no verdict rather than a wrong one, and never a crash.
        return undecided("The engine could not decide this.", f"limit: {type(error).__name__}", reading)


def _judged(parsed: Parsed, reading: Reading, scheme: Scheme, in_place: bool) -> Verdict:
    findings: list[Finding] = []
    waiting: list[Undecided | NeedsPool] = []
    unread: list[ReadError] = []
    for key in scheme.keys:
        try:
            finding = judges.judge(parsed.tree, _parsed_key(key, scheme).tree, scheme, in_place)
        except (Undecided, NeedsPool) as doubt:
            waiting.append(doubt)
            continue
        except ReadError as error:  # found only while marking: a hidden division by zero
            unread.append(error)
            continue
        if finding.equal:
            return Verdict(CORRECT, CORRECT_REASON, "", finding.method, reading)
        findings.append(finding)
    if unread and not any(isinstance(doubt, NeedsPool) for doubt in waiting):
        return unreadable(Reading(ok=False, problem=unread[0].problem))
    return _not_correct(findings, waiting, reading)


def _not_correct(findings: list[Finding], waiting: list[Undecided | NeedsPool], reading: Reading) -> Verdict:
    """Wrong only if every key says so; the reason that comes closest is told."""
    for doubt in waiting:
        if isinstance(doubt, NeedsPool):
            raise doubt
        return undecided(doubt.reason, doubt.method, reading)
    best = min(findings, key=lambda finding: finding.reason_class == "value")
    return Verdict(INCORRECT, best.reason, best.reason_class, best.method, reading)


def _parsed_key(text: str, scheme: Scheme) -> Parsed:
    return _key(text, scheme.kind, scheme.variables, scheme.options.get("units"))


@lru_cache(maxsize=1024)  # one key meets many answers
def _key(text: str, kind: str, variables: tuple[str, ...], units: object) -> Parsed:
    """The key is the officer's: letters beside the declared ones are allowed in it."""
    measured = {"units": units} if units is not None else {}
    scheme = Scheme(kind, "", {"variables": variables, "up_to_constant": True, **measured})
    try:
        parsed = parse(text, scheme)
    except ReadError as error:
        raise SchemeError(f"The key {text!r} cannot be read: {error}") from error
    if any(isinstance(node, Quantity) for node in walk(parsed.tree)):
        raise SchemeError(
            f"The key {text!r} must be a bare number: the option 'units' says it is in {units}."
        )
    return parsed


def _mark_words(answer: str, scheme: Scheme) -> Verdict:
    reading = read(answer, scheme)
    if not reading.ok:
        return unreadable(reading)
    try:
        right = is_right(reading.plain, scheme)
    except ReadError as error:
        raise SchemeError(f"The key cannot be read: {error}") from error
    if right:
        return Verdict(CORRECT, CORRECT_REASON, "", "identical", reading)
    return Verdict(INCORRECT, "This is not the right answer.", "value", "identical", reading)

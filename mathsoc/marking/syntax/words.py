"""How a run of letters is read: functions, constants, Greek names and single letters that multiply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..results import ReadError
from .names import (
    ASKED,
    ASKED_UNDECLARED,
    CALLED,
    CONSTANTS,
    FUNCTIONS,
    GREEK,
    KEYWORDS,
    NOT_PRODUCTS,
    SAID,
    UNIT_WORDS,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: fn, const, var, key or ask (then the name is the question)."""

    kind: str
    name: str
    length: int


_PREFIX_FUNCTIONS = tuple(
    sorted((n for n in FUNCTIONS if n not in ("re", "im", "arg", "max", "min")), key=len)
)
_JOINING = frozenset(("or", "and"))  # also as Or, OR, as a phone writes them
_INNER_GREEK = tuple(name for name in GREEK if len(name) >= 3)


def whole(word: str, declared: frozenset[str]) -> Piece | None:
    """The reading as one thing of a word that stands alone or before an argument, if it has one."""
    return _one(word, declared) or _called(word, declared)


def _one(word: str, declared: frozenset[str]) -> Piece | None:
    if word in declared:
        return Piece("var", word, len(word))
    if len(word) == 2 and word in GREEK and declared and all(c in declared or c in CONSTANTS for c in word):
        return None  # `xi` where x is declared is x·i
    if word in KEYWORDS or word.lower() in _JOINING:
        return Piece("key", KEYWORDS[word.lower()], len(word))
    if word in FUNCTIONS or word.lower() in FUNCTIONS:
        return Piece("fn", FUNCTIONS.get(word) or FUNCTIONS[word.lower()], len(word))
    if word in CONSTANTS or word in ("Infinity", "Pi", "PI", "INF"):
        return Piece("const", CONSTANTS.get(word) or CONSTANTS[word.lower()], len(word))
    if word in GREEK:
        return Piece("var", word, len(word))
    return Piece("var", word, 1) if len(word) == 1 else None


def _called(word: str, declared: frozenset[str]) -> Piece | None:
    """The function that a word names where an argument follows, or what must be asked about it."""
    if declared and all(char in declared or char in CONSTANTS for char in word):
        return None
    question = ASKED.get(word) or (None if declared else ASKED_UNDECLARED.get(word))
    if question:
        return Piece("ask", question, len(word))
    return Piece("fn", CALLED[word], len(word)) if word in CALLED else None


def split(word: str, declared: frozenset[str], position: int, opens: bool) -> tuple[Piece, ...]:
    """The pieces of a word that is not one thing. `opens`: an opening bracket follows at once.

    Raises ReadError for what is no product of letters, such as `hello`.
    """
    pieces, problem = _split(word, declared, opens)
    if problem:
        raise ReadError(problem, position)
    return pieces


@lru_cache(maxsize=4096)
def _split(word: str, declared: frozenset[str], opens: bool) -> tuple[tuple[Piece, ...], str]:
    """The pieces, and what is wrong with them."""
    single = _one(word, declared)
    if single is not None:
        return (single,), ""
    pieces = _segment(word, declared)
    if word.lower() in SAID:
        return pieces, SAID[word.lower()]
    if declared:
        letters = [piece for piece in pieces if piece.kind == "var" and piece.length == 1]
        return pieces, _strangers(word, letters, declared)
    if word.lower() in NOT_PRODUCTS or word in UNIT_WORDS or not _plausible(pieces, opens):
        return pieces, _unknown(word, opens)
    return pieces, ""


def _strangers(word: str, loose: list[Piece], declared: frozenset[str]) -> str:
    strangers = [piece.name for piece in loose if piece.name not in declared]
    if len(strangers) == len(loose) and len(loose) > 1:
        return f"The word {word} is not known. {use_only(declared)}"
    return ""


def _plausible(pieces: tuple[Piece, ...], opens: bool) -> bool:
    """Would somebody write these letters next to each other to multiply them?"""
    runs: list[str] = [""]
    for piece in pieces:
        if piece.length == 1:
            runs[-1] += piece.name
        else:
            runs.append("")
    longest = 3 if opens and len(runs) == 1 else 4
    return all(_plausible_run(run, longest) for run in runs)


def _plausible_run(run: str, longest: int) -> bool:
    if len(run) > 1 and run.lower() in NOT_PRODUCTS:
        return False
    if len(set(run)) == 1 and len(run) <= 3:
        return True  # xx
    if len(run) > 2 and run[0].isupper() and run[1:].islower():
        return False
    return len(set(run)) == len(run) <= longest


def _unknown(word: str, opens: bool) -> str:
    shown = word if len(word) <= 20 else word[:20] + "…"
    if opens:
        return f"The function {shown} is not known. Write a * between letters that are multiplied."
    if word in UNIT_WORDS:
        return f"No unit is asked for here. Leave out {shown}."
    return f"The word {shown} is not known. Write a * between letters that are multiplied."


def use_only(declared: frozenset[str]) -> str:
    """Which letters may be used, in a sentence."""
    names = sorted(declared)
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"Use {listed}."


def _segment(word: str, declared: frozenset[str]) -> tuple[Piece, ...]:
    """The fewest pieces from left to right; of two with as many, the one whose first piece is longer."""
    best: list[tuple[int, tuple[Piece, ...]]] = [(0, ())] * (len(word) + 1)
    for start in range(len(word) - 1, -1, -1):
        options = [
            (1 + best[start + piece.length][0], -piece.length, (piece, *best[start + piece.length][1]))
            for piece in _pieces_at(word, start, declared)
        ]
        count, _, pieces = min(options, key=lambda option: option[:2])
        best[start] = (count, pieces)
    return best[0][1]


def _pieces_at(word: str, start: int, declared: frozenset[str]) -> list[Piece]:
    found = [
        Piece("var", name, len(name)) for name in declared if len(name) > 1 and word.startswith(name, start)
    ]
    rest = len(word) - start
    for name in _PREFIX_FUNCTIONS:
        if word.startswith(name, start):
            found.append(Piece("fn", FUNCTIONS[name], len(name)))
    if word.startswith("pi", start):
        found.append(Piece("const", "pi", 2))
    found += [Piece("var", name, len(name)) for name in _INNER_GREEK if word.startswith(name, start)]
    letter = word[start]
    constant = letter in CONSTANTS and letter not in declared and rest >= 1
    found.append(Piece("const" if constant else "var", letter, 1))
    return found

"""What is decided about searching: pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import cycle

LONGEST = 200  # characters of what is asked
MOST_PHRASES = 12
LONGEST_WORD = 60
SHORTEST_BEGINNING = 3  # letters of a word that may stand for a longer one

# What stands round a hit in a text from the database: no text has these, see `storable`.
START, STOP = "\x02", "\x03"
# What `<` and `>` are on their way through PostgreSQL, which leaves tags out of what it quotes.
ANGLES = "\x04\x05"
_ANGLES = str.maketrans(ANGLES, "<>")

# As in PostgreSQL's list: they say nothing, and it keeps none of them.
_STOP_WORDS = (
    "a about above after again against all am an and any are as at be because been before being below between"
    " both but by can did do does doing don down during each few for from further had has have having he her"
    " here hers herself him himself his how i if in into is it its itself just me more most my myself no nor"
    " not now of off on once only or other our ours ourselves out over own s same she should so some such t"
    " than that the their theirs them themselves then there these they this those through to too under until"
    " up very was we were what when where which while who whom why will with you your yours yourself"
    " yourselves"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_ASKED = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Query:
    """What to look for: every phrase, in any order. A phrase is words that stand one after the other."""

    phrases: tuple[tuple[str, ...], ...]
    # Whether the last word of all may be the beginning of a longer one.
    open_end: bool = False


def read(asked: str) -> Query:
    """What somebody typed, as words alone: no sign of theirs is an operator anywhere.

    Words in quotation marks, or joined by a sign (`x+1`, `well-known`), are one phrase.
    """
    text = unicodedata.normalize("NFC", asked)[:LONGEST]
    quoted = text.replace("“", '"').replace("”", '"').replace("„", '"')
    phrases: list[tuple[str, ...]] = []
    for match in _ASKED.finditer(quoted):
        words = tuple(word[:LONGEST_WORD] for word in _WORD.findall(match[0]))
        if words:
            phrases.append(words)
    kept = [phrase for phrase in phrases if len(phrase) > 1 or phrase[0].lower() not in STOP_WORDS]
    kept = list(dict.fromkeys(kept))[:MOST_PHRASES]
    ends = bool(kept) and kept[-1] == phrases[-1] and quoted.endswith(kept[-1][-1])
    return Query(tuple(kept), open_end=ends and len(kept[-1][-1]) >= SHORTEST_BEGINNING)


def pieces(marked: str) -> list[tuple[str, bool]]:
    """A text from the database in pieces, each with whether it is a hit."""
    found = re.split(f"[{START}{STOP}]", marked.translate(_ANGLES))
    return [(text, hit) for text, hit in zip(found, cycle((False, True)), strict=False) if text]


def storable(text: str, limit: int) -> str:
    """Text with single spaces and without any control character, cut where it is too long."""
    seen = (letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(seen).split())[:limit]

"""What `richtext` knows of a text, as the editor asks for it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from mathsoc import richtext


@dataclass(frozen=True)
class Piece:
    """Some words of a comparison: `change` is "", "ins" or "del"."""

    change: str
    words: str


@dataclass(frozen=True)
class Picture:
    public_id: str
    alt: str


@dataclass(frozen=True)
class Fault:
    line: int
    message: str


def from_source(text: str) -> str:
    return richtext.clean(text)


def as_source(stored: str) -> str:
    return stored


def pictures(_stored: str) -> list[Picture]:
    return []


def faults(_stored: str) -> list[Fault]:
    return []


def differences(old: str, new: str) -> list[Piece]:
    """What became of the words."""
    before, after = (re.findall(r"\S+\s*", richtext.plain(one, 10**6)) for one in (old, new))
    found: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("", "".join(after[c:d])))
            continue
        found += [Piece("del", "".join(before[a:b]))] if b > a else []
        found += [Piece("ins", "".join(after[c:d]))] if d > c else []
    return found

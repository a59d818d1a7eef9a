"""What is decided about keeping and erasing: pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from mathsoc.members.rules import NOTICE as NOTICE

UNDO_WITHIN = timedelta(days=7)  # after one asked for one's own account to be deleted
INACTIVE = timedelta(days=396)  # thirteen months without signing in
WAITING = timedelta(days=60)  # for somebody of the staff to let a new account in
LEAVERS = timedelta(days=90)  # from leaving school to being told
# Shorter parts of a name are looked for as whole words; a single letter tells nobody.
SHORTEST_PART, SHORTEST_WORD = 3, 2
# As a credit is written: "Ada, Ben and Cleo", "Ada & Ben".
BETWEEN_PEOPLE = re.compile(r"((?<!\s)\s*(?:[,;&+/]|\band\b|\bwith\b)\s*)")
FORMER = "Former member"
# What the log says in our own words: whoever is called Role must not take every role in it with them.
OURS = frozenset({"role", "state", "by", "shown", "list", "rule", "method", "outcome", "code"})


def told_from(left: datetime, seen: datetime, kept: datetime | None) -> datetime:
    """When somebody who has left school is told; `seen` is when they signed in last, or joined."""
    return min(left + LEAVERS, max(seen, kept or seen) + INACTIVE)


def folded(text: str) -> str:
    """Without capitals and marks on letters, so that a name is found however it is written."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def names_of(*texts: str) -> set[str]:
    """The parts of somebody's names and addresses that tell who it is, folded."""
    parts: set[str] = set()
    for text in (folded(one.partition("@")[0]) for one in texts):
        parts |= {text.strip(), *re.findall(r"[^\W_]+", text), *map(_letters, text.split())}
    return {part for part in parts if len(part) >= SHORTEST_WORD}


def tells(text: str, names: Iterable[str]) -> bool:
    """Whether a text has one of these names in it: somewhere, or where it is short as a word of its own."""
    plain = folded(text)
    joined, words = _letters(plain), set(re.findall(r"[^\W_]+", plain))
    return any(
        name in plain or name in joined if len(name) >= SHORTEST_PART else name in words for name in names
    )


def logged_about(values: Mapping[str, object], wholes: Iterable[str]) -> bool:
    """Whether what the log keeps of somebody's doing names a person, given their names and addresses whole.

    A search for a part of one of them counts too.
    """
    wholes = [folded(one) for one in wholes]
    search = folded(str(values.get("search", "")))
    if len(search) >= SHORTEST_PART and any(search in one for one in wholes):
        return True
    if len(search) >= SHORTEST_WORD and search in names_of(*wholes):
        return True
    return any(tells(str(one), wholes) for key, one in values.items() if key not in OURS)


def credit_without(credit: str, names: Iterable[str]) -> str:
    """Who else wrote it, as it is written: "Ada Lovelace and Zoe" is "Ada Lovelace" without Zoe."""
    names = list(names)
    # Every second one is what stands between two people.
    pieces = BETWEEN_PEOPLE.split(credit)
    people, between = pieces[::2], ["", *pieces[1::2]]
    stays = [place for place, one in enumerate(people) if not tells(one, names)]
    if len(stays) == len(people):
        return credit
    return "".join(("" if not first else between[place]) + people[place] for first, place in enumerate(stays))


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())

"""What is decided about joining: whose an address is, which codes hold, which names will do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

LONGEST_NAME, SHORTEST_NAME = 30, 2
YEARS = range(1, 15)
NOT_OURS = "This address belongs to none of the schools here. Use the address that your school gave you."
NO_EMAIL = "Enter a whole e-mail address, such as name@school.example."
PLAIN_ADDRESS = "Before the @ use letters, digits, dots, hyphens and underscores only, as your school does."
NO_TAGS = "Leave out the + and what follows it: one address makes one account."
CODE_FAILS = (
    "This code cannot be used: it is mistyped, used, too old, or its class is full. Ask your teacher."
)
NOT_A_LETTER_OF_OURS = "This code cannot be used: our codes have no {}. Look at it again."
NOT_A_LENGTH_OF_OURS = (
    "This code cannot be used: it has {} letters and digits, ours have {}. Look at it again."
)
CODE_LENGTHS = (8, 16)  # of a class, of a slip
MIXED = "Write each word in the letters of one alphabet: these look alike and are not."
# Alphabets that are written together.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}
# What schools write before the @. Signs that a mail server might read as "send this on" are not in it.
_PLAIN_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9._'-]*[a-z0-9_-])?")
# Letters of any language with what joins them; no digits alone, no signs that make an address or a link.
_NAME = re.compile(r"[^\W\d_](?:[^\W_]|[ '’.\-](?=[^\W_]))*")


def school_of(address: str, domains: Mapping[str, int]) -> int | None:
    """The id of the school that has the domain of this address: letter for letter, never as a suffix."""
    local, _at, domain = address.rpartition("@")
    return domains.get(domain) if local else None


def problem_with_address(address: str) -> str | None:
    """What is wrong with joining by this address, as `members.rules.normal_email` gives it."""
    local = address.rpartition("@")[0]
    if "+" in local:
        return NO_TAGS
    return None if _PLAIN_LOCAL.fullmatch(local) else PLAIN_ADDRESS


def problem_with_code(code: str, alphabet: str) -> str | None:
    """What is wrong with how a folded code is written; it says nothing about which codes there are."""
    strange = list(dict.fromkeys(letter for letter in code if letter not in alphabet))
    if strange:
        return NOT_A_LETTER_OF_OURS.format(_listed([f"“{letter}”" for letter in strange[:3]]))
    if len(code) not in CODE_LENGTHS:
        return NOT_A_LENGTH_OF_OURS.format(len(code), " or ".join(map(str, CODE_LENGTHS)))
    return None


def _listed(things: list[str]) -> str:
    return " and no ".join(things)


def is_guessable(code: str) -> bool:
    """Whether a folded code is one of a class, with 38 bits that many tries might find; a slip has 76."""
    return len(code) == CODE_LENGTHS[0]


def class_open(*, until: datetime | None, now: datetime, members: int, places: int) -> bool:
    """Whether a class still takes somebody by its code."""
    return (until is None or now < until) and members < places


def problem_with_name(wished: str, real_name: str, *, real_names: bool) -> str | None:
    """What is wrong with a display name; None where staff may be asked for it.

    The real name is refused unless the school shows real names: whatever part of it, however it is written.
    """
    if not SHORTEST_NAME <= len(wished) <= LONGEST_NAME:
        return f"A display name has {SHORTEST_NAME} to {LONGEST_NAME} letters."
    if not _NAME.fullmatch(wished):
        return "Use letters, with spaces, hyphens or numbers between or after them."
    if any(len(_alphabets(word)) > 1 for word in re.split(r"[ '’.\-]", wished)):
        return MIXED
    if not real_names and _tells(wished, real_name):
        return "This has a part of your real name in it. Choose a name that does not tell who you are."
    return None


def _tells(wished: str, real_name: str) -> bool:
    """Parts of three letters are found inside other words, shorter ones as words of their own."""
    plain, words = plain_letters(wished), set(map(plain_letters, _words(wished)))
    parts = [plain_letters(part) for part in (*_words(real_name), real_name)]
    return any(part in plain if len(part) >= 3 else len(part) == 2 and part in words for part in parts)


def _words(text: str) -> list[str]:
    return re.split(r"[\s'’.\-]+", text)


def _alphabets(word: str) -> set[str]:
    """The scripts of a word's letters, by the first word of what Unicode calls each."""
    found = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
    return {_TOGETHER.get(one, one) for one in found}


def look(name: str) -> str:
    """How a name looks at a glance: names that have this in common are not both given."""
    spread = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in spread if letter.isalnum())


def plain_letters(text: str) -> str:
    """Letters alone, without marks and capitals, so that a name is found however it is written."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in spread if letter.isalpha())

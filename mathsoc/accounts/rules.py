"""What is decided about passwords, links in mail and re-authentication: pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

LONGEST = 1024
SHORTEST = {False: 12, True: 15}  # characters, by staff
# How long a link in a mail can be used, by its purpose.
LINK_LASTS = {"reset": timedelta(minutes=30), "verify": timedelta(days=1), "join": timedelta(days=1)}
# For how long a change to the account trusts the password given at signing in.
FRESH_FOR = timedelta(minutes=10)

# Rows and alphabets along which a finger slides; read both ways.
SLIDES = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiop",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
    '!"£$%^&*()',
)
SLIDING = {pair for row in SLIDES for way in (row, row[::-1]) for pair in pairwise(way)}
FRESH_CHARACTERS = 6  # characters that neither repeat nor continue the one before
SHORTEST_UNIT, LONGEST_UNIT = 8, 32  # characters of what a password repeats: may be this short; is looked for
# What may stand around a guessable word and still not hide it, in letters; a digit or sign counts half.
ENOUGH_BESIDES = 6
LEET = tuple(str.maketrans("013457@$!|+", letters) for letters in ("oieastasiit", "oleastaslit"))
# Words that anybody would try at a site like this one.
SITE_WORDS = (
    *("mathematics", "maths", "math", "mathsoc", "society", "school", "college", "academy", "league", "club"),
    *("member", "pupil", "student", "teacher", "challenge", "competition", "leaderboard", "letmein", "hello"),
    *("password", "passwort", "passphrase", "pass", "welcome", "changeme", "secret", "qwerty", "iloveyou"),
    *("admin", "administrator", "login"),
)
SHORTEST_WORD = 3

TOO_SHORT = "Use at least {} characters. Three or four words that don’t belong together are easy to keep."
TOO_LONG = f"Use at most {LONGEST:,} characters."
REPEATS = (
    "This repeats itself or follows the keyboard, so it is quickly guessed. Choose something less regular."
)
COMMON = "This is one of the first passwords that somebody would try. Choose another one."
TELLS = (
    "This is little more than a name or a word that anybody here would try first. Add words of another kind."
)


def normal(password: str) -> str:
    """One spelling for what looks the same, so that it does not matter which keyboard typed it (NFC)."""
    return unicodedata.normalize("NFC", password)


def problem_with_password(
    password: str, *, staff: bool, own_words: Iterable[str], common: Container[str]
) -> str | None:
    """What is wrong with a new password, in words for whoever chose it; None when it will do.

    `own_words` are names and parts of the address of the member, the schools and the society; `common` holds
    common passwords in lower case. No kind of character is demanded and none refused.
    """
    password = normal(password)
    if len(password) > LONGEST:
        return TOO_LONG
    if len(password) < SHORTEST[staff]:
        return TOO_SHORT.format(SHORTEST[staff])
    folded = unicodedata.normalize("NFKC", password).casefold()
    unit = _unit(folded)
    if len(_fresh(folded)) < FRESH_CHARACTERS or len(unit) < SHORTEST_UNIT:
        return REPEATS
    if any(one in common for one in _readings(folded)) or _wraps_a_common_word(unit, common):
        return COMMON
    words = {word for text in (*own_words, *SITE_WORDS) for word in words_in(text)}
    if any(_little_besides(one, words) for one in _readings(folded)):
        return TELLS
    return None


def words_in(text: str) -> set[str]:
    """The words of a name, a title or an address in lower case, and all of it written as one word."""
    found = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", text).casefold())
    return {word for word in (*found, "".join(found)) if len(word) >= SHORTEST_WORD}


def is_fresh(fresh_at: datetime | None, now: datetime) -> bool:
    """Whether the password was given in this session a short while ago."""
    return fresh_at is not None and now - fresh_at <= FRESH_FOR


def _readings(folded: str) -> set[str]:
    """As typed, and with the digits and signs that are written for letters read as those."""
    return {folded, *(folded.translate(table) for table in LEET)}


def _unit(text: str) -> str:
    """What the text repeats, at least twice; the text itself where it repeats nothing."""
    for length in range(1, min(len(text) // 2, LONGEST_UNIT) + 1):
        if all(text[at] == text[at - length] for at in range(length, len(text))):
            return text[:length]
    return text


def _fresh(text: str) -> list[str]:
    """The characters that neither repeat the one before nor slide on from it along a row."""
    return [
        letter
        for at, letter in enumerate(text)
        if at == 0 or (letter != text[at - 1] and (text[at - 1], letter) not in SLIDING)
    ]


def _weight(text: str) -> float:
    """How much there is to guess: a letter counts one, a digit or sign half, what only continues nothing."""
    return sum(1 if letter.isalpha() else 0.5 for letter in _fresh(text))


def _wraps_a_common_word(text: str, common: Container[str]) -> bool:
    """Whether it is one common word with digits and signs around it."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    if not any(one in common for one in _readings(core)):
        return False
    before, _, after = text.partition(core)
    return _weight(before) + _weight(after) < ENOUGH_BESIDES


def _little_besides(text: str, words: set[str]) -> bool:
    """Whether hardly anything is left of it without these words."""
    covered = {
        at for word in words for start in _places(word, text) for at in range(start, start + len(word))
    }
    rest = "".join(letter for at, letter in enumerate(text) if at not in covered)
    return bool(covered) and _weight(rest) < ENOUGH_BESIDES


def _places(word: str, text: str) -> Iterator[int]:
    """Where the word begins in the text, overlapping itself too. No pattern: there are thousands of words."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)

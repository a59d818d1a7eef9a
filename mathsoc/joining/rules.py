"""What is decided about joining: whose an address is, which codes hold, which names will do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

SLIP_LASTS = timedelta(days=60)
WAY_BACK_LASTS = timedelta(days=3)
LONGEST_NAME, SHORTEST_NAME = 30, 2
YEARS = range(1, 15)
NOT_OURS = "This address belongs to none of the schools here. Use the address that your school gave you."
NO_TAGS = "Leave out the + and what follows it: one address makes one account."
CODE_FAILS = (
    "This code cannot be used: it is mistyped, used, too old, or its class is full. Ask your teacher."
)
# Letters of any language with what joins them; no digits alone, no signs that make an address or a link.
_NAME = re.compile(r"[^\W\d_](?:[^\W_]|[ '’.\-](?=[^\W_]))*")


def school_of(address: str, domains: Mapping[str, int]) -> int | None:
    """The id of the school that has the domain of this address: letter for letter, never as a suffix."""
    local, _at, domain = address.rpartition("@")
    return domains.get(domain) if local else None


def problem_with_address(address: str) -> str | None:
    """What is wrong with joining by this address, as `members.rules.normal_email` gives it."""
    if "+" in address.rpartition("@")[0]:
        return NO_TAGS
    return None


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
    if not real_names and _tells(wished, real_name):
        return "This has a part of your real name in it. Choose a name that does not tell who you are."
    return None


def _tells(wished: str, real_name: str) -> bool:
    plain = plain_letters(wished)
    return any(len(part) >= 3 and part in plain for part in map(plain_letters, real_name.split()))


def plain_letters(text: str) -> str:
    """Letters alone, without marks and capitals, so that a name is found however it is written."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in spread if letter.isalpha())

"""Public ids: what URLs and element ids are made of besides slugs, never row numbers."""

from __future__ import annotations

import secrets
import unicodedata

# No vowels and no look-alikes, so that no id spells a word or is misread aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def public_id(length: int = 10) -> str:
    """A random id, safe in URLs and element ids; 10 characters carry 47 bits."""
    return "b" + "".join(secrets.choice(ALPHABET) for _ in range(length - 1))


def spoken_code(groups: int = 4) -> str:
    """A random code for people to print and type: groups of four, of 19 bits each, as `k7wq-…`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def class_code() -> str:
    """A random code for a whole class, as it is kept: short enough for the board, with an end to it."""
    return folded(spoken_code(2))


def spoken(code: str) -> str:
    """A kept code as it is printed, in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def folded(code: str) -> str:
    """A code as somebody typed it, without what differs by hand: spaces, hyphens, capitals."""
    plain = unicodedata.normalize("NFKC", code).lower()
    return "".join(letter for letter in plain if letter.isalnum())

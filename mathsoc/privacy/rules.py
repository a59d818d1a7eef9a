"""What is decided about keeping and erasing: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

UNDO_WITHIN = timedelta(days=7)  # after one asked for one's own account to be deleted
INACTIVE = timedelta(days=396)  # thirteen months without signing in
NOTICE = timedelta(days=30)  # from being told to being erased
LEAVERS = timedelta(days=90)  # from leaving school to being told
SHORTEST_PART = 3
FORMER = "Former member"


def names_of(display_name: str, real_name: str, *others: str) -> set[str]:
    """The parts of somebody's names and addresses that tell who it is, in lower case."""
    texts = (display_name, real_name, *(one.partition("@")[0] for one in others))
    parts = {part for text in texts for part in text.casefold().replace("-", " ").split()}
    whole = {text.casefold() for text in texts}
    return {part for part in parts | whole if len(part) >= SHORTEST_PART}


def tells(text: str, names: Iterable[str]) -> bool:
    """Whether a text has one of these names in it."""
    folded = text.casefold()
    return any(name in folded for name in names)

"""What a link to a post shows where it is shared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mathsoc import richtext

LONGEST = 160


@dataclass(frozen=True)
class Preview:
    """The first words of a text, and the public id of its first picture."""

    words: str
    picture: str | None


@lru_cache(maxsize=256)
def of_text(stored: str) -> Preview:
    """Looked up by the whole text, so it is never of another."""
    pictures = richtext.pictures(stored)
    return Preview(richtext.plain(stored, LONGEST), pictures[0].public_id if pictures else None)

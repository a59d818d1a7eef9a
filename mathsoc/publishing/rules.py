"""What is decided about posts: pure, from `now`."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from mathsoc.members.rules import SEES_KEYS, Viewer

# Kind → the first part of its addresses.
SHELVES = {
    "article": "articles",
    "newsletter": "newsletters",
    "announcement": "announcements",
    "page": "pages",
}
KIND_OF = {shelf: kind for kind, shelf in SHELVES.items()}
# The same as URL rules.
LISTS = "/<any(articles, newsletters, announcements):shelf>"
POST = "/<any(articles, newsletters, announcements, pages):shelf>/<slug>"
LISTED = ("article", "newsletter", "announcement")
# From the widest to the narrowest: each reads what those before it read.
AUDIENCES = ("public", "members", "staff")
BINNED_FOR = timedelta(days=30)
UNDO_WITHIN = 10  # seconds that the notice with Undo stays
LONGEST_TITLE = 150
NO_TITLE = "Give it a title."
LONGEST_SUMMARY = 300
LONGEST_CREDIT = 120
LONGEST_SLUG = 80
LONGEST_TAG = 40
MOST_TAGS = 8
# Last parts of addresses that mean something else, now or some day.
RESERVED = frozenset({"new", "edit", "all", "bin", "drafts", "feed", "page", "search", "tag", "unsubscribe"})
# Pages whose address is known outside: a new title leaves it alone.
FIXED = frozenset({"about", "privacy"})
# Letters that do not come apart into a letter and its mark.
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "π": "pi",
        "&": " and ",
        "’": "",
        "'": "",
    }
)


class State(StrEnum):
    """Where a post stands at a moment."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    OVER = "over"
    ARCHIVED = "archived"
    BINNED = "binned"


def state(
    publish_at: datetime | None,
    expires_at: datetime | None,
    archived_at: datetime | None,
    binned_at: datetime | None,
    now: datetime,
) -> State:
    """The bin hides everything, the archive everything else; without a moment to appear it is a draft."""
    if binned_at is not None:
        return State.BINNED
    if archived_at is not None:
        return State.ARCHIVED
    if publish_at is None:
        return State.DRAFT
    if now < publish_at:
        return State.SCHEDULED
    if expires_at is not None and expires_at <= now:
        return State.OVER
    return State.PUBLISHED


def edits(viewer: Viewer | None) -> bool:
    """Whether this viewer writes posts, and so sees those that nobody else may see."""
    return viewer is not None and viewer.role in SEES_KEYS


def audience_of(viewer: Viewer | None) -> str:
    """The narrowest audience that this viewer belongs to."""
    if viewer is None:
        return "public"
    return "staff" if viewer.staff else "members"


def reads(audience: str) -> tuple[str, ...]:
    """What posts may be for so that this audience reads them: `members` reads `public` and `members`."""
    return AUDIENCES[: AUDIENCES.index(audience) + 1]


def narrowed(viewer: Viewer | None, asked: str) -> str | None:
    """Whose eyes an editor asks to look with (`?as=`); None for their own, and for all who do not edit."""
    return asked if edits(viewer) and asked in AUDIENCES else None


def slug_of(title: str, kind: str) -> str:
    """The last part of an address, from a title: small Latin letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(_PLAIN))
    plain = "".join(letter for letter in folded.translate(_PLAIN) if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    slug = words if len(words) <= LONGEST_SLUG else _cut(words)
    return slug if slug and slug not in RESERVED else f"{kind}-{slug}".strip("-")


def slugs(title: str, kind: str) -> Iterator[str]:
    """Slugs to try for a title, until one is free: `primes`, `primes-2`, `primes-3` …"""
    slug = slug_of(title, kind)
    yield slug
    for number in count(2):
        tail = f"-{number}"
        yield slug[: LONGEST_SLUG - len(tail)].rstrip("-") + tail


def tags_of(text: str) -> list[str]:
    """Tags as they are typed, separated by commas: in small letters, none twice, in their order."""
    found = (" ".join(one.casefold().split()) for one in text.split(","))
    return list(dict.fromkeys(one for one in found if one))


def mark(values: Iterable[object]) -> str:
    """A short mark of what a form was filled from: another mark, and somebody has changed it meanwhile."""
    text = "\x1f".join(str(value) for value in values)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _cut(words: str) -> str:
    """Cut at the last whole word that fits, where there is one."""
    short = words[:LONGEST_SLUG]
    if words[LONGEST_SLUG] == "-":
        return short.rstrip("-")
    return (short.rpartition("-")[0] or short).rstrip("-")

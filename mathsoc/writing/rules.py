"""What is decided about texts that several people edit: pure. A text is a row of blocks of clean HTML."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mathsoc.sequences import Work, stretches

LONGEST = 200_000  # characters of one text as it is sent
LONGEST_NOTE = 200
DRAFTS_KEPT = timedelta(days=30)
PRESENT_FOR = timedelta(seconds=60)  # an editor that has not been heard of for so long is gone
WORK = 500_000  # for each comparison of two texts; what is not compared by then counts as changed

# What stands between the two versions of a place that both have changed. No text with one is published.
MINE, THEIRS, END = "⟪ yours: ⟫", "⟪ theirs: ⟫", "⟪ end of both ⟫"
MARKS = (MINE, THEIRS, END)

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")  # clean HTML has neither in an attribute
_VOID = frozenset({"br", "hr", "img", "col", "wbr"})
_INLINE = frozenset(
    {"a", "b", "br", "code", "em", "i", "img", "span", "strong", "sub", "sup", "s", "u", "kbd", "mark", "wbr"}
)


@dataclass(frozen=True)
class Merged:
    """Two texts made into one, and at how many places both had changed the same."""

    text: str
    conflicts: int


def blocks(text: str) -> list[str]:
    """The top-level elements of clean HTML; words that stand in none are a block up to the next element."""
    found: list[str] = []
    loose, start, depth, at = "", 0, 0, 0
    for tag in _TAG.finditer(text):
        closing, name = tag[1], tag[2].lower()
        if depth == 0:
            loose += text[at : tag.start()]
            start = at = tag.start()
        if closing:
            depth = max(0, depth - 1)
        elif name not in _VOID:
            depth += 1
        if depth == 0:
            at = tag.end()
            if name in _INLINE:
                loose += text[start:at]
            else:
                found += [one for one in (loose.strip(), text[start:at].strip()) if one]
                loose = ""
    rest = (loose + text[at:]).strip()
    return [*found, rest] if rest else found


def merge(base: str, mine: str, theirs: str) -> Merged:
    """What both have changed since `base`, block by block.

    A place that only one has changed is as they left it. Where both have, both versions stand there, one
    after the other between marks. So no block that somebody wrote is lost.
    """
    parts: list[str] = []
    conflicts = 0
    for old, own, other in _places(blocks(base), blocks(mine), blocks(theirs)):
        if own == other or other == old:
            parts += own
        elif own == old:
            parts += other
        else:
            conflicts += 1
            parts += [_marked(MINE), *own, _marked(THEIRS), *other, _marked(END)]
    return Merged("\n".join(parts), conflicts)


def has_marks(text: str) -> bool:
    """Whether a place that both changed is still to be decided."""
    words = html.unescape(text)
    return any(mark in words for mark in MARKS)


def version(text: str) -> str:
    """Which draft it is, as an editor says it that has seen this text; "" stands for none."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def minutes(since: datetime, now: datetime) -> int:
    """Whole minutes, as they stand in "editing this too (3 min)"; at least one."""
    return max(1, int((now - since).total_seconds()) // 60)


def _marked(mark: str) -> str:
    return f"<p>{mark}</p>"


Place = tuple[Sequence[str], Sequence[str], Sequence[str]]


def _places(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Place]:
    """The three texts cut where all agree: stretches that are the same in all, and what is between them."""
    at = own = other = 0
    for here, mine_at, theirs_at, size in [
        *_common(base, mine, theirs),
        (len(base), len(mine), len(theirs), 0),
    ]:
        between = base[at:here], mine[own:mine_at], theirs[other:theirs_at]
        if any(between):
            yield between
        at, own, other = here + size, mine_at + size, theirs_at + size
        if size:
            same = base[here:at]
            yield same, same, same


def _common(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of `base` that both kept: where each begins in the three, and how long it is."""
    by_me, by_other = (stretches(base, one, Work(WORK)) for one in (mine, theirs))
    at = 0
    for mine_base, mine_at, mine_size in by_me:
        while at < len(by_other) and by_other[at][0] < mine_base + mine_size:
            their_base, their_at, their_size = by_other[at]
            start = max(mine_base, their_base)
            end = min(mine_base + mine_size, their_base + their_size)
            if start < end:
                yield start, mine_at + start - mine_base, their_at + start - their_base, end - start
            if their_base + their_size > mine_base + mine_size:
                break  # it goes on in what comes next of mine
            at += 1

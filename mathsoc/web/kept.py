"""Fragments that this process keeps under the versions of their topics, so that they are not drawn again.

A piece is used again only while its label is the same: the versions of the topics that it depends on, as the
live hub has them in `live_topics`, and whatever else it shows. Nobody empties anything by hand.

Why a kept piece is never older than its label. Whoever changes what a topic shows moves the topic's version
in the same transaction. `Kept.look` reads the versions first, and `Seen.piece` has the content read only
after that, in the same session:
- PostgreSQL, READ COMMITTED: each statement sees all that was committed before it. The content is read by a
  later statement than the versions, so it holds all that the versions count, and perhaps more. A commit in
  between makes the piece newer than its label; the next reader sees the newer version and draws anew.
- SQLite, or a stricter isolation: both are read from one snapshot and belong together.
The other way round would be wrong on PostgreSQL: an old text under a new version, for ever. So `make` must
read what it shows by itself, by columns, and never take it from rows that were loaded before `look`.

A writing session sees its own changes, which may yet be rolled back: there nothing is kept and nothing used.

What changes by the passing of time alone does not belong into a piece; if it must be there, the moment until
which it holds is one of `shows`. Nor does anything that depends on the viewer: one piece serves an audience.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.live.service import versions

ROOM = 16 * 2**20  # bytes of kept pieces in one process
LARGEST = ROOM // 16  # a piece above this would push out too much else
OVERHEAD = 500  # bytes beside a piece's own: its key, its label, its place in the table

T = TypeVar("T")


@dataclass(frozen=True)
class _Piece:
    label: Hashable
    value: Any
    size: int


class Kept:
    """The pieces of one process, the longest unused going first when there is no more room."""

    def __init__(self, room: int = ROOM, largest: int = LARGEST) -> None:
        self.room = room
        self.largest = largest
        self.used = 0
        self.hits = 0
        self.misses = 0
        self._pieces: OrderedDict[Hashable, _Piece] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pieces)

    async def look(self, session: AsyncSession, *topics: str) -> Seen:
        """Read how far these topics have moved, in one statement: all that a page's pieces depend on."""
        if not self.room or not _only_reads(session):
            return Seen(self, dict.fromkeys(topics, 0), usable=False)
        return Seen(self, await versions(session, topics), usable=True)

    def seen(self, session: AsyncSession, found: Mapping[str, int]) -> Seen:
        """`look` for who has read the versions already, with a row that the page needs anyway.

        They may come in one statement with what is only named in the page, but no later than what is kept.
        """
        return Seen(self, found, usable=bool(self.room) and _only_reads(session))

    def find(self, key: Hashable, label: Hashable) -> _Piece | None:
        """The piece of this key, if it is kept under this very label."""
        piece = self._pieces.get(key)
        if piece is None or piece.label != label:
            self.misses += 1
            return None
        self.hits += 1
        self._pieces.move_to_end(key)
        return piece

    def keep(self, key: Hashable, piece: _Piece) -> None:
        """Keep a piece in place of the one of this key; what has no room is not kept."""
        before = self._pieces.pop(key, None)
        if before is not None:
            self.used -= before.size
        if piece.size > min(self.largest, self.room):
            return
        self._pieces[key] = piece
        self.used += piece.size
        while self.used > self.room:
            _, oldest = self._pieces.popitem(last=False)
            self.used -= oldest.size


@dataclass(frozen=True)
class Seen:
    """The versions as a session saw them, before it reads anything that they count."""

    kept: Kept
    versions: Mapping[str, int]
    usable: bool

    async def piece(
        self,
        name: str,
        audience: str,
        make: Callable[[], Awaitable[T]],
        *,
        topics: Collection[str] | None = None,
        which: Hashable = None,
        shows: Hashable = None,
        size: Callable[[T], int] = len,  # type: ignore[assignment]
    ) -> T:
        """The kept piece, or what `make` reads and draws now, which is kept; nobody may change it.

        `which` tells pieces of one name apart (a page of a list); `shows` is what else stands in it (names
        that have no topic, the moment until which it holds). Only the `topics` it depends on, of those looked
        at, are in its label. One of size 0 is not kept.
        """
        if not self.usable:
            return await make()
        names = tuple(sorted(self.versions if topics is None else topics))
        key = (name, audience, names, which)
        label = (tuple(self.versions[topic] for topic in names), shows)
        found = self.kept.find(key, label)
        if found is not None:
            return found.value  # type: ignore[no-any-return]
        value = await make()
        if length := size(value):
            self.kept.keep(key, _Piece(label, value, length + OVERHEAD))
        return value


def _only_reads(session: AsyncSession) -> bool:
    """Whether the session is a reading unit of work; one whose kind is not known may write."""
    return session.info.get("writes") is False

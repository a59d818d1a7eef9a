"""Where editable texts are kept: each slice whose things have such texts registers a shelf."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.rules import Viewer

OWNERS = ("post_id", "challenge_id", "competition_id")


@dataclass(frozen=True)
class Thing:
    """A thing with editable texts, as an editor finds it at the address `/<shelf>/<slug>`."""

    shelf: str
    # The column of `regions` that names it, and its row.
    owner: str
    id: int
    slug: str
    title: str
    # Where it is read.
    path: str
    # Field → the text that readers see now.
    texts: Mapping[str, str]
    # What whoever edits it should know: that it is out already, for one. By field; "" is for all of them.
    warnings: Mapping[str, str] = field(default_factory=dict)
    # By field: what is said once it is saved, where readers will not see it yet.
    hidden: Mapping[str, str] = field(default_factory=dict)
    # Moments from which others see it, or more of it, to preview it as they will: "after the lock".
    moments: Mapping[str, datetime] = field(default_factory=dict)


class Shelf(Protocol):
    """All things of one kind with editable texts. What it is asked, it answers for staff who see keys."""

    @property
    def name(self) -> str:
        """The first part of addresses: "articles"."""

    @property
    def owner(self) -> str:
        """The column of `regions` that names its things."""

    @property
    def fields(self) -> Mapping[str, str]:
        """Field → what it is called on buttons ("Text", "Worked solution"); the first is the default."""

    async def find(self, session: AsyncSession, slug: str) -> Thing:
        """The thing of this address, present or former slug; raises Missing."""

    async def write(self, session: AsyncSession, thing: Thing, field: str, text: str, now: datetime) -> None:
        """Keep the cleaned text for readers, announce it and have it searched; never commits."""

    async def readable(
        self, session: AsyncSession, ids: Collection[int], field: str, viewer: Viewer | None, now: datetime
    ) -> bool:
        """Whether this viewer may read the field of any of these things now: then its pictures too."""


class Shelves:
    """The shelves of one application, by name."""

    def __init__(self, *shelves: Shelf) -> None:
        self._by_name = {shelf.name: shelf for shelf in shelves}

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Shelf | None:
        return self._by_name.get(name)

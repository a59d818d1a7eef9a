"""What an address of the editor is about, and what its pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quart import current_app
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.errors import Missing
from mathsoc.members.rules import Viewer
from mathsoc.web.unit_of_work import database, release, session
from mathsoc.writing import queries, rules
from mathsoc.writing.shelves import Shelf, Shelves, Thing

NAMES = ("articles", "newsletters", "announcements", "pages", "challenges", "competitions")
SHELF = f"/<any({', '.join(NAMES)}):shelf>/<slug>"
# Bytes of a body with a text: what is no letter of ASCII takes nine of them for three.
BODY = 2 * 1024 * 1024
PUBLISHED = "Published."


@dataclass(frozen=True)
class Desk:
    """A field of a thing, opened for editing; `revision` is at most that of the text in `thing`."""

    shelf: Shelf
    thing: Thing
    field: str
    revision: int

    @property
    def address(self) -> str:
        return f"/{self.shelf.name}/{self.thing.slug}"

    @property
    def id(self) -> str:
        """The end of element ids."""
        return f"{self.shelf.name}-{self.thing.slug}-{self.field}"

    @property
    def label(self) -> str:
        return self.shelf.fields[self.field]

    @property
    def text(self) -> str:
        return self.thing.texts[self.field]

    @property
    def hidden(self) -> str | None:
        """What is said once it is saved, where readers will not see it yet."""
        return self.thing.hidden.get(self.field)

    @property
    def said(self) -> str:
        return self.hidden or PUBLISHED

    @property
    def warnings(self) -> list[str]:
        return [words for about, words in self.thing.warnings.items() if about in ("", self.field)]


def shelves() -> Shelves:
    found: Shelves = current_app.extensions["shelves"]
    return found


async def found(db: AsyncSession, name: str, slug: str, field: str | None, revision: int = 0) -> Desk:
    """The field of the thing at this address, its first one where none is named; raises Missing."""
    shelf = shelves().get(name)
    if shelf is None:
        raise Missing
    field = field or next(iter(shelf.fields))
    if field not in shelf.fields:
        raise Missing
    return Desk(shelf, await shelf.find(db, slug), field, revision)


async def opened(name: str, slug: str, field: str | None) -> Desk:
    """The same to be edited, with its revision; nothing may be written yet in this request.

    The revision is read before the text, in a unit of its own, so that nobody saves an older text as if it
    were begun from a newer revision: the reverse is only asked about once more than it need be.
    """
    await release()
    async with database().reading() as early:
        desk = await found(early, name, slug, field)
        region = await queries.region(early, desk.thing, desk.field)
    return await found(await session(), name, slug, desk.field, region.revision if region else 0)


async def editing(
    db: AsyncSession,
    desk: Desk,
    viewer: Viewer,
    now: datetime,
    *,
    text: str | None = None,
    base: int | None = None,
    known: str = "",
    **more: Any,
) -> dict[str, Any]:
    """What the editor shows: the text as it was sent, else the viewer's draft, else what readers see.

    `known` is the version of the draft that whoever sent the text had seen.
    """
    draft = await queries.draft(db, desk.thing, desk.field, viewer)
    if text is None:
        text = draft.text if draft is not None else richtext.as_source(desk.text)
        base = draft.base if draft is not None else desk.revision
        known = rules.version(draft.text) if draft is not None else ""
    shown = {
        "desk": desk,
        "text": text,
        "base": base,
        "known": known,
        "draft": draft,
        "note": "",
        "error": None,
    }
    return shown | await around(db, desk, viewer, now) | more


async def around(db: AsyncSession, desk: Desk, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Who else is here, and the newest revision."""
    region = await queries.region(db, desk.thing, desk.field)
    return {
        "others": await queries.present(db, desk.thing, desk.field, viewer, now),
        "newest": await queries.newest(db, region.id) if region is not None else None,
    }

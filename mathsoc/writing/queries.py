"""Reading regions: revisions, drafts, who is editing, and who may see a picture in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.errors import Missing
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.writing import rules
from mathsoc.writing.models import Draft, Presence, Region, RegionUpload, Revision
from mathsoc.writing.shelves import OWNERS, Shelves, Thing

ROWS = 20


@dataclass(frozen=True)
class Present:
    """Somebody else who has the region open."""

    name: str
    minutes: int


@dataclass(frozen=True)
class Saved:
    """A revision as the history lists it: without its text."""

    number: int
    author: str | None
    note: str
    saved_at: datetime
    restores: int | None


@dataclass(frozen=True)
class History:
    """One page of a region's revisions, the newest first, and how many there are."""

    rows: Sequence[Saved]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


def of(thing: Thing, field: str) -> ColumnElement[bool]:
    """The condition that chooses the region of a thing's field."""
    owner: ColumnElement[int] = Region.__table__.c[thing.owner]
    return (owner == thing.id) & (Region.field == field)


async def region(session: AsyncSession, thing: Thing, field: str) -> Region | None:
    """The region, where the field was ever edited."""
    return await session.scalar(select(Region).where(of(thing, field)))


async def draft(session: AsyncSession, thing: Thing, field: str, viewer: Viewer) -> Draft | None:
    """What this viewer has typed here and not published."""
    mine = select(Draft).join(Region, Region.id == Draft.region_id)
    return await session.scalar(mine.where(of(thing, field), Draft.member_id == viewer.id))


async def drafted(session: AsyncSession, owner: str, id: int, viewer: Viewer) -> bool:
    """Whether this viewer has typed something into any text of this thing that is not published."""
    column: ColumnElement[int] = Region.__table__.c[owner]
    mine = select(Draft.id).join(Region, Region.id == Draft.region_id)
    return await session.scalar(mine.where(column == id, Draft.member_id == viewer.id).limit(1)) is not None


async def present(
    session: AsyncSession, thing: Thing, field: str, viewer: Viewer, now: datetime
) -> list[Present]:
    """Who else has the region open now, the longest there first."""
    rows = await session.execute(
        select(Member.display_name, Presence.began_at)
        .join(Member, Member.id == Presence.member_id)
        .join(Region, Region.id == Presence.region_id)
        .where(of(thing, field), Presence.member_id != viewer.id, Presence.seen_at > now - rules.PRESENT_FOR)
        .order_by(Presence.began_at, Presence.member_id)
    )
    return [Present(name, rules.minutes(began_at, now)) for name, began_at in rows]


async def newest(session: AsyncSession, region_id: int) -> Saved | None:
    """The last revision."""
    return next(iter(await _saved(session, region_id, 1)), None)


async def history(session: AsyncSession, region_id: int, page: int) -> History:
    """A page of the revisions; pages count from 1."""
    total = await session.scalar(
        select(func.count()).select_from(Revision).where(Revision.region_id == region_id)
    )
    return History(await _saved(session, region_id, ROWS, (page - 1) * ROWS), total or 0, page)


async def text_of(session: AsyncSession, region_id: int, number: int) -> str:
    """The text as revision `number` has it; raises Missing."""
    found = await text_at(session, region_id, number) if number > 0 else None
    if found is None:
        raise Missing
    return found


async def text_at(session: AsyncSession, region_id: int, base: int) -> str | None:
    """The text that somebody started from: revision `base`, or the first where there was none yet."""
    number = max(1, base)
    return await session.scalar(
        select(Revision.text).where(Revision.region_id == region_id, Revision.number == number)
    )


async def readers_of(
    session: AsyncSession, shelves: Shelves, upload_id: int, viewer: Viewer | None, now: datetime
) -> bool:
    """Whether a published text that shows this file may be read by this viewer now."""
    rows = await session.execute(
        select(Region.field, *(getattr(Region, owner) for owner in OWNERS))
        .join(RegionUpload, RegionUpload.region_id == Region.id)
        .where(RegionUpload.upload_id == upload_id)
    )
    shown: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for field, *ids in rows:
        for owner, one in zip(OWNERS, ids, strict=True):
            if one is not None:
                shown[owner, field].add(one)
    for (owner, field), things in shown.items():
        for shelf in shelves:
            fits = shelf.owner == owner and field in shelf.fields
            if fits and await shelf.readable(session, things, field, viewer, now):
                return True
    return False


async def _saved(session: AsyncSession, region_id: int, limit: int, offset: int = 0) -> list[Saved]:
    rows = await session.execute(
        select(Revision.number, Member.display_name, Revision.note, Revision.saved_at, Revision.restores)
        .outerjoin(Member, Member.id == Revision.author_id)
        .where(Revision.region_id == region_id)
        .order_by(Revision.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Saved(number, author, note, saved_at, restores) for number, author, note, saved_at, restores in rows
    ]

"""What changes about regions: drafts, publication, restoring, presence. A region's row is its lock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, richtext
from mathsoc.audit import Action
from mathsoc.db import insert_ignoring
from mathsoc.errors import MathsocError, Refused
from mathsoc.jobs import Job
from mathsoc.members.rules import Viewer
from mathsoc.uploads.models import Upload
from mathsoc.writing import queries, rules
from mathsoc.writing.models import Draft, Presence, Region, RegionUpload, Revision
from mathsoc.writing.shelves import Shelf, Thing

FORGET = "forget-drafts"
AS_IT_WAS = "As it was before"
OUTSIDE = "Changed outside the editor"
TOO_LONG = f"A text has at most {rules.LONGEST:,} characters with its markup. Make two of it."
STILL_MARKED = (
    f"Somewhere two versions still stand one after the other. Keep what is right between “{rules.MINE}” and "
    f"“{rules.END}”, and take these marks out."
)
NO_ALT = "Say of each picture what it shows; then it can be published."
GONE = "A picture in the text is no longer kept here. Take it out, or add it again."

# Called in the transaction of each publication, before the text itself is kept; the search index for one.
on_published: list[Callable[[AsyncSession, Thing, str, datetime], Awaitable[None]]] = []


class Stale(MathsocError):
    """Somebody else has published since the text was begun; nothing was changed."""


class StaleDraft(MathsocError):
    """Another window of the same writer has kept another draft meanwhile; nothing was changed."""


@dataclass(frozen=True)
class Edit:
    """What somebody sends: a text, the revision it was begun from, and what was done to it."""

    text: str
    base: int
    note: str = ""
    # The number of the revision that it brings back.
    restores: int | None = None
    # The version of the writer's draft that they had seen: another one is not done with.
    draft: str = ""


async def publish(
    session: AsyncSession,
    shelf: Shelf,
    thing: Thing,
    field: str,
    viewer: Viewer,
    now: datetime,
    address: str,
    edit: Edit,
) -> bool:
    """Let readers have the text; the viewer's draft of it is done with. Says whether anything has changed.

    A text that stands there already makes no revision. Raises Stale where somebody was faster, and Refused
    for a text that cannot be published.
    """
    region = await _held(session, thing, field)
    # Read anew: what the caller read may be from before the lock.
    thing = await shelf.find(session, thing.slug)
    before, stored = thing.texts[field], cleaned(edit.text)
    changed = stored not in (before, richtext.clean(before))
    if changed:
        if edit.base != region.revision:
            raise Stale
        if rules.has_marks(stored):
            raise Refused(STILL_MARKED, "text")
        await _keep_pictures(session, region, stored)
        was = await _add_revision(session, region, before, stored, viewer, now, edit)
        await audit.record(
            session,
            Action.TEXT_PUBLISHED,
            now,
            actor_id=viewer.id,
            subject=(thing.owner.removesuffix("_id"), thing.id),
            address=address,
            before={"revision": was},
            after={"revision": region.revision, "field": field},
        )
    await _done_with(session, region, viewer, edit, stored)
    await leave(session, thing, field, viewer)
    if changed:
        for function in on_published:
            await function(session, thing, field, now)
        # Last, since it takes the locks of topics.
        await shelf.write(session, thing, field, stored, now)
    return changed


async def keep_draft(
    session: AsyncSession,
    thing: Thing,
    field: str,
    viewer: Viewer,
    now: datetime,
    *,
    text: str,
    base: int,
    known: str,
) -> str:
    """Keep what this viewer has typed, begun from revision `base`; readers see nothing of it.

    `known` is the version of the draft that they had seen, "" where there was none; the new one is returned.
    Raises StaleDraft where there is another by now, from another window. What readers see already is no
    draft: one that says the same goes. Raises Refused for a text too long.
    """
    if len(text) > rules.LONGEST:
        raise Refused(TOO_LONG, "text")
    region = await _region(session, thing, field)
    await note_presence(session, thing, field, viewer, now)
    said_already = _says(text, thing.texts[field])
    unique = {"region_id": region.id, "member_id": viewer.id}
    values = {"base": base, "text": text, "saved_at": now}
    while (draft := await _draft(session, region, viewer)) is None:
        if said_already:
            return ""
        # Not inserted where another window was faster: then its draft is looked at.
        if await insert_ignoring(session, Draft, unique | values, list(unique)):
            return rules.version(text)
    if draft.text != text and rules.version(draft.text) != known:
        raise StaleDraft
    if said_already:
        await session.delete(draft)
        return ""
    draft.base, draft.text, draft.saved_at = base, text, now
    return rules.version(text)


async def drop_draft(session: AsyncSession, thing: Thing, field: str, viewer: Viewer, known: str) -> None:
    """Throw away what this viewer has typed and not published, if it is the version that they have seen."""
    region = await queries.region(session, thing, field)
    draft = await _draft(session, region, viewer) if region is not None else None
    if draft is not None and rules.version(draft.text) == known:
        await session.delete(draft)


async def note_presence(
    session: AsyncSession, thing: Thing, field: str, viewer: Viewer, now: datetime
) -> None:
    """Note that this viewer has the region open; whoever was away for too long comes anew."""
    region = await _region(session, thing, field)
    gone = Presence.seen_at <= now - rules.PRESENT_FOR
    await session.execute(delete(Presence).where(Presence.region_id == region.id, gone))
    values = {"region_id": region.id, "member_id": viewer.id, "began_at": now, "seen_at": now}
    if not await insert_ignoring(session, Presence, values, ["region_id", "member_id"]):
        here = (Presence.region_id == region.id, Presence.member_id == viewer.id)
        await session.execute(update(Presence).where(*here).values(seen_at=now))


async def leave(session: AsyncSession, thing: Thing, field: str, viewer: Viewer) -> None:
    """This viewer has closed the editor."""
    region = await queries.region(session, thing, field)
    if region is not None:
        theirs = (Presence.region_id == region.id, Presence.member_id == viewer.id)
        await session.execute(delete(Presence).where(*theirs))


async def forget_old(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: forget drafts that nobody has touched for long, and who had an editor open."""
    now = clock.now()
    await session.execute(delete(Draft).where(Draft.saved_at < now - rules.DRAFTS_KEPT))
    await session.execute(delete(Presence).where(Presence.seen_at < now - rules.PRESENT_FOR))
    return None


def cleaned(text: str) -> str:
    """What was sent, as it is stored; raises Refused where it is too long."""
    if len(text) > rules.LONGEST:
        raise Refused(TOO_LONG, "text")
    return richtext.from_source(text)


def _says(text: str, stored: str) -> bool:
    """Whether what was typed is what readers see; what cannot even be cleaned is not."""
    try:
        return richtext.from_source(text) == stored
    except Refused:
        return False


async def _draft(session: AsyncSession, region: Region, viewer: Viewer) -> Draft | None:
    """This viewer's draft, locked until the end of the transaction: one window goes after the other."""
    mine = select(Draft).where(Draft.region_id == region.id, Draft.member_id == viewer.id)
    return await session.scalar(mine.with_for_update().execution_options(populate_existing=True))


async def _done_with(session: AsyncSession, region: Region, viewer: Viewer, edit: Edit, stored: str) -> None:
    """The draft that was published goes; one that another window has kept meanwhile stays."""
    draft = await _draft(session, region, viewer)
    if draft is not None and (rules.version(draft.text) == edit.draft or _says(draft.text, stored)):
        await session.delete(draft)


async def _region(session: AsyncSession, thing: Thing, field: str) -> Region:
    """The region's row, made if this is the first edit."""
    unique = [thing.owner, "field"]
    await insert_ignoring(session, Region, {thing.owner: thing.id, "field": field, "revision": 0}, unique)
    return (await session.scalars(select(Region).where(queries.of(thing, field)))).one()


async def _held(session: AsyncSession, thing: Thing, field: str) -> Region:
    """The same, locked until the end of the transaction: one publication goes after the other."""
    await _region(session, thing, field)
    locked = select(Region).where(queries.of(thing, field)).with_for_update(key_share=True)
    return (await session.scalars(locked.execution_options(populate_existing=True))).one()


async def _add_revision(
    session: AsyncSession, region: Region, before: str, stored: str, viewer: Viewer, now: datetime, edit: Edit
) -> int:
    """The new text as a revision, where what was there and is none yet becomes one before it.

    Returns the number that the region had so far.
    """
    was = number = region.revision
    if number == 0 or before != await queries.text_of(session, region.id, number):
        number += 1
        words = AS_IT_WAS if number == 1 else OUTSIDE
        session.add(Revision(region_id=region.id, number=number, text=before, note=words, saved_at=now))
    session.add(
        Revision(
            region_id=region.id,
            number=number + 1,
            text=stored,
            note=edit.note,
            author_id=viewer.id,
            saved_at=now,
            restores=edit.restores,
        )
    )
    region.revision = number + 1
    await session.flush()
    return was


async def _keep_pictures(session: AsyncSession, region: Region, stored: str) -> None:
    """Note which pictures the published text shows: its readers may see them from now on."""
    pictures = richtext.pictures(stored)
    if not all(one.alt for one in pictures):
        raise Refused(
            " ".join([NO_ALT, *(f"Line {one.line}: {one.message}" for one in richtext.faults(stored))]),
            "text",
        )
    shown = {one.public_id for one in pictures}
    ids = set(await session.scalars(select(Upload.id).where(Upload.public_id.in_(shown)))) if shown else set()
    if len(ids) < len(shown):
        raise Refused(GONE, "text")
    await session.execute(delete(RegionUpload).where(RegionUpload.region_id == region.id))
    session.add_all(RegionUpload(region_id=region.id, upload_id=one) for one in sorted(ids))
    await session.flush()

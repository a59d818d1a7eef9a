"""What changes about files. The file is there before its row and goes after it, so no row is without one.

Reading a file takes long, so it is done first and with no transaction held: `prepare`, then `placed` round
the unit of work in which `enter` writes the row.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids
from mathsoc.audit import Action
from mathsoc.errors import Busy, MathsocError, Refused
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import Society
from mathsoc.uploads import queries, rules, tasks, workshop
from mathsoc.uploads.models import PUBLIC_ID, Upload
from mathsoc.uploads.store import Store

FIELD = "file"  # the form field at fault


@dataclass(frozen=True)
class Prepared:
    """A file as it will be kept, and with a document the picture of its first page."""

    kind: str
    media_type: str
    name: str
    data: bytes = field(repr=False)
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    text: str = field(default="", repr=False)
    picture: Prepared | None = None
    public_id: str = field(default_factory=lambda: ids.public_id(PUBLIC_ID))

    @property
    def files(self) -> list[Prepared]:
        return [self, *([self.picture] if self.picture else [])]

    @property
    def size(self) -> int:
        return sum(len(one.data) for one in self.files)


async def prepare(data: bytes, name: str, kind: str | None = None) -> Prepared:
    """Read a file in a worker; `kind` is what alone is taken, "picture" or "document".

    Raises Refused, in words for whoever sent it, or Busy.
    """
    found = rules.kind_of(data)
    is_document = found == rules.DOCUMENT
    if kind == "document" and not is_document:
        raise Refused(rules.ONLY_DOCUMENTS, FIELD)
    if kind == "picture" and is_document:
        raise Refused(rules.ONLY_PICTURES, FIELD)
    problem = rules.why_not(data) if found is None else rules.too_large(len(data), found)
    if problem:
        raise Refused(problem, FIELD)
    try:
        if is_document:
            return await _document(data, name)
        return await _picture(await workshop.work(tasks.picture, data), name)
    except Refused as error:
        raise Refused(error.message, FIELD) from error


@asynccontextmanager
async def placed(store: Store, prepared: Prepared) -> AsyncIterator[None]:
    """Put the files into the store, for as long as what is inside goes well: its row is written there.

    When it is refused they are taken out again. After any other error nobody knows whether the row is there,
    so they stay, and the job looks at them later.
    """
    try:
        for one in prepared.files:
            await store.put(one.public_id, one.data)
        yield
    except MathsocError:
        for one in prepared.files:
            await _let_go(store, one.public_id)
        raise


async def enter(
    session: AsyncSession,
    prepared: Prepared,
    owner_id: int | None,
    now: datetime,
    address: str | None = None,
) -> Upload:
    """Write the row of a file that is in its place. Raises Refused where the society has no more room."""
    # Held until the end, so that two at once cannot each take what room is left.
    await session.execute(select(Society.id).with_for_update())
    used = await queries.used_bytes(session)
    if reason := rules.over_quota(used, prepared.size, rules.QUOTA):
        raise Refused(reason, FIELD)
    picture = _row(prepared.picture, owner_id, now) if prepared.picture else None
    if picture is not None:
        session.add(picture)
        await session.flush()
    made = _row(prepared, owner_id, now)
    made.picture_id = picture.id if picture else None
    session.add(made)
    await session.flush()
    about = {"file": made.name, "kind": made.kind, "size": made.size}
    await audit.record(
        session,
        Action.UPLOADED,
        now,
        actor_id=owner_id,
        subject=("upload", made.id),
        address=address,
        after=about,
    )
    return made


async def add_picture(
    session: AsyncSession, store: Store, data: bytes, name: str, owner_id: int | None, now: datetime
) -> Upload:
    """All of it in the caller's transaction; for what nobody waits for: the demo, an import."""
    return await _add(session, store, await prepare(data, name, "picture"), owner_id, now)


async def add_document(
    session: AsyncSession, store: Store, data: bytes, name: str, owner_id: int | None, now: datetime
) -> Upload:
    """The same for a PDF, with the picture of its first page and its words."""
    return await _add(session, store, await prepare(data, name, "document"), owner_id, now)


async def remove(
    session: AsyncSession,
    upload: Upload,
    texts: queries.Texts,
    now: datetime,
    viewer: Viewer | None = None,
    address: str | None = None,
) -> list[str]:
    """Delete the row of a file that nothing uses, and of its first page; returns the names of their files.

    Those go after the commit (`let_go`). Raises Refused where it is used.
    """
    if await queries.mentioned(session, texts, [upload.public_id]):
        raise Refused(rules.IN_USE)
    about = {"file": upload.name, "kind": upload.kind, "size": upload.size}
    names = await _delete(session, upload)
    await audit.record(
        session,
        Action.UPLOAD_DELETED,
        now,
        actor_id=viewer.id if viewer else None,
        subject=("upload", upload.id),
        address=address,
        before=about,
    )
    return names


async def let_go(store: Store, names: list[str]) -> None:
    """Delete files whose rows are gone; what cannot be reached now is left to the job."""
    for name in names:
        await _let_go(store, name)


async def _let_go(store: Store, name: str) -> None:
    try:
        await store.delete(name)
    except Busy:
        return


async def _delete(session: AsyncSession, upload: Upload) -> list[str]:
    names, picture_id = [upload.public_id], upload.picture_id
    try:
        async with session.begin_nested():
            gone = await session.execute(
                delete(Upload).where(Upload.id == upload.id, ~queries.referenced()).returning(Upload.id)
            )
            if gone.first() is None:
                raise Refused(rules.IN_USE)
            if picture_id is not None:
                first = delete(Upload).where(Upload.id == picture_id, ~queries.referenced())
                names += await session.scalars(first.returning(Upload.public_id))
    except IntegrityError as used:
        raise Refused(rules.IN_USE) from used
    session.expunge(upload)
    return names


async def _add(
    session: AsyncSession, store: Store, prepared: Prepared, owner_id: int | None, now: datetime
) -> Upload:
    async with placed(store, prepared):
        return await enter(session, prepared, owner_id, now)


async def _document(data: bytes, name: str) -> Prepared:
    read = await workshop.work(tasks.document, data)
    return Prepared(
        kind="document",
        media_type="application/pdf",
        name=rules.safe_name(name, "application/pdf"),
        data=data,
        sha256=await _sum(data),
        pages=read.pages,
        text=read.text,
        picture=await _picture(read.first_page, name),
    )


async def _picture(made: tasks.Picture, name: str) -> Prepared:
    return Prepared(
        kind="picture",
        media_type=made.media_type,
        name=rules.safe_name(name, made.media_type),
        data=made.data,
        sha256=await _sum(made.data),
        width=made.width,
        height=made.height,
    )


async def _sum(data: bytes) -> str:
    return (await asyncio.to_thread(hashlib.sha256, data)).hexdigest()


def _row(prepared: Prepared, owner_id: int | None, now: datetime) -> Upload:
    return Upload(
        public_id=prepared.public_id,
        kind=prepared.kind,
        media_type=prepared.media_type,
        name=prepared.name,
        size=len(prepared.data),
        sha256=prepared.sha256,
        width=prepared.width,
        height=prepared.height,
        pages=prepared.pages,
        text=prepared.text,
        owner_id=owner_id,
        created_at=now,
    )

"""Reading what is known of files, and what they are used by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, undefer

from mathsoc.db import Base
from mathsoc.errors import Missing
from mathsoc.members.models import Member
from mathsoc.uploads.models import Upload

ROWS = 30
Texts = Collection[InstrumentedAttribute[str]]
AT_ONCE = 100  # ids looked for in one statement


@dataclass(frozen=True)
class Shown:
    """A document with its words, and the picture of its first page."""

    upload: Upload
    picture: Upload | None


@dataclass(frozen=True)
class Listed:
    """A file as the list shows it."""

    upload: Upload
    owner: str | None
    # The document whose first page it is.
    page_of: str | None


@dataclass(frozen=True)
class Found:
    """One page of the list, the newest first."""

    files: Sequence[Listed]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


async def upload(session: AsyncSession, public_id: str) -> Upload:
    """Raises Missing."""
    found = await session.scalar(select(Upload).where(Upload.public_id == public_id))
    if found is None:
        raise Missing
    return found


async def document(session: AsyncSession, upload_id: int) -> Shown | None:
    """A document by its row, as templates/uploads/document.html shows it; None where it is gone."""
    found = await session.scalar(select(Upload).where(Upload.id == upload_id).options(undefer(Upload.text)))
    if found is None:
        return None
    return Shown(found, await session.get(Upload, found.picture_id) if found.picture_id else None)


async def documents_of(session: AsyncSession, upload_id: int) -> list[int]:
    """The file itself, and the document whose first page it shows: whoever reads one may read the other."""
    chosen = select(Upload.id).where(Upload.picture_id == upload_id)
    return [upload_id, *await session.scalars(chosen)]


async def used_bytes(session: AsyncSession) -> int:
    return await session.scalar(select(func.coalesce(func.sum(Upload.size), 0))) or 0


async def page_of(session: AsyncSession, page: int) -> Found:
    """Pages count from 1."""
    total = await session.scalar(select(func.count()).select_from(Upload)) or 0
    of = select(Upload.picture_id, func.max(Upload.name).label("name")).group_by(Upload.picture_id).subquery()
    rows = await session.execute(
        select(Upload, Member.display_name, of.c.name)
        .outerjoin(Member, Member.id == Upload.owner_id)
        .outerjoin(of, of.c.picture_id == Upload.id)
        .order_by(Upload.created_at.desc(), Upload.id.desc())
        .limit(ROWS)
        .offset((page - 1) * ROWS)
    )
    return Found([Listed(*row) for row in rows], total, page)


def referenced() -> ColumnElement[bool]:
    """The condition for files that some row of any table points at."""
    pointing = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is Upload.__table__ for key in column.foreign_keys)
    ]
    found = [Upload.id.in_(select(column).where(column.is_not(None)).correlate(None)) for column in pointing]
    condition: ColumnElement[bool] = found[0]
    for one in found[1:]:
        condition = condition | one
    return condition


async def mentioned(session: AsyncSession, texts: Texts, public_ids: Sequence[str]) -> set[str]:
    """Which of these are named in some text: a draft, or a version that may be brought back."""
    found: set[str] = set()
    for start in range(0, len(public_ids), AT_ONCE):
        asked = public_ids[start : start + AT_ONCE]
        for text in texts:
            columns: list[Any] = [
                func.max(case((text.contains(f"/uploads/{one}"), 1), else_=0)) for one in asked
            ]
            row = (await session.execute(select(*columns).where(text.contains("/uploads/")))).one()
            found.update(one for one, there in zip(asked, row, strict=True) if there)
    return found

"""What an officer leaves behind: texts stay, for readers; who wrote them goes, unless they let it stand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.privacy import rules
from mathsoc.publishing.models import Post
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Draft, Presence, Revision


async def forget(session: AsyncSession, member: Member, wholes: Collection[str]) -> None:
    """Their drafts, and their names beside texts: as credit, in notes of revisions, in names of files.

    The ids in posts, revisions and uploads stay, of a row that stands for nobody.
    """
    for table in (Draft, Presence):
        await session.execute(delete(table).where(table.member_id == member.id))
    names = [rules.folded(one) for one in wholes]
    await _notes(session, member.id, names)
    files = select(Upload).where(Upload.owner_id == member.id, Upload.name != "")
    for file in await session.scalars(files):
        if rules.tells(file.name, rules.names_of(*wholes)):
            file.name = ""
    if not member.keeps_credit:
        await _credits(session, member.id, wholes)


async def _notes(session: AsyncSession, member_id: int, names: Collection[str]) -> None:
    noted = select(Revision).where(Revision.note != "")
    for revision in await session.scalars(noted):
        own = revision.author_id == member_id
        if rules.tells(revision.note, rules.names_of(*names) if own else names):
            revision.note = ""


async def _credits(session: AsyncSession, member_id: int, wholes: Collection[str]) -> None:
    """On what they wrote a part of their name tells who it was; on what others wrote, the whole of it."""
    for post in await session.scalars(select(Post).where(Post.credit != "")):
        names = rules.names_of(*wholes) if post.author_id == member_id else map(rules.folded, wholes)
        post.credit = rules.credit_without(post.credit, list(names))

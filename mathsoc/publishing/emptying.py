"""The bin is emptied of what has been in it for thirty days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock
from mathsoc.audit import Action
from mathsoc.jobs import Job
from mathsoc.publishing import rules
from mathsoc.publishing.models import Post
from mathsoc.publishing.service import on_changed

PURGE = "purge-bin"
CHUNK = 50  # posts that leave in one transaction


async def purge(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: what has been in the bin for thirty days goes for good, some at a time."""
    now = clock.now()
    over = select(Post).where(Post.binned_at <= now - rules.BINNED_FOR).limit(CHUNK)
    found = (await session.scalars(over.order_by(Post.binned_at, Post.id))).all()
    for post in found:
        for hook in on_changed:
            await hook(session, post, now)
        await audit.record(session, Action.POST_PURGED, now, subject=("post", post.id))
    # Slugs, tags, texts with their history go along by their foreign keys.
    await session.execute(delete(Post).where(Post.id.in_([post.id for post in found])))
    return now if len(found) == CHUNK else None

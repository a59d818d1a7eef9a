"""The text of a post, drawn once for all who may read it."""

from __future__ import annotations

from datetime import datetime

from quart import Quart
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.publishing import queries
from mathsoc.publishing.queries import Found
from mathsoc.publishing.rules import State
from mathsoc.web import texts


async def text(app: Quart, session: AsyncSession, found: Found, now: datetime) -> texts.Text:
    """The text of a post that was found in this session.

    Only what readers see is kept. A draft moves no topic when it is written (see `service.changed`), and so
    nothing would say that a kept one has grown old; `updated_at` moves with every text, so that none which
    was kept before a post was withdrawn comes back with it.
    """
    post = found.post
    id = post.id
    if queries.state(post, now) is not State.PUBLISHED:
        return texts.drawn(await queries.text(session, id))
    return await texts.text(
        app.extensions["kept"],
        session,
        "publishing/text",
        f"post:{post.kind}/{post.slug}",
        found.version,
        lambda: queries.text(session, id),
        shows=(id, post.updated_at),
    )

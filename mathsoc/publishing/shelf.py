"""Posts as things whose text is edited in place: one shelf for each kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.errors import Missing
from mathsoc.members.rules import Viewer
from mathsoc.publishing import queries, rules, service
from mathsoc.publishing.rules import State
from mathsoc.writing.shelves import Thing

BODY = "body"
NOT_SEEN = "Saved. Readers do not see it."
HIDDEN = {
    State.DRAFT: "Saved. It is still a draft: only editors see it.",
    State.SCHEDULED: "Saved. Readers see it once it is out.",
    State.OVER: NOT_SEEN,
    State.ARCHIVED: NOT_SEEN,
    State.BINNED: NOT_SEEN,
}


class PostShelf:
    """All posts of one kind."""

    owner = "post_id"

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = rules.SHELVES[kind]
        self.fields: Mapping[str, str] = {BODY: "Text"}

    async def find(self, session: AsyncSession, slug: str) -> Thing:
        post = await queries.find(session, self.kind, slug)
        moment, now = post.publish_at, clock.now()
        return Thing(
            shelf=self.name,
            owner=self.owner,
            id=post.id,
            slug=post.slug,
            title=post.title,
            path=queries.path(post.kind, post.slug),
            texts={BODY: post.body},
            hidden={BODY: HIDDEN[state]} if (state := queries.state(post, now)) in HIDDEN else {},
            moments={"once it is out": moment} if moment is not None and moment > now else {},
        )

    async def write(self, session: AsyncSession, thing: Thing, field: str, text: str, now: datetime) -> None:
        if field != BODY:
            raise Missing
        post = await service.held(session, self.kind, thing.slug)
        await service.write(session, post, text, now)

    async def readable(
        self, session: AsyncSession, ids: Collection[int], field: str, viewer: Viewer | None, now: datetime
    ) -> bool:
        return field == BODY and await queries.any_readable(session, list(ids), viewer, now)

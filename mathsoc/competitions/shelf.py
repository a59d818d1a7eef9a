"""The introductions of competitions, as texts that are edited in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.competitions import queries, rules
from mathsoc.competitions.models import Competition
from mathsoc.errors import Missing
from mathsoc.live.service import announce
from mathsoc.members.rules import Viewer
from mathsoc.writing.shelves import Thing


class CompetitionShelf:
    name = "competitions"
    owner = "competition_id"
    fields: Mapping[str, str] = {"introduction": "Introduction"}

    async def find(self, session: AsyncSession, slug: str) -> Thing:
        columns = (Competition.id, Competition.slug, Competition.name, Competition.introduction)
        found = (await session.execute(select(*columns).where(Competition.slug == slug))).first()
        if found is None:
            raise Missing
        id, slug, title, text = found
        texts = {"introduction": text}
        return Thing(self.name, self.owner, id, slug, title, f"/competitions/{slug}", texts)

    async def write(self, session: AsyncSession, thing: Thing, field: str, text: str, now: datetime) -> None:
        change = update(Competition).where(Competition.id == thing.id).values({field: text})
        await session.execute(change)
        await announce(session, queries.topic(thing.slug))

    async def readable(
        self, session: AsyncSession, ids: Collection[int], field: str, viewer: Viewer | None, now: datetime
    ) -> bool:
        chosen = select(Competition.visibility).where(Competition.id.in_(ids))
        signed_in = viewer is not None
        return any(rules.may_see(one, signed_in=signed_in) for one in await session.scalars(chosen))

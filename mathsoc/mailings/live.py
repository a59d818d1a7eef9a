"""How far a newsletter by mail is, as a source of the live hub."""

from __future__ import annotations

from quart import Quart

from mathsoc import clock
from mathsoc.db import Database
from mathsoc.errors import Missing
from mathsoc.mailings import queries, rules
from mathsoc.members.rules import Viewer
from mathsoc.publishing import queries as publishing
from mathsoc.publishing import rules as rights
from mathsoc.web.pages import pushed


class MailingSource:
    """Topics `mailing:<public id of the newsletter>`, for those who edit."""

    def __init__(self, app: Quart, database: Database) -> None:
        self.app = app
        self.database = database

    async def audience(self, name: str, viewer: object) -> str | None:
        if not isinstance(viewer, Viewer) or not rights.edits(viewer):
            return None
        async with self.database.reading() as session:
            return "staff" if await publishing.by_public_id(session, name) is not None else None

    async def render(self, name: str, audience: str) -> str:
        async with self.database.reading() as session:
            post = await publishing.by_public_id(session, name)
            if post is None:
                raise Missing
            progress, now = await queries.progress(session, post.id), clock.now()
        opens = rules.opens(now, self.app.settings.time_zone)  # type: ignore[attr-defined]
        return await pushed(
            self.app,
            "mailings/_progress.html",
            f"mailing-{post.public_id}",
            post=post,
            progress=progress,
            opens=None if opens == now else opens,
        )

"""What officers publish, as sources of the live hub: each post and each list once per audience."""

from __future__ import annotations

from datetime import datetime

from quart import Quart
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.db import Database
from mathsoc.errors import Missing
from mathsoc.members.rules import Viewer
from mathsoc.publishing import drawing, queries, rules
from mathsoc.uploads import queries as uploads
from mathsoc.web.pages import pushed

# How many of the newest writing the home page shows.
LATEST = 4
WRITING = ("article", "newsletter")


class ListSource:
    """Topics `posts:<kind>` (the first page of its list), `posts:strip` and, for home, `posts:latest`."""

    def __init__(self, app: Quart, database: Database) -> None:
        self.app = app
        self.database = database

    async def audience(self, name: str, viewer: object) -> str | None:
        known = name in rules.LISTED or name in ("strip", "latest")
        return rules.audience_of(viewer if isinstance(viewer, Viewer) else None) if known else None

    async def render(self, name: str, audience: str) -> str:
        now = clock.now()
        async with self.database.reading() as session:
            if name == "strip":
                strip = await queries.strip(session, audience, now)
                return await pushed(self.app, "publishing/_strip.html", "strip", strip=strip)
            if name == "latest":
                latest = await latest_writing(session, audience, now)
                return await pushed(self.app, "publishing/_latest.html", "latest-writing", latest=latest)
            found = await queries.cards_as(session, audience, now, (name,))
        shelf = rules.SHELVES[name]
        return await pushed(
            self.app, "publishing/_list.html", f"list-{shelf}", found=found, shelf=shelf, tag=""
        )


class PostSource:
    """Topics `post:<kind>/<slug>`, under each slug that the post has or had."""

    def __init__(self, app: Quart, database: Database) -> None:
        self.app = app
        self.database = database

    async def audience(self, name: str, viewer: object) -> str | None:
        kind, _, slug = name.partition("/")
        known = viewer if isinstance(viewer, Viewer) else None
        audience, now = rules.audience_of(known), clock.now()
        async with self.database.reading() as session:
            try:
                post = (await queries.head(session, kind, slug)).post
            except Missing:
                return None
        return audience if queries.may_read(post, audience, now) else None

    async def render(self, name: str, audience: str) -> str:
        """The post; or, where it has left these readers, that it has."""
        kind, _, slug = name.partition("/")
        now = clock.now()
        async with self.database.reading() as session:
            found = await queries.head(session, kind, slug)
            post = found.post
            text = await drawing.text(self.app, session, found, now)
            pdf = await uploads.document(session, post.document_id) if post.document_id else None
        return await pushed(
            self.app,
            "publishing/_post.html",
            f"post-{post.public_id}",
            post=post,
            text=text,
            shelf=rules.SHELVES[post.kind],
            state="published",
            for_them=True,
            pdf=pdf,
            gone=not queries.may_read(post, audience, now),
            viewer=None,
        )


async def latest_writing(session: AsyncSession, audience: str, now: datetime) -> queries.Cards:
    """The newest articles and newsletters, for the home page."""
    return await queries.cards_as(session, audience, now, WRITING, rows=LATEST)

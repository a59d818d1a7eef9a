"""The boards as a source of the live hub: the same fragment as in the page, once per audience."""

from __future__ import annotations

from quart import Quart

from mathsoc.db import Database
from mathsoc.errors import Missing
from mathsoc.leaderboards import drawing, queries, rules
from mathsoc.members.rules import Viewer
from mathsoc.web.pages import pushed


class BoardSource:
    """Topics `board:<competition>:<stage>`."""

    def __init__(self, app: Quart, database: Database) -> None:
        self.app = app
        self.database = database

    async def audience(self, name: str, viewer: object) -> str | None:
        """The audience of this viewer; None where the board is not there for them."""
        known = viewer if isinstance(viewer, Viewer) else None
        async with self.database.reading() as session:
            try:
                await queries.find(session, name, signed_in=known is not None)
            except Missing:
                return None
        return rules.audience(known.role if known else None)

    async def render(self, name: str, audience: str) -> str:
        """The board's fragment, wrapped for htmx to morph it in place."""
        async with self.database.reading() as session:
            competition, stage = await queries.find(session, name, signed_in=audience != "public")
            board = await drawing.board(self.app, session, competition, stage, audience)
        return await pushed(
            self.app,
            "leaderboards/_board.html",
            board.id,
            glides=True,
            board=board,
            place_rule=rules.PLACE_RULE,
        )

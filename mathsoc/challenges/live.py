"""What is open, as a source of the live hub."""

from __future__ import annotations

from collections.abc import Sequence

from quart import Quart

from mathsoc import clock
from mathsoc.challenges import queries
from mathsoc.db import Database
from mathsoc.web.pages import pushed


class OpenSource:
    """Topics `challenges:open` and `challenges:list`, for the public and for members."""

    def __init__(self, app: Quart, database: Database) -> None:
        self.app = app
        self.database = database

    async def audience(self, name: str, viewer: object) -> str | None:
        if name not in ("open", "list"):
            return None
        return "public" if viewer is None else "member"

    async def render(self, name: str, audience: str) -> str:
        async with self.database.reading() as session:
            now, signed_in = clock.now(), audience == "member"
            if name == "list":
                return await self._list(await queries.released(session, now, signed_in=signed_in))
            cards = await queries.open_now(session, now, signed_in=signed_in)
            others = not cards and await queries.any_released(session, now, signed_in=signed_in)
        return await pushed(self.app, "challenges/_open.html", "open-challenges", cards=cards, others=others)

    async def _list(self, cards: Sequence[queries.Card]) -> str:
        """Without what a reader has solved or may not answer: a script keeps those marks."""
        listed = queries.by_phase(cards)
        return await pushed(
            self.app,
            "challenges/_list.html",
            "challenge-list",
            open=listed["open"],
            practice=listed["practice"],
            locked=listed["locked"],
            solved=(),
            not_for=(),
        )

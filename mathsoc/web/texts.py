"""Written texts as pages show them: drawn once, and kept in this process until somebody writes them anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.web.kept import Kept

WORDS = 160  # characters that a link preview shows


@dataclass(frozen=True)
class Text:
    """A text as all who may read it see it; its first words and picture are for link previews."""

    html: Markup
    words: str
    # A public id.
    picture: str | None

    def __len__(self) -> int:
        return len(self.html) + len(self.words)


def drawn(stored: str) -> Text:
    pictures = richtext.pictures(stored)
    picture = pictures[0].public_id if pictures else None
    return Text(richtext.render(stored), richtext.plain(stored, WORDS), picture)


async def text(
    kept: Kept,
    session: AsyncSession,
    name: str,
    topic: str,
    version: int | None,
    read: Callable[[], Awaitable[str]],
    *,
    shows: Hashable = None,
) -> Text:
    """The text `name` of a topic, drawn or kept.

    `version` is the topic's, where it was read with the row that says who may see the thing. `read` gives the
    stored text; it must ask the database itself, by columns (see web/kept.py). `shows` labels it too.
    """

    async def draw() -> Text:
        return drawn(await read())

    seen = await kept.look(session, topic) if version is None else kept.seen(session, {topic: version})
    return await seen.piece(name, "all", draw, shows=shows)

"""A page of a board whose lines are drawn once for each audience and kept until the board moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from quart import Quart
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.competitions.models import Competition
from mathsoc.leaderboards import queries
from mathsoc.leaderboards.queries import ROWS, Board, Row
from mathsoc.schools.models import Stage
from mathsoc.web.kept import Kept


@dataclass(frozen=True)
class Drawn:
    """The lines of one page, as they stand in the page and in the push of every viewer of an audience."""

    rows: Sequence[Row]
    lines: Sequence[Markup]
    total: int

    @property
    def size(self) -> int:
        """About how many bytes it takes; 0 where there are no lines, since pages have no end."""
        return sum(2 * len(line) + 500 for line in self.lines)


async def board(
    app: Quart,
    session: AsyncSession,
    competition: Competition,
    stage: Stage,
    audience: str,
    *,
    page: int = 1,
    rows: int = ROWS,
) -> Board:
    """The board with its lines drawn; whatever is said around them is as fresh as the request."""
    kept: Kept = app.extensions["kept"]
    topic = queries.topic(competition, stage)

    async def draw() -> Drawn:
        found, total = await queries.rows(session, competition, stage, audience, page=page, rows=rows)
        template = app.jinja_env.get_template("leaderboards/rows.html")
        macros = await template.make_module_async()
        lines = [await macros.line(row, audience, False) for row in found]  # type: ignore[attr-defined]
        return Drawn(found, lines, total)

    seen = await kept.look(session, topic)
    drawn = await seen.piece(
        "leaderboards/rows.html", audience, draw, which=(page, rows), size=lambda made: made.size
    )
    return queries.page_of(
        competition, stage, audience, drawn.rows, drawn.total, page=page, rows=rows, lines=drawn.lines
    )

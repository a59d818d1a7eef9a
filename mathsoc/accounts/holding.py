"""Rights hold while they are used: through a writing transaction, and for as long as a stream is open."""

from __future__ import annotations

from collections.abc import Collection

from quart import Quart, g
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.members import standing
from mathsoc.members.rules import Viewer
from mathsoc.web import unit_of_work


def install(app: Quart) -> None:
    unit_of_work.on_writing(app, _hold_viewer)


async def stream_guard(viewers: Collection[object]) -> Collection[object]:
    """Those of the viewers of open streams that may not go on."""
    async with unit_of_work.database().reading() as db:
        own = [viewer for viewer in viewers if isinstance(viewer, Viewer)]
        return await standing.no_longer_holding(db, own, clock.now())


async def _hold_viewer(session: AsyncSession) -> None:
    viewer: Viewer | None = g.get("viewer")
    if viewer is not None:
        await standing.hold(session, viewer, clock.now())

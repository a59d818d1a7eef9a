"""A member's public page."""

from __future__ import annotations

from quart import Blueprint, Response, g

from mathsoc.errors import Missing
from mathsoc.leaderboards import queries as boards
from mathsoc.members import queries
from mathsoc.web.pages import page
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("members", __name__)


@blueprint.get("/members/<handle>")
async def show(handle: str) -> Response:
    if g.viewer is None:
        raise Missing
    db = await session()
    member = await queries.shown(db, handle, g.viewer)
    return await page(
        "members/show.html",
        member=member,
        listed=member.listed,
        places=await boards.places_of(db, member.id, g.viewer),
    )

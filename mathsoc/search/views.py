"""The search page; without JavaScript the same form and the same links."""

from __future__ import annotations

from urllib.parse import urlencode

from quart import Blueprint, Response, g, request

from mathsoc import clock
from mathsoc.search import queries, rules
from mathsoc.web.pages import page, page_number
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
async def show() -> Response:
    """What is asked for stands in the address, so that it can be gone back to."""
    asked = request.args.get("q", "")[: rules.LONGEST].strip()
    query = rules.read(asked)
    found = await queries.search(await session(), query, g.viewer, clock.now(), page_number())
    return await page(
        "search/show.html",
        fragment="search/_results.html",
        asked=asked,
        looks=bool(query.phrases),
        found=found,
        pages_query=f"{urlencode({'q': asked})}&page=",
        most=queries.MOST,
    )

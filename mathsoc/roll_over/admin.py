"""The turn of the school year as an administrator sees it before it happens."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from quart import Blueprint, Response, current_app, g, request

from mathsoc import clock
from mathsoc.accounts import confirm
from mathsoc.errors import Refused
from mathsoc.roll_over import queries, rules, service
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, writing

blueprint = Blueprint("roll_over", __name__)


@blueprint.get("/console/roll-over")
async def show() -> Response:
    return await _page(None)


@blueprint.post("/console/roll-over")
@reads_only
async def begin() -> Response:
    """Carries the fingerprint of the preview that is confirmed; another one is shown instead."""
    fields = await sent()
    try:
        await confirm.confirmed(fields)
        async with writing() as db:
            seen = fields.get("fingerprint", "")
            await service.roll_over(db, g.viewer, seen, clock.now(), _zone(), client_address())
    except Refused as error:
        return await _page(error)
    return see("/console/roll-over?done=yes")


async def _page(error: Refused | None) -> Response:
    async with database().reading() as db:
        found = await queries.preview(db, clock.now(), _zone())
    return await page(
        "roll_over/show.html",
        found=found,
        year=rules.in_words(found.year),
        before=rules.in_words(found.year - 1),
        begins=rules.begins(found.year, _zone()),
        asks=confirm.asks(),
        done=request.args.get("done") == "yes",
        error=error,
        status=422 if error else 200,
    )


def _zone() -> ZoneInfo:
    found: ZoneInfo = current_app.settings.time_zone  # type: ignore[attr-defined]
    return found

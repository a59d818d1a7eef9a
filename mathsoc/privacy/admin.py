"""Retention as staff see it before it happens: who will be told, who was, who has asked to be deleted."""

from __future__ import annotations

from quart import Blueprint, Response, g, request

from mathsoc import clock
from mathsoc.audit import Action
from mathsoc.console import queries as people
from mathsoc.console.noting import note_view
from mathsoc.errors import Missing
from mathsoc.privacy import queries, rules, service
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("retention", __name__)

LAST_PAGE = 100_000
DONE = {"kept": "The account stays."}


@blueprint.get("/console/retention")
async def index() -> Response:
    """Looking changes nothing but the log: what is shown here the job does at its next run."""
    now = clock.now()
    found = await queries.concerned(await session(), people.seen_by(g.viewer), now, _page_number())
    shown = {"list": "retention", "members": len(found.lines), "page": found.page}
    await note_view(Action.MEMBERS_VIEWED, after=shown)
    return await page(
        "privacy/retention.html",
        found=found,
        lengths={"notice": rules.NOTICE.days, "leavers": rules.LEAVERS.days, "undo": rules.UNDO_WITHIN.days},
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.post("/console/retention/<handle>/keep")
async def keep(handle: str) -> Response:
    await _keep(handle)
    return see("/console/retention?done=kept")


@blueprint.post("/console/members/<handle>/leaving")
async def leaving(handle: str) -> Response:
    """The member has left school."""
    db = await session()
    member = await people.member(db, g.viewer, handle, locked=True)
    await service.note_leaving(db, g.viewer, member, clock.now(), client_address())
    return see(f"/console/members/{handle}?done=left")


@blueprint.post("/console/members/<handle>/leaving/undo")
async def stays(handle: str) -> Response:
    await _keep(handle)
    return see(f"/console/members/{handle}?done=stays")


async def _keep(handle: str) -> None:
    db = await session()
    member = await people.member(db, g.viewer, handle, locked=True)
    await service.keep_account(db, g.viewer, member, clock.now(), client_address())


def _page_number() -> int:
    given = request.args.get("page", "1")
    if not given.isascii() or not given.isdigit() or len(given) > 6 or not 1 <= int(given) <= LAST_PAGE:
        raise Missing
    return int(given)

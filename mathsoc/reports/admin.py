"""Reports as staff decide them: leads about the pupils of their school, administrators about everybody."""

from __future__ import annotations

from quart import Blueprint, Response, g, request

from mathsoc import clock
from mathsoc.audit import Action
from mathsoc.console import queries as people
from mathsoc.console.noting import note_view
from mathsoc.errors import Missing, Refused
from mathsoc.joining import names
from mathsoc.joining.queries import suggestions
from mathsoc.reports import queries, rules, service
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import release, session

blueprint = Blueprint("decisions", __name__)

LAST_PAGE = 100_000
DONE = {"kept": "The name stays.", "removed": "They have another name now, everywhere."}
CHOOSE = "Choose whether it stays."


@blueprint.get("/console/reports")
async def index() -> Response:
    return await _list(DONE.get(request.args.get("done", "")))


@blueprint.post("/console/reports/<public_id>/decision")
async def decide(public_id: str) -> Response:
    """`outcome` is keep, or remove for another name at once."""
    outcome, db = (await sent()).get("outcome", ""), await session()
    report = await queries.report(db, people.seen_by(g.viewer), public_id)
    member = await people.member(db, g.viewer, report.member.handle, locked=True)
    try:
        if outcome not in ("keep", "remove"):
            raise Refused(CHOOSE)
        new_name = None
        if outcome == "remove":
            new_name = next(iter(await suggestions(db)), names.display_name())
        await service.decide(db, g.viewer, report, member, clock.now(), client_address(), new_name=new_name)
    except Refused as error:
        await release()
        return await _list(error=error)
    return see(f"/console/reports?done={'kept' if outcome == 'keep' else 'removed'}")


async def _list(done: str | None = None, error: Refused | None = None) -> Response:
    decided = request.args.get("decided", "") == "yes"
    found = await queries.page_of(await session(), people.seen_by(g.viewer), _page_number(), decided=decided)
    await note_view(Action.MEMBERS_VIEWED, after={"list": "reports", "members": len(found.reports)})
    return await page(
        "reports/index.html",
        found=found,
        decided=decided,
        about=rules.ABOUT,
        done=done,
        error=error,
        status=422 if error else 200,
    )


def _page_number() -> int:
    given = request.args.get("page", "1")
    if not given.isascii() or not given.isdigit() or len(given) > 6 or not 1 <= int(given) <= LAST_PAGE:
        raise Missing
    return int(given)

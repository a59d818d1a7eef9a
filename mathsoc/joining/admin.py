"""Who waits for staff: to be let in, or for another display name."""

from __future__ import annotations

from datetime import datetime

from quart import Blueprint, Response, g, request

from mathsoc import audit, clock
from mathsoc.accounts import confirm
from mathsoc.audit import Action
from mathsoc.console import queries, waiting
from mathsoc.console.noting import note_view
from mathsoc.errors import Missing, Refused
from mathsoc.joining import staff
from mathsoc.members.models import Member
from mathsoc.privacy import erasure
from mathsoc.privacy.rules import WAITING
from mathsoc.web.forms import all_sent, sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, release, session

blueprint = Blueprint("joining_staff", __name__)

HERE = "/console/joining"
NOBODY = "Nobody is ticked. Tick those whom you know, then approve."
DECISIONS = ("accept", "refuse")
UNDECIDED = "Accept the name or refuse it."
LAST_PAGE = 10_000
DONE = {
    "refused": "Refused: the account is deleted.",
    "name-accepted": "Accepted: everybody sees the new name from now on.",
    "name-refused": "Refused: they keep the name they have, and can ask for another one.",
}


@blueprint.get("/console/joining")
async def index() -> Response:
    return await _shown()


@blueprint.post("/console/joining/approvals")
async def approvals() -> Response:
    """Those who do not wait any more, because somebody was quicker, are passed over and counted."""
    handles = list(dict.fromkeys(await all_sent("handle")))[: queries.ROWS]
    if not handles:
        return await _refused(Refused(NOBODY))
    db = await session()
    found = await waiting.held(db, g.viewer, handles)
    let_in = await staff.approve_all(db, g.viewer, found, *_now_and_where())
    return see(f"{HERE}?approved={len(let_in)}&over={len(handles) - len(let_in)}")


@blueprint.post("/console/joining/<handle>/approval")
async def approval(handle: str) -> Response:
    db = await session()
    try:
        member = await queries.member(db, g.viewer, handle, locked=True)
        await staff.approve(db, g.viewer, member, *_now_and_where())
    except Refused as error:
        return await _refused(error)
    return see(f"{HERE}?approved=1")


@blueprint.post("/console/joining/<handle>/refusal")
async def refusal(handle: str) -> Response:
    """Nothing about them is kept: the account is erased at once."""
    try:
        async with database().reading() as db:
            _must_wait(await queries.member(db, g.viewer, handle))
        await confirm.confirmed(await sent())
        db, now = await session(), clock.now()
        member = await queries.member(db, g.viewer, handle, locked=True)
        _must_wait(member)
        await audit.record(db, Action.REFUSED, now, actor_id=g.viewer.id, member_id=member.id)
        await erasure.erase(db, member.id, now, keeps_points=True, actor_id=g.viewer.id)
    except Refused as error:
        return await _refused(error, handle)
    return see(f"{HERE}?done=refused")


@blueprint.post("/console/joining/<handle>/name")
async def name(handle: str) -> Response:
    """Carries the wish that was shown with it: it may be another one by now."""
    fields, db = await sent(), await session()
    decision, seen = fields.get("decision", ""), fields.get("wished_name", "")
    try:
        member = await queries.member(db, g.viewer, handle, locked=True)
        if decision not in DECISIONS:
            raise Refused(UNDECIDED)
        accepted = decision == "accept"
        await staff.decide_name(db, g.viewer, member, *_now_and_where(), seen=seen, accepted=accepted)
    except Refused as error:
        return await _refused(error)
    return see(f"{HERE}?done={'name-accepted' if accepted else 'name-refused'}")


def _must_wait(member: Member) -> None:
    if member.state != "pending":
        raise Refused(staff.NOT_WAITING)


async def _refused(error: Refused, handle: str = "") -> Response:
    """The lists as they are now, with the reason; at this member, where it is about a field."""
    await release()
    return await _shown(error, handle)


async def _shown(error: Refused | None = None, handle: str = "") -> Response:
    db, now_page, names_page = await session(), _number("page"), _number("names")
    members = await waiting.members(db, g.viewer, now_page)
    names = await waiting.names(db, g.viewer, names_page)
    seen = {"waiting": len(members.members), "names": len(names.members), "page": now_page}
    await note_view(Action.MEMBERS_VIEWED, after=seen)
    return await page(
        "joining/waiting.html",
        waits=WAITING,
        members=members,
        names=names,
        all_ticked=request.args.get("ticked") == "all",
        asks=confirm.asks(),
        done=DONE.get(request.args.get("done", "")),
        approved=_count("approved"),
        over=_count("over"),
        error=error,
        asked=handle,
        status=422 if error else 200,
    )


def _now_and_where() -> tuple[datetime, str]:
    return clock.now(), client_address()


def _count(field: str) -> int:
    given = request.args.get(field, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 2 else 0


def _number(field: str) -> int:
    given = request.args.get(field, "1")
    if not given.isascii() or not given.isdigit() or len(given) > 5 or not 1 <= int(given) <= LAST_PAGE:
        raise Missing
    return int(given)

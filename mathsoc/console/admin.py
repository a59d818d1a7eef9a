"""Members as staff see them: leads have the pupils of their school, administrators everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from quart import Blueprint, Response, current_app, g, request

from mathsoc import clock
from mathsoc.accounts import confirm
from mathsoc.accounts.rules import LINK_LASTS
from mathsoc.audit import Action
from mathsoc.console import details, queries, rules, service
from mathsoc.console.forms import ROLE_WORDS, DetailsForm, RoleForm
from mathsoc.console.noting import note_view
from mathsoc.console.queries import Wanted
from mathsoc.errors import Refused
from mathsoc.members.models import ROLES, STATES
from mathsoc.slips.rules import WAY_BACK_LASTS
from mathsoc.web import csv
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, page_number, see
from mathsoc.web.unit_of_work import database, release, session

blueprint = Blueprint("people", __name__)

LONGEST_SEARCH = 100
COLUMNS = ("Display name", "Real name", "E-mail", "Role", "State", "School", "Year", "Class")
DONE = {
    "details": "Saved.",
    "role": "The role is changed, and they are signed out everywhere.",
    "suspended": "Suspended: they are signed out everywhere and appear nowhere.",
    "reinstated": "Reinstated: they can sign in again.",
    "signed-out": "Signed out everywhere.",
    "second-factor": "The authenticator app is removed, and they are signed out everywhere.",
    "left": "Noted: they have left school. After a while they are told, and then the account is erased.",
    "stays": "The account stays.",
}


@blueprint.get("/console/members")
async def index() -> Response:
    wanted = _wanted()
    found = await queries.members(await session(), g.viewer, wanted, page_number())
    await note_view(Action.MEMBERS_VIEWED, after=_seen(wanted, len(found.members)) | {"page": found.page})
    return await page("console/members.html", found=found, wanted=wanted, roles=ROLES, states=STATES[:3])


@blueprint.get("/console/members.csv")
async def export() -> Response:
    wanted = _wanted()
    members = await queries.all_members(await session(), g.viewer, wanted)
    await note_view(Action.MEMBERS_EXPORTED, after=_seen(wanted, len(members)))
    rows = (
        (
            *(one.display_name, one.real_name, one.email, one.role, one.state),
            *(one.school.name if one.school else "", one.year),
            one.school_class.name if one.school_class else "",
        )
        for one in members
    )
    return csv.download(f"members-{clock.now():%Y-%m-%d}", COLUMNS, rows)


@blueprint.get("/console/members/<handle>")
async def show(handle: str) -> Response:
    return await _shown(handle, done=DONE.get(request.args.get("done", "")))


@blueprint.post("/console/members/<handle>/details", endpoint="details")
async def change_details(handle: str) -> Response:
    fields, db = await sent(), await session()
    member = await queries.member(db, g.viewer, handle, locked=True)
    form = await details.form_for(db, member, fields)
    if not form.validate():
        field, (message, *_) = next(iter(form.errors.items()))
        await release()
        return await _shown(handle, error=Refused(message, field), asked=rules.DETAILS, form=form)
    await details.change(db, g.viewer, member, form, *_now_and_where())
    return _back_to(handle, "details")


@blueprint.post("/console/members/<handle>/role")
async def role(handle: str) -> Response:
    fields = await sent()
    form = RoleForm(fields)
    if not form.validate():
        return await _refused(handle, Refused(form.role.errors[0], "role"), rules.ROLE)
    try:
        await _confirmed(handle, fields)
        await service.change_role(await session(), g.viewer, handle, form.role.data, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.ROLE, tried=form.role.data)
    return _back_to(handle, "role")


@blueprint.post("/console/members/<handle>/suspension")
async def suspension(handle: str) -> Response:
    try:
        await _confirmed(handle, await sent())
        await service.suspend(await session(), g.viewer, handle, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.SUSPENSION)
    return _back_to(handle, "suspended")


@blueprint.post("/console/members/<handle>/reinstatement")
async def reinstatement(handle: str) -> Response:
    try:
        await service.reinstate(await session(), g.viewer, handle, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.REINSTATEMENT)
    return _back_to(handle, "reinstated")


@blueprint.post("/console/members/<handle>/sessions/endings")
async def end_sessions(handle: str) -> Response:
    await service.end_sessions(await session(), g.viewer, handle, *_now_and_where())
    return _back_to(handle, "signed-out")


@blueprint.post("/console/members/<handle>/second-factor/removal")
async def remove_second_factor(handle: str) -> Response:
    try:
        await _confirmed(handle, await sent())
        await service.remove_second_factor(await session(), g.viewer, handle, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.SECOND_FACTOR)
    return _back_to(handle, "second-factor")


@blueprint.post("/console/members/<handle>/reset-link")
async def make_reset_link(handle: str) -> Response:
    """The link is in this one reply and nowhere else; only its hash is kept."""
    try:
        await _confirmed(handle, await sent())
        db = await session()
        member, token = await service.make_reset_link(db, g.viewer, handle, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.LINK)
    site = current_app.settings.site_url  # type: ignore[attr-defined]
    until = clock.now() + LINK_LASTS["reset"]
    link = f"{site}/reset-password/{token}"
    return await page("console/link.html", member=member, link=link, until=until)


@blueprint.post("/console/members/<handle>/slip")
async def make_slip(handle: str) -> Response:
    """The code is in this one reply and nowhere else; only its hash is kept."""
    try:
        await _confirmed(handle, await sent())
        db = await session()
        member, code = await service.make_slip(db, g.viewer, handle, *_now_and_where())
    except Refused as error:
        return await _refused(handle, error, rules.SLIP)
    site = urlsplit(current_app.settings.site_url).netloc  # type: ignore[attr-defined]
    until = clock.now() + WAY_BACK_LASTS
    return await page("console/slip.html", member=member, code=code, until=until, site=site)


async def _shown(
    handle: str,
    *,
    done: str | None = None,
    error: Refused | None = None,
    asked: str = "",
    tried: str | None = None,
    form: DetailsForm | None = None,
) -> Response:
    """A member's page; after a refused change with what was `asked`, the reason, and what was given."""
    now, db = clock.now(), await session()
    member = await queries.member(db, g.viewer, handle)
    browsers = await queries.sessions_of(db, member, now)
    form = form or await details.form_for(db, member)
    await note_view(Action.MEMBERS_VIEWED, member_id=member.id)
    may = {
        what
        for what in (*rules.FOR_ADMINS, *rules.FOR_EVERY_STAFF)
        if rules.may_do(g.viewer, what, handle=member.handle, state=member.state, by_mail=bool(member.email))
    }
    return await page(
        "console/member.html",
        member=member,
        browsers=browsers,
        may=may,
        roles=ROLE_WORDS,
        chosen_role=tried or member.role,
        form=form,
        asks=confirm.asks(),
        done=done,
        error=error,
        asked=asked,
        status=422 if error else 200,
    )


async def _refused(handle: str, error: Refused, asked: str, *, tried: str | None = None) -> Response:
    await release()
    return await _shown(handle, error=error, asked=asked, tried=tried)


async def _confirmed(handle: str, fields: Mapping[str, str]) -> None:
    """Ask for the viewer's own password, of those only who have this member at all. Ends the unit of work."""
    async with database().reading() as db:
        await queries.member(db, g.viewer, handle)
    await confirm.confirmed(fields)


def _back_to(handle: str, done: str) -> Response:
    return see(f"/console/members/{handle}?done={done}")


def _now_and_where() -> tuple[datetime, str]:
    return clock.now(), client_address()


def _wanted() -> Wanted:
    args = request.args
    role, state = args.get("role", ""), args.get("state", "")
    return Wanted(
        text=" ".join(args.get("q", "").split())[:LONGEST_SEARCH],
        role=role if role in ROLES else "",
        state=state if state in STATES[:3] else "",
    )


def _seen(wanted: Wanted, members: int) -> dict[str, object]:
    asked = {"search": wanted.text, "role": wanted.role, "state": wanted.state}
    return {"members": members, **{name: text for name, text in asked.items() if text}}

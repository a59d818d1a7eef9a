"""A school's pages in the console: whom its pupils turn to, its domains, its classes and their codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from quart import Blueprint, Response, current_app, g, request
from wtforms import Form

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.ids import spoken
from mathsoc.joining import queries as joining
from mathsoc.joining.rules import class_open
from mathsoc.school_admin import queries, service
from mathsoc.school_admin.forms import USUAL, ClassForm, CodeForm, DomainForm, PlacesForm, SettingsForm
from mathsoc.schools import queries as schools
from mathsoc.schools.models import School
from mathsoc.slips import queries as slips
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import release, session

blueprint = Blueprint("school_admin", __name__)

DONE = {
    "saved": "Saved.",
    "domain": "The domain is added: whoever has an address there can ask to join.",
    "domain-gone": "The domain is removed. Whoever joined by it stays.",
    "code": "This is the new code. The one before works no more.",
    "closed": "The code is closed. Whoever joined by it stays.",
    "places": "Saved.",
    "withdrawn": "The slip is withdrawn: its code works no more.",
}


@blueprint.get("/console/schools")
async def index() -> Response:
    """A lead goes on to their own."""
    db = await session()
    if g.viewer.role == "lead":
        return see(_at(await queries.own_school(db, g.viewer)))
    return await page("school_admin/schools.html", schools=await queries.schools(db))


@blueprint.get("/console/schools/<slug>")
async def show(slug: str) -> Response:
    return await _shown(slug)


@blueprint.post("/console/schools/<slug>/settings")
async def settings(slug: str) -> Response:
    form, db = SettingsForm(await sent()), await session()
    school = await queries.school(db, g.viewer, slug, locked=True)
    if not form.validate():
        return await _refused(slug, settings_form=form)
    await service.change_settings(
        db,
        g.viewer,
        school,
        *_now_and_where(),
        staff_contact=form.staff_contact.data,
        real_names=form.real_names.data,
    )
    return _back_to(school, "saved")


@blueprint.post("/console/schools/<slug>/domains")
async def add_domain(slug: str) -> Response:
    form, db = DomainForm(await sent()), await session()
    school = await queries.school(db, g.viewer, slug, locked=True)
    try:
        _must_be_right(form)
        await service.add_domain(db, g.viewer, school, form.domain.data, *_now_and_where())
    except Refused as error:
        return await _refused(slug, error, domain_form=form)
    return _back_to(school, "domain")


@blueprint.post("/console/schools/<slug>/domains/removal")
async def remove_domain(slug: str) -> Response:
    fields, db = await sent(), await session()
    school = await queries.school(db, g.viewer, slug, locked=True)
    await service.remove_domain(db, g.viewer, school, fields.get("domain", ""), *_now_and_where())
    return _back_to(school, "domain-gone")


@blueprint.post("/console/schools/<slug>/classes")
async def add_class(slug: str) -> Response:
    form, db = ClassForm(await sent()), await session()
    school = await queries.school(db, g.viewer, slug, locked=True)
    form.offer(await schools.years(db))
    try:
        _must_be_right(form)
        chosen = (form.name.data, form.year.data, form.places.data, form.length)
        one = await service.add_class(db, g.viewer, school, *chosen, *_now_and_where())
    except Refused as error:
        return await _refused(slug, error, class_form=form)
    return see(f"/console/classes/{one.public_id}")


@blueprint.get("/console/classes/<public_id>")
async def show_class(public_id: str) -> Response:
    return await _class_shown(public_id)


@blueprint.post("/console/classes/<public_id>/code")
async def new_code(public_id: str) -> Response:
    form, db = CodeForm(await sent()), await session()
    one, _school = await queries.school_class(db, g.viewer, public_id, locked=True)
    if not form.validate():
        return await _class_refused(public_id, code_form=form)
    now, address = _now_and_where()
    await service.new_code(db, g.viewer, one, now, now + form.length, address)
    return see(f"/console/classes/{public_id}?done=code")


@blueprint.post("/console/classes/<public_id>/closing")
async def close_code(public_id: str) -> Response:
    db = await session()
    one, school = await queries.school_class(db, g.viewer, public_id, locked=True)
    await service.close_code(db, g.viewer, one, school, *_now_and_where())
    return see(f"/console/classes/{public_id}?done=closed")


@blueprint.post("/console/classes/<public_id>/places")
async def places(public_id: str) -> Response:
    form, db = PlacesForm(await sent()), await session()
    one, school = await queries.school_class(db, g.viewer, public_id, locked=True)
    if not form.validate():
        return await _class_refused(public_id, places_form=form)
    await service.set_places(db, g.viewer, one, school, form.places.data, *_now_and_where())
    return see(f"/console/classes/{public_id}?done=places")


async def _shown(slug: str, *, status: int = 200, **forms: Form) -> Response:
    """A school's page; after a refused change with the form that has the error."""
    db, now = await session(), clock.now()
    school = await queries.school(db, g.viewer, slug)
    classes = forms.get("class_form") or ClassForm(places=40)
    classes.offer(await schools.years(db))
    own: dict[str, Any] = {
        "settings_form": SettingsForm(obj=school),
        "domain_form": DomainForm(),
        **forms,
        "class_form": classes,
    }
    return await page(
        "school_admin/school.html",
        line=await queries.counted(db, school.id),
        domains=await queries.domains(db, school.id),
        classes=await queries.classes(db, school.id),
        slips=await slips.waiting(db, school.id, now),
        spoken=spoken,
        opens=class_open,
        now=now,
        done=_done(),
        status=status,
        **own,
    )


async def _class_shown(public_id: str, *, status: int = 200, **forms: Form) -> Response:
    db, now = await session(), clock.now()
    one, school = await queries.school_class(db, g.viewer, public_id)
    members = await joining.members_of_class(db, one.id)
    own = {"code_form": CodeForm(lasts=USUAL), "places_form": PlacesForm(places=one.places), **forms}
    return await page(
        "school_admin/class.html",
        one=one,
        school=school,
        members=members,
        code=spoken(one.join_code),
        over=one.code_until is not None and one.code_until <= now,
        site=current_app.settings.site_url,  # type: ignore[attr-defined]
        done=_done(),
        status=status,
        **own,
    )


def _must_be_right(form: Form) -> None:
    if not form.validate():
        field, (message, *_) = next(iter(form.errors.items()))
        raise Refused(message, field)


async def _refused(slug: str, error: Refused | None = None, **forms: Form) -> Response:
    if error is not None:
        (form,) = forms.values()
        form[error.field].errors = [error.message]
    await release()
    return await _shown(slug, status=422, **forms)


async def _class_refused(public_id: str, **forms: Form) -> Response:
    await release()
    return await _class_shown(public_id, status=422, **forms)


def _done() -> str | None:
    return DONE.get(request.args.get("done", "")) if request.method == "GET" else None


def _at(school: School) -> str:
    return f"/console/schools/{school.slug}"


def _back_to(school: School, done: str) -> Response:
    return see(f"{_at(school)}?done={done}")


def _now_and_where() -> tuple[datetime, str]:
    return clock.now(), client_address()

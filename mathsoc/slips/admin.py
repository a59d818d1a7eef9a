"""A school's approved list: read, checked, confirmed, and printed as slips; and who has not joined yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from quart import Blueprint, Response, current_app, g, request

from mathsoc import clock
from mathsoc.audit import Action
from mathsoc.console.noting import note_view
from mathsoc.errors import Missing, Refused
from mathsoc.school_admin import queries as offices
from mathsoc.schools.models import School
from mathsoc.slips import queries, reading, rules, service
from mathsoc.slips.plan import CREATE, ERROR, SKIP, Plan, plan
from mathsoc.slips.reading import COLUMNS, Row
from mathsoc.slips.service import Line
from mathsoc.web import csv
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, release, session, writing

blueprint = Blueprint("slips", __name__)

ROWS = 50
LAST_PAGE = 1_000
# A list of the largest size, as a browser wraps it up.
BODY = 2 * reading.MOST_BYTES
NOTHING_SENT = "Choose a file, or put the list into the box."
CHANGED = "Something has changed since you checked this list, so nothing was made. Look at it again."


@blueprint.get("/console/schools/<slug>/slips")
async def show(slug: str) -> Response:
    return await _shown(slug)


@blueprint.get("/console/schools/<slug>/slips/template.csv")
async def template(slug: str) -> Response:
    await offices.school(await session(), g.viewer, slug)
    return csv.download("pupils", COLUMNS, [])


@blueprint.get("/console/schools/<slug>/slips.csv")
async def export(slug: str) -> Response:
    """Who has not joined yet, as a list that can be sent here again; codes are kept nowhere."""
    db, now = await session(), clock.now()
    school = await offices.school(db, g.viewer, slug)
    found = await queries.unused(db, school.id, now)
    rows = [(one.real_name, one.year, one.school_class.name if one.school_class else "") for one in found]
    await note_view(Action.MEMBERS_EXPORTED, after={"slips": len(rows)})
    return csv.download(f"not-joined-{now:%Y-%m-%d}", COLUMNS, rows)


@blueprint.post("/console/schools/<slug>/slips")
@reads_only
@body_limit(BODY)
async def check(slug: str) -> Response:
    """First the dry run; then, with the fingerprint of what was shown, the slips."""
    request.max_form_memory_size = BODY
    fields = await sent()
    school = await offices.school(await session(), g.viewer, slug)
    try:
        rows, typed = await _read(fields.get("list", ""))
    except Refused as error:
        return await _shown(slug, error=error, typed=fields.get("list", ""))
    planned = plan(rows, await queries.known(await session(), school.id, clock.now()))
    confirmed = fields.get("fingerprint", "")
    if not confirmed:
        return await _checked(school, planned, rows, typed)
    made = await _made(slug, rows, confirmed)
    if made is None:
        return await _checked(school, planned, rows, typed, notice=CHANGED)
    return await _sheet(school, made)


@blueprint.post("/console/schools/<slug>/slips/renewal")
async def renewal(slug: str) -> Response:
    """New slips in place of lost ones; `class` narrows it to one class by its public id."""
    fields, db = await sent(), await session()
    school = await offices.school(db, g.viewer, slug, locked=True)
    class_id = None
    if fields.get("class"):
        one, its_school = await offices.school_class(db, g.viewer, fields["class"])
        if its_school.id != school.id:
            raise Missing
        class_id = one.id
    try:
        made = await service.renew(db, g.viewer, school, clock.now(), client_address(), class_id=class_id)
    except Refused as error:
        await release()
        return await _shown(slug, error=error)
    return await _sheet(school, made)


@blueprint.post("/console/slips/<public_id>/withdrawal")
async def withdrawal(public_id: str) -> Response:
    school = await service.withdraw(await session(), g.viewer, public_id, clock.now(), client_address())
    return see(f"/console/schools/{school.slug}/slips?done=withdrawn")


async def _read(typed: str) -> tuple[list[Row], str]:
    """The file that was sent, or else what was typed, with that; read beside the event loop.

    Raises Refused.
    """
    file = (await request.files).get("file")
    data = file.read(reading.MOST_BYTES + 1) if file is not None else b""
    if data:
        text = await asyncio.to_thread(reading.text_of, data)
        return await asyncio.to_thread(reading.rows_of, text), ""
    if not typed.strip():
        raise Refused(NOTHING_SENT)
    return await asyncio.to_thread(reading.rows_of, typed), typed


async def _made(slug: str, rows: Sequence[Row], confirmed: str) -> list[tuple[Line, str]] | None:
    """The slips, with the school held, if what was confirmed is still what would become of the list."""
    await release()
    now = clock.now()
    async with writing() as db:
        school = await offices.school(db, g.viewer, slug, locked=True)
        planned = plan(rows, await queries.known(db, school.id, now))
        if planned.fingerprint != confirmed or planned.having(ERROR) or not planned.having(CREATE):
            return None
        return await service.make_planned(db, g.viewer, school, planned, now, client_address())


async def _checked(
    school: School, planned: Plan, rows: Sequence[Row], typed: str, notice: str = ""
) -> Response:
    """What would become of each line; on the way back it carries what we need of the list and no more."""
    return await page(
        "slips/list.html",
        school=school,
        plan=planned,
        create=planned.having(CREATE),
        skip=planned.having(SKIP),
        wrong=planned.having(ERROR),
        typed=typed,
        most=reading.MOST_LINES,
        text=reading.written([(one.name, one.year, one.school_class) for one in rows]),
        days=rules.SLIP_LASTS.days,
        notice=notice,
        status=409 if notice else 422 if planned.having(ERROR) else 200,
    )


async def _sheet(school: School, made: Sequence[tuple[Line, str]]) -> Response:
    """The slips to print: the codes stand in this one reply, and only their hashes are kept."""
    now = clock.now()
    names = {line.one.id: line.one.name for line in await offices.classes(await session(), school.id)}
    site = urlsplit(current_app.settings.site_url)  # type: ignore[attr-defined]
    return await page(
        "slips/sheet.html",
        school=school,
        slips=[(line, names.get(line.class_id or 0, ""), code) for line, code in made],
        until=now + rules.SLIP_LASTS,
        site=site.netloc,
    )


async def _shown(slug: str, *, error: Refused | None = None, typed: str = "") -> Response:
    db, now, number = await session(), clock.now(), _page_number()
    school = await offices.school(db, g.viewer, slug)
    total = await queries.waiting(db, school.id, now)
    found = await queries.unused(db, school.id, now, rows=ROWS, page=number)
    classes = await offices.classes(db, school.id)
    await note_view(Action.MEMBERS_VIEWED, after={"slips": len(found)})
    return await page(
        "slips/index.html",
        school=school,
        slips=found,
        total=total,
        number=number,
        pages=max(1, -(-total // ROWS)),
        classes=[line.one for line in classes],
        typed=typed,
        error=error,
        withdrawn=request.args.get("done") == "withdrawn",
        most=reading.MOST_LINES,
        status=422 if error else 200,
    )


def _page_number() -> int:
    given = request.args.get("page", "1")
    if not given.isascii() or not given.isdigit() or len(given) > 4 or not 1 <= int(given) <= LAST_PAGE:
        raise Missing
    return int(given)

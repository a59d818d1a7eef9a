"""While somebody types: their draft, and who else is there."""

from __future__ import annotations

from quart import Blueprint, Response, g
from werkzeug.datastructures import MultiDict

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.web.forms import sent
from mathsoc.web.pages import fragment, see, wants_fragment
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, session, writing
from mathsoc.writing import service
from mathsoc.writing.desk import BODY, SHELF, Desk, around, editing, found, opened
from mathsoc.writing.forms import TextForm

blueprint = Blueprint("drafts", __name__)


@blueprint.post(f"{SHELF}/draft")
@body_limit(BODY)
async def keep(shelf: str, slug: str) -> Response:
    """Keep what was typed so far; nobody else sees it."""
    desk, given = await _sent(shelf, slug)
    now = clock.now()
    text, base = given.text.data or "", given.base.data
    await service.keep_draft(await session(), desk.thing, desk.field, g.viewer, now, text=text, base=base)
    return await fragment("writing/_draft.html", desk=desk, saved_at=now) if wants_fragment() else _back(desk)


@blueprint.post(f"{SHELF}/draft/disposal")
@reads_only
async def dispose(shelf: str, slug: str) -> Response:
    """Throw the draft away: then the editor begins anew, or with `then=read` there is the text again."""
    fields = await sent()
    desk = await found(await session(), shelf, slug, fields.get("field"))
    async with writing() as db:
        await service.drop_draft(db, desk.thing, desk.field, g.viewer)
        await service.leave(db, desk.thing, desk.field, g.viewer)
    if fields.get("then") == "read":
        return see(desk.thing.path)
    if not wants_fragment():
        return _back(desk)
    desk = await opened(shelf, slug, desk.field)
    return await fragment(
        "writing/_editor.html", **await editing(await session(), desk, g.viewer, clock.now())
    )


@blueprint.post(f"{SHELF}/presence")
async def presence(shelf: str, slug: str) -> Response:
    """The editor is open; answers who else has it open. With `left` it is being closed."""
    fields, db, now = await sent(), await session(), clock.now()
    desk, given = await _sent(shelf, slug, fields)
    if fields.get("left"):
        await service.leave(db, desk.thing, desk.field, g.viewer)
    else:
        await service.note_presence(db, desk.thing, desk.field, g.viewer, now)
    if not wants_fragment():
        return _back(desk)
    shown = await around(db, desk, g.viewer, now)
    return await fragment("writing/_presence.html", desk=desk, base=given.base.data, **shown)


async def _sent(shelf: str, slug: str, fields: MultiDict[str, str] | None = None) -> tuple[Desk, TextForm]:
    fields = fields if fields is not None else await sent()
    given = TextForm(fields)
    if not given.validate():
        raise Refused(str(next(iter(given.errors.values()))[0]))
    return await found(await session(), shelf, slug, fields.get("field")), given


def _back(desk: Desk) -> Response:
    return see(f"{desk.address}/edit?field={desk.field}")

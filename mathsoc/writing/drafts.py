"""While somebody types: their draft, and who else is there."""

from __future__ import annotations

from markupsafe import Markup
from quart import Blueprint, Response, g
from werkzeug.datastructures import MultiDict

from mathsoc import clock, richtext
from mathsoc.errors import Missing, Refused
from mathsoc.web.forms import sent
from mathsoc.web.pages import fragment, page, see, wants_fragment
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, session, writing
from mathsoc.writing import queries, rules, service
from mathsoc.writing.desk import BODY, SHELF, Desk, around, editing, found, opened
from mathsoc.writing.forms import TextForm

blueprint = Blueprint("drafts", __name__)


@blueprint.post(f"{SHELF}/draft")
@body_limit(BODY)
async def keep(shelf: str, slug: str) -> Response:
    """Keep what was typed so far; nobody else sees it."""
    desk, given = await _sent(shelf, slug)
    now = clock.now()
    about = (await session(), desk.thing, desk.field, g.viewer, now)
    text, base, known = given.text.data or "", given.base.data, given.draft.data or ""
    try:
        known = await service.keep_draft(*about, text=text, base=base, known=known)
    except service.StaleDraft:
        return await _another(desk, given)
    if not wants_fragment():
        return _back(desk)
    return await fragment("writing/_draft.html", desk=desk, saved_at=now, known=known)


@blueprint.post(f"{SHELF}/draft/disposal")
@reads_only
async def dispose(shelf: str, slug: str) -> Response:
    """Throw the draft away: then the editor begins anew, or with `then=read` there is the text again."""
    fields = await sent()
    desk = await found(await session(), shelf, slug, fields.get("field"))
    async with writing() as db:
        await service.drop_draft(db, desk.thing, desk.field, g.viewer, fields.get("draft", ""))
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


async def _another(desk: Desk, given: TextForm) -> Response:
    """Another window has another draft: it is shown, and what was sent, to be sent again knowing of it."""
    db = await session()
    other = await queries.draft(db, desk.thing, desk.field, g.viewer)
    if other is None:
        raise Missing
    known = rules.version(other.text)
    typed = {"text": given.text.data or "", "base": given.base.data, "note": given.note.data or ""}
    return await page(
        "writing/edit.html",
        fragment="writing/_another.html",
        status=409,
        other=other,
        other_shown=_shown(other.text),
        **await editing(db, desk, g.viewer, clock.now(), **typed, known=known),
    )


def _shown(text: str) -> Markup | None:
    """A draft as readers would have it; None for one that cannot be cleaned, which is shown as it is."""
    try:
        return richtext.render(richtext.from_source(text))
    except Refused:
        return None


def _back(desk: Desk) -> Response:
    return see(f"{desk.address}/edit?field={desk.field}")

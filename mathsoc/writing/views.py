"""Editing a text: the editor, its preview, and letting readers have it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quart import Blueprint, Response, g, request

from mathsoc import clock, richtext
from mathsoc.errors import Refused
from mathsoc.members.rules import Viewer
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import fragment, page, see, wants_fragment
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, session, writing
from mathsoc.writing import queries, rules, service
from mathsoc.writing.desk import BODY, NAMES, SHELF, Desk, editing, opened
from mathsoc.writing.forms import TextForm

blueprint = Blueprint("writing", __name__)

NOTHING_CHANGED = "Nothing was changed."
NO_TEXT = "No text was sent, so nothing was changed."


@blueprint.get(f"{SHELF}/edit")
async def edit(shelf: str, slug: str) -> Response:
    desk = await opened(shelf, slug, request.args.get("field"))
    return await _editor(desk)


@blueprint.get(f"{SHELF}/region")
async def region(shelf: str, slug: str) -> Response:
    """The text as readers see it, in place of the editor."""
    desk = await opened(shelf, slug, request.args.get("field"))
    return await _read(desk)


@body_limit(BODY)
@reads_only
async def publish(shelf: str, slug: str) -> Response:
    """Let readers have the text; 409 with both texts where somebody else was faster."""
    fields = await sent()
    given = TextForm(fields)
    desk = await opened(shelf, slug, fields.get("field"))
    if "text" not in fields:
        return await _editor(desk, error=NO_TEXT)
    if not given.validate():
        return await _editor(desk, given, error=_first(given))
    text, base, note = given.text.data or "", given.base.data, given.note.data or ""
    about = (desk.shelf, desk.thing, desk.field, g.viewer, clock.now(), client_address())
    try:
        async with writing() as db:
            changed = await service.publish(
                db, *about, service.Edit(text, base, note, draft=given.draft.data or "")
            )
    except service.Stale:
        await _keep(desk, given)
        return await _conflict(shelf, slug, desk.field, given)
    except Refused as error:
        await _keep(desk, given)
        return await _editor(desk, given, error=error.message)
    desk = await opened(shelf, slug, desk.field)
    return await _read(desk, desk.said if changed else NOTHING_CHANGED)


# Rules of their own, since somebody else's page is at the same address.
for name in NAMES:
    blueprint.add_url_rule(f"/{name}/<slug>", "publish", publish, methods=["POST"], defaults={"shelf": name})


@blueprint.post(f"{SHELF}/preview")
@body_limit(BODY)
@reads_only
async def preview(shelf: str, slug: str) -> Response:
    """The text as it would be shown, and whether those for whom it is asked would see it."""
    fields, now = await sent(), clock.now()
    given = TextForm(fields)
    desk = await opened(shelf, slug, fields.get("field"))
    db = await session()
    if not given.validate():
        return await _editor(desk, given, error=_first(given))
    try:
        stored = service.cleaned(given.text.data or "")
    except Refused as error:
        return await _editor(desk, given, error=error.message)
    seen_as, at = _who(desk, fields.get("as", ""))
    shown = await editing(db, desk, g.viewer, now, **_typed(given))
    if not wants_fragment():
        shown["viewer"] = seen_as  # the page's own frame as they have it
    return await page(
        "writing/preview.html",
        fragment="writing/_preview.html",
        shown=richtext.render(stored),
        faults=richtext.faults(stored),
        seen_as=fields.get("as", ""),
        sees=await desk.shelf.readable(db, [desk.thing.id], desk.field, seen_as, at or now),
        **shown,
    )


def _who(desk: Desk, given: str) -> tuple[Viewer | None, Any]:
    """As whom a text is previewed, and at which moment where that is another one."""
    if given == "public":
        return None, None
    member = replace(g.viewer, id=0, handle="", display_name="A member", role="member", state="active")
    return member, desk.thing.moments.get(given)


def _typed(given: TextForm) -> dict[str, Any]:
    return {
        "text": given.text.data or "",
        "base": given.base.data or 0,
        "note": given.note.data or "",
        "known": given.draft.data or "",
    }


def _first(given: TextForm) -> str:
    return str(next(iter(given.errors.values()))[0])


async def _keep(desk: Desk, given: TextForm) -> None:
    """As a draft, so that whatever was typed is there again; `given` then knows of it.

    But for a text that is too long to be kept, and where another window has another draft: both stay.
    """
    text, base, known = given.text.data or "", given.base.data, given.draft.data or ""
    if len(text) > rules.LONGEST:
        return
    try:
        async with writing() as db:
            about = (desk.thing, desk.field, g.viewer, clock.now())
            given.draft.data = await service.keep_draft(db, *about, text=text, base=base, known=known)
    except service.StaleDraft:
        pass


async def _editor(desk: Desk, given: TextForm | None = None, error: str | None = None) -> Response:
    typed = _typed(given) if given is not None else {}
    shown = await editing(await session(), desk, g.viewer, clock.now(), **typed, error=error)
    status = 422 if error else 200
    return await page("writing/edit.html", fragment="writing/_editor.html", status=status, **shown)


async def _read(desk: Desk, said: str = "") -> Response:
    """Back to the text: for htmx in its place, else the page where it is read."""
    if not wants_fragment():
        return see(desk.thing.path)
    return await fragment(
        "writing/_region.html",
        path=desk.address,
        field=desk.field,
        label=desk.label,
        html=richtext.render(desk.text),
        viewer=g.viewer,
        said=said,
    )


async def _conflict(shelf: str, slug: str, field: str, given: TextForm) -> Response:
    desk = await opened(shelf, slug, field)
    db = await session()
    known = await queries.region(db, desk.thing, field)
    begun = await queries.text_at(db, known.id, given.base.data) if known is not None else None
    mine, theirs = service.cleaned(given.text.data or ""), richtext.clean(desk.text)
    merged = rules.merge(theirs if begun is None else richtext.clean(begun), mine, theirs)
    return await page(
        "writing/conflict.html",
        fragment="writing/_conflict.html",
        status=409,
        sent_text=given.text.data or "",
        mine=richtext.render(mine),
        theirs=richtext.render(theirs),
        differences=richtext.diff(theirs, mine),
        conflicts=merged.conflicts,
        **await editing(
            db,
            desk,
            g.viewer,
            clock.now(),
            text=richtext.as_source(merged.text),
            base=desk.revision,
            note=given.note.data or "",
            known=given.draft.data or "",
        ),
    )

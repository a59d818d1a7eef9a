"""What a text was before: who changed it, when and how, and bringing a revision back."""

from __future__ import annotations

from quart import Blueprint, Response, g, request

from mathsoc import clock, richtext
from mathsoc.errors import Missing, Refused
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, page_number, see
from mathsoc.web.unit_of_work import reads_only, session, writing
from mathsoc.writing import queries, service
from mathsoc.writing.desk import SHELF, Desk, opened

blueprint = Blueprint("revisions", __name__)

SOMEBODY_ELSE = "Somebody has published since you looked. Here is the history as it is now."
LARGEST = 10  # digits of a revision's number


@blueprint.get(f"{SHELF}/history")
async def index(shelf: str, slug: str) -> Response:
    """One page of revisions; one of them in full, with what it changed."""
    desk = await opened(shelf, slug, request.args.get("field"))
    return await _page(desk, _number(request.args.get("number")))


@blueprint.post(f"{SHELF}/restoration")
@reads_only
async def restore(shelf: str, slug: str) -> Response:
    """Bring revision `number` back, as a new one; `base` is the newest that the officer knew of."""
    fields = await sent()
    desk = await opened(shelf, slug, fields.get("field"))
    number, base = _number(fields.get("number")), _number(fields.get("base"))
    if number is None or base is None:
        raise Missing
    known = await queries.region(await session(), desk.thing, desk.field)
    if known is None:
        raise Missing
    text = await queries.text_of(await session(), known.id, number)
    about = (desk.shelf, desk.thing, desk.field, g.viewer, clock.now(), client_address())
    try:
        async with writing() as db:
            await service.publish(db, *about, service.Edit(text, base, restores=number))
    except service.Stale:
        return await _page(await opened(shelf, slug, desk.field), None, SOMEBODY_ELSE, 409)
    except Refused as error:
        return await _page(desk, number, error.message, 422)
    return see(desk.thing.path)


async def _page(desk: Desk, number: int | None, error: str | None = None, status: int = 200) -> Response:
    db = await session()
    known = await queries.region(db, desk.thing, desk.field)
    if known is None or known.revision == 0:
        if number is not None:
            raise Missing
        return await page("writing/history.html", desk=desk, found=None, error=error, status=status)
    number = known.revision if number is None else number
    text = await queries.text_of(db, known.id, number)
    before = await queries.text_of(db, known.id, number - 1) if number > 1 else None
    return await page(
        "writing/history.html",
        desk=desk,
        found=await queries.history(db, known.id, page_number()),
        number=number,
        shown=richtext.render(text),
        differences=richtext.diff(before, text) if before is not None else None,
        error=error,
        status=status,
    )


def _number(given: str | None) -> int | None:
    """A revision's number; raises Missing for what is none."""
    if given is None or given == "":
        return None
    if not given.isascii() or not given.isdigit() or len(given) >= LARGEST:
        raise Missing
    return int(given)

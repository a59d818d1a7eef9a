"""What stands around a text, changed in place: title, tags, credit, audience, when it is over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from quart import Blueprint, Response, current_app, g

from mathsoc import clock, moments
from mathsoc.config import Config
from mathsoc.errors import Refused
from mathsoc.publishing import queries, rules, service
from mathsoc.publishing.around import Details, details
from mathsoc.publishing.forms import DetailsForm
from mathsoc.publishing.models import Post
from mathsoc.publishing.service import By
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import release, session

blueprint = Blueprint("post_details", __name__)


@blueprint.get(f"{rules.POST}/details")
async def form(shelf: str, slug: str) -> Response:
    post = await queries.find(await session(), rules.KIND_OF[shelf], slug)
    return await _page(post, _filled(details(post)), details(post).mark)


@blueprint.post(f"{rules.POST}/details")
async def save(shelf: str, slug: str) -> Response:
    """409 with both values where somebody else has changed them since the form was opened."""
    fields, db = await sent(), await session()
    given, base = DetailsForm(fields), fields.get("base", "")
    post = await service.held(db, rules.KIND_OF[shelf], slug)
    if not given.validate():
        return await _again(shelf, slug, given, base)
    try:
        wanted = _wanted(given, post)
        await service.set_details(db, By(g.viewer, clock.now(), client_address()), post, wanted, base)
    except service.Stale as stale:
        theirs, mine = stale.now.told(), wanted.told()
        differing = {name: theirs[name] for name in theirs if theirs[name] != mine[name]}
        if "expires_at" in differing:
            at = stale.now.expires_at
            differing["expires_at"] = moments.in_words(at, _zone()) if at else "never"
        return await _again(shelf, slug, given, stale.now.mark, 409, differing)
    except Refused as error:
        if error.field:
            given[error.field].errors = [error.message]
        return await _again(shelf, slug, given, base)
    return see(f"{queries.path(post.kind, post.slug)}?done=saved")


def _wanted(given: DetailsForm, post: Post) -> Details:
    return Details(
        title=given.title.data,
        summary=given.summary.data or "",
        tags=tuple(sorted(rules.tags_of(given.tags.data or ""))),
        credit=given.credit.data or "",
        audience=given.audience.data,
        pinned=post.kind == "announcement" and given.pinned.data,
        expires_at=_over_from(given.expires_at.data or "", post),
    )


def _over_from(typed: str, post: Post) -> datetime | None:
    """The moment that was typed; the present one as long as the field still says it."""
    zone = _zone()
    if post.expires_at is not None and moments.same_minute(typed, post.expires_at, zone):
        return post.expires_at
    meant = moments.typed(typed, zone, "expires_at")
    if meant is None:
        return None
    moments.must_be_ahead(meant.at, clock.now(), zone, "expires_at")
    return meant.at


def _filled(now: Details) -> DetailsForm:
    values = {**now.told(), "pinned": now.pinned}
    return DetailsForm(data=values | {"expires_at": moments.field_value(now.expires_at, _zone())})


async def _again(
    shelf: str,
    slug: str,
    given: DetailsForm,
    base: str,
    status: int = 422,
    theirs: dict[str, str] | None = None,
) -> Response:
    """The form as it was sent, on what the post is now."""
    await release()
    post = await queries.find(await session(), rules.KIND_OF[shelf], slug)
    return await _page(post, given, base, status, theirs)


async def _page(
    post: Post, given: DetailsForm, base: str, status: int = 200, theirs: dict[str, str] | None = None
) -> Response:
    return await page(
        "publishing/details.html",
        fragment="publishing/_details.html",
        post=post,
        shelf=rules.SHELVES[post.kind],
        path=queries.path(post.kind, post.slug),
        form=given,
        base=base,
        theirs=theirs or {},
        zone=_zone().key,
        status=status,
    )


def _zone() -> ZoneInfo:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    return config.time_zone

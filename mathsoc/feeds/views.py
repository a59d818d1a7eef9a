"""Feeds, calendar, sitemap: each with an ETag, so that a reader who asks again is told in a line."""

from __future__ import annotations

import hashlib
from datetime import datetime

from quart import Blueprint, Response, current_app, g, request

from mathsoc import clock
from mathsoc.config import Config
from mathsoc.errors import Missing
from mathsoc.feeds import atom, dates, queries, sitemap
from mathsoc.publishing.rules import KIND_OF, LISTED
from mathsoc.schools import queries as schools
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("feeds", __name__)

ROBOTS = ("/console", "/login", "/register", "/profile", "/search", "/live", "/members/", "/api/")


@blueprint.get("/feed.xml")
async def feed() -> Response:
    """Articles, newsletters and announcements together."""
    return await _feed(LISTED, "")


@blueprint.get("/feed/<shelf>.xml")
async def shelf_feed(shelf: str) -> Response:
    kind = KIND_OF.get(shelf)
    if kind not in LISTED:
        raise Missing
    return await _feed((kind,), f": {shelf}")


@blueprint.get("/calendar.ics")
async def calendar() -> Response:
    """Of public competitions, and for who is signed in of those for members too."""
    db, now, signed_in = await session(), clock.now(), g.viewer is not None
    config = _config()
    shown = dates.Dates(
        site=config.site_url,
        title=await _society(),
        challenges=await queries.dates(db, now, signed_in=signed_in),
        competitions=await queries.competitions(db, now, signed_in=signed_in),
        key=config.secret_key,
    )
    response = await _answer(dates.written(shown), "text/calendar; charset=utf-8", private=signed_in)
    response.vary.add("Cookie")
    return response


@blueprint.get("/sitemap.xml")
async def site_map() -> Response:
    places = await queries.public_pages(await session(), clock.now())
    return await _answer(sitemap.written(_config().site_url, places), "application/xml")


@blueprint.get("/robots.txt")
async def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ROBOTS), ""]
    lines.append(f"Sitemap: {_config().site_url}/sitemap.xml\n")
    return await _answer("\n".join(lines).encode(), "text/plain; charset=utf-8")


async def _feed(kinds: tuple[str, ...], about: str) -> Response:
    entries = await queries.newest(await session(), kinds, clock.now())
    title = await _society() + about
    body = atom.written(atom.Feed(_config().site_url, request.path, title, entries))
    newest = max((entry.updated_at for entry in entries), default=None)
    return await _answer(body, "application/atom+xml; charset=utf-8", changed_at=newest)


async def _answer(
    body: bytes, content_type: str, *, changed_at: datetime | None = None, private: bool = False
) -> Response:
    """The same bytes for everybody, unless `private`; nobody keeps them without asking again."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = "private, no-cache" if private else "no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest()[:24])
    response.last_modified = changed_at
    answer: Response = await response.make_conditional(request)
    if changed_at is None:
        answer.headers.pop("Last-Modified", None)  # Quart's own, of the moment that it was asked
    return answer


async def _society() -> str:
    society = await schools.society(await session())
    return society.name if society is not None else "mathsoc"


def _config() -> Config:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    return config


@blueprint.record_once
def _tell_templates(state: object) -> None:
    """Link previews name pages by their whole address."""
    app = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["site_url"] = app.settings.site_url

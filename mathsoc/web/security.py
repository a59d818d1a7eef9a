"""What every request must pass and every reply carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from quart import Quart, Response, abort, current_app, g, request

from mathsoc import clock
from mathsoc.config import Config
from mathsoc.errors import Forbidden
from mathsoc.web.errors import error_reply
from mathsoc.web.forms import storable
from mathsoc.web.unit_of_work import SAFE_METHODS, release

CONTENT_SECURITY_POLICY = "; ".join(
    ["default-src 'none'"]
    + [f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect", "manifest")]
    + ["form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"]
)
# For a page that shows a file of this site in a frame, and only for that page.
WITH_FRAMES = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PRODUCTION_HEADERS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# What a reply to the same address depends on.
VARIES = ("HX-Request", "HX-Request-Type", "Cookie")
BODY_LIMIT = 64 * 1024  # bytes of a body, where its view has no `body_limit` of its own
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200  # of a form
NOT_THIS_NAME = "This server does not go by that name. The society is at {site_url}."
FROM_ANOTHER_SITE = "This was sent by a page of another site, so nothing was done."
LONGEST_URL = 4_000
BODY_WITHIN = 10  # seconds for a form to arrive


View = TypeVar("View", bound=Callable[..., Any])


def body_limit(size: int, *, within: int | None = None) -> Callable[[View], View]:
    """Marks a view that takes a body of so many bytes (uploads); any other takes BODY_LIMIT.

    With `within`, its body may take so many seconds to arrive, and nobody waits for it before the guard has
    let the request in: what strangers send to this view is dropped.
    """

    def mark(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]
        view.body_within = within  # type: ignore[attr-defined]
        return view

    return mark


def with_frames(response: Response) -> Response:
    """Let this page show files of this site in frames."""
    response.headers["Content-Security-Policy"] = WITH_FRAMES
    return response


def fixed_headers(config: Config) -> dict[str, str]:
    """What every reply carries, whoever makes it."""
    return HEADERS | (PRODUCTION_HEADERS if config.production else {})


def install(app: Quart, config: Config) -> None:
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    app.config["BODY_TIMEOUT"] = BODY_WITHIN
    app.before_request(_known_host)
    app.before_request(_same_origin)
    app.before_request(_note_arrival)
    app.after_request(_add_headers)


def take_large_bodies(app: Quart) -> None:
    """To be called after the guard: it reads what `_note_arrival` has left."""
    app.before_request(_large_body)


def known_hosts(config: Config) -> frozenset[str]:
    """Host names this server answers to; a loopback name is always one of ours to use."""
    return frozenset({urlsplit(config.site_url).hostname or "", "127.0.0.1", "localhost", "::1"})


async def _note_arrival() -> None:
    if len(request.url) > LONGEST_URL:
        abort(414)
    asked = [request.path, *(one for pair in request.args.items(multi=True) for one in pair)]
    if not all(storable(one) for one in asked):
        abort(404)  # no database keeps such a text, so nothing can be there
    if request.headers.get("Content-Encoding", "identity") != "identity":
        abort(415)  # nothing here unpacks bodies, and a small one may unpack to a large one
    if request.method not in SAFE_METHODS and _within() is None:
        await _read_body()  # before any connection to the database is held for it
    # The moment a request has arrived, whole, decides whether an answer was in time, however slow we are
    # after it; a body that is held back must not reach behind the lock.
    g.received_at = clock.now()


async def _large_body() -> None:
    if request.method not in SAFE_METHODS and (within := _within()) is not None:
        await release()  # no connection waits for a slow line
        request.body_timeout = within
        await _read_body()
        g.received_at = clock.now()


def _within() -> int | None:
    view = current_app.view_functions.get(request.endpoint or "")
    found: int | None = getattr(view, "body_within", None)
    return found


async def _read_body() -> None:
    """All of it, up to what this view takes; aborts with 413 beyond that, also where no length was told."""
    view = current_app.view_functions.get(request.endpoint or "")
    limit: int = getattr(view, "body_limit", BODY_LIMIT)
    # Quart reads on while we are here, so it must know too: it goes by the setting of the whole application.
    request.body._max_content_length = request.max_content_length = limit
    if (request.content_length or 0) > limit or len(request.body._data) > limit:
        abort(413)
    body = cast(bytes, await request.get_data(as_text=False))
    if request.mimetype == FORM and body.decode().count("&") >= MOST_FIELDS:
        abort(413)


def set_largest_body(app: Quart) -> None:
    """Let Quart begin to take what the most generous view takes; to be called when all views are there."""
    limits = [getattr(view, "body_limit", BODY_LIMIT) for view in app.view_functions.values()]
    app.config["MAX_CONTENT_LENGTH"] = max(limits, default=BODY_LIMIT)


async def _known_host() -> Response | None:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    if request.scheme not in ("http", "https"):
        abort(400)  # a forwarded scheme that no proxy of ours would send
    if (urlsplit(f"//{request.host}").hostname or "") in known_hosts(config):
        return None
    words = NOT_THIS_NAME.format(site_url=config.site_url)
    return await error_reply(400, words, title="Not this address")


async def _same_origin() -> None:
    """Refuse unsafe requests that another site's page made (rules of Go 1.25's CrossOriginProtection)."""
    if request.method in SAFE_METHODS:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        if fetch_site not in ("same-origin", "none"):
            raise Forbidden(FROM_ANOTHER_SITE)
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise Forbidden(FROM_ANOTHER_SITE)


async def _add_headers(response: Response) -> Response:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    for name, value in fixed_headers(config).items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.vary.update(VARIES)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if _private(response) else "no-cache"
    return response


def _private(response: Response) -> bool:
    """Whether nobody may keep the reply: it is somebody's, sets a cookie, was sent for, or has a token."""
    return bool(
        g.get("viewer")
        or "Set-Cookie" in response.headers
        or request.method not in SAFE_METHODS
        or response.status_code >= 400
        or "token" in (request.view_args or {})
    )

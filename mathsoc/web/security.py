"""What every request must pass and every reply carries."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import Quart, Response, abort, current_app, g, request

from mathsoc import clock
from mathsoc.config import Config
from mathsoc.errors import Forbidden
from mathsoc.web.forms import storable
from mathsoc.web.unit_of_work import SAFE_METHODS

CONTENT_SECURITY_POLICY = "; ".join(
    ["default-src 'none'"]
    + [f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect", "manifest")]
    + ["form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BODY_LIMIT = 64 * 1024  # bytes of a form; uploads set their own on their route
FROM_ANOTHER_SITE = "This was sent by a page of another site, so nothing was done."
LONGEST_URL = 4_000
BODY_WITHIN = 10  # seconds for a form to arrive


def install(app: Quart, config: Config) -> None:
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["MAX_FORM_PARTS"] = 200
    app.config["BODY_TIMEOUT"] = BODY_WITHIN
    app.before_request(_known_host)
    app.before_request(_same_origin)
    app.before_request(_note_arrival)
    app.after_request(_add_headers)


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
    if request.method not in SAFE_METHODS:
        await request.get_data()  # before any connection to the database is held for it
    # The moment a request has arrived, whole, decides whether an answer was in time, however slow we are
    # after it; a body that is held back must not reach behind the lock.
    g.received_at = clock.now()


async def _known_host() -> None:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    if request.scheme not in ("http", "https"):
        abort(400)  # a forwarded scheme that no proxy of ours would send
    if (urlsplit(f"//{request.host}").hostname or "") not in known_hosts(config):
        abort(400)


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
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden(FROM_ANOTHER_SITE)


async def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    config: Config = current_app.settings  # type: ignore[attr-defined]
    if config.production:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if response.mimetype == "text/html":
        response.headers.add("Vary", "HX-Request")
        response.headers.setdefault("Cache-Control", "no-store" if g.get("viewer") else "no-cache")
    return response

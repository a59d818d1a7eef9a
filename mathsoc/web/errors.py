"""Error pages and fragments. The transaction is rolled back by the unit of work: every status is ≥ 400."""

from __future__ import annotations

import logging

from quart import Quart, Response, current_app, render_template, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from mathsoc import clock
from mathsoc.db import gave_way
from mathsoc.errors import Busy, Forbidden, Missing, Refused, SignedOut, TooMany
from mathsoc.web.api import BadBody, problem, wants_problem
from mathsoc.web.filters import again
from mathsoc.web.forms import sent
from mathsoc.web.pages import page_context, wants_fragment
from mathsoc.web.unit_of_work import only_read_from_here

log = logging.getLogger(__name__)

# SQLSTATE classes: connection lost, out of resources, shutting down or starting.
AWAY = ("08", "53", "57")
# What is sent here is an answer, and its sender counts attempts.
# In the names of fields whose values no page repeats.
SECRETS = ("password", "code")
ANSWERS = ("submissions.reading", "submissions.send")
WORDS = {
    400: ("That request can't be read", "Something in it is not as it should be. Go back and try again."),
    403: ("Not allowed", "You don't have the right to do this."),
    404: ("Not found", "There is nothing here, or nothing that you may see."),
    408: ("That took too long", "What you sent did not arrive in time. Please send it again."),
    405: ("Not that way", "This address does not take that kind of request."),
    413: ("Too much at once", "What was sent is larger than this page accepts. Nothing was changed."),
    422: ("That can't be done", "Nothing was changed."),
    429: ("A little slower", "Tried too often. You can try again in a moment."),
    415: ("Not in that form", "This address takes another kind of content."),
    500: ("Our mistake", "Something went wrong here and nothing was changed. Please try again."),
    503: ("Back in a moment", "The server is busy or restarting. Nothing was changed; please try again."),
}


def install(app: Quart) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Missing, _missing)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(BadBody, _bad_body)
    app.register_error_handler(UnicodeDecodeError, _bad_text)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(ConnectionError, _database)
    # Werkzeug's InternalServerError wraps whatever nobody expected; the trace goes to the log only.
    app.register_error_handler(500, _unexpected)


async def error_reply(status: int, message: str | None = None, **more: object) -> Response:
    title, words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    if wants_problem():
        return problem(status, message or words)
    context = {"status": status, "title": title, "message": message or words, **more}
    if wants_fragment():
        text = await render_template("errors/_error.html", **context)
    else:
        text = await render_template("errors/error.html", **(await _shell(status)), **context)
    response = Response(text, status=status, mimetype="text/html")
    response.headers["HX-Retarget"] = "#notices"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


async def _shell(status: int) -> dict[str, object]:
    """The page around an error; a broken database must not break the page that says so."""
    if status >= 500:
        society = current_app.extensions.get("society")
        contact = society.staff_contact if society else ""
        return {"society": society, "staff_contact": contact, "viewer": None}
    await only_read_from_here()
    return await page_context()


async def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    response = await error_reply(error.code or 500)
    for name in ("Allow", "Retry-After"):
        for key, value in error.get_headers():
            if key == name:
                response.headers[name] = value
    return response


async def _missing(_error: Missing) -> Response:
    return await error_reply(404)


async def _forbidden(error: Forbidden) -> Response:
    return await error_reply(403, str(error) or None)


async def _signed_out(_error: SignedOut) -> Response:
    if wants_problem():
        return problem(401, "Sign in first: this needs the session cookie of POST /login.")
    # In a tab of its own, since what was typed here must not be lost.
    words = "Sign in in another tab, then send it again from here: what you typed is kept."
    typed = None if wants_fragment() or request.method != "POST" else await _typed()
    if typed is None and not wants_fragment():
        words = "Sign in, then try it again."
    return await error_reply(403, words, title="You are signed out", sign_in="/login", typed=typed)


async def _typed() -> dict[str, str] | None:
    """What was sent, to be sent once more from the page that says why it was not taken; never a secret.

    Files cannot be given back to a browser, so a form with one is begun again.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return None
    try:
        fields = dict(await sent())
    except (HTTPException, UnicodeDecodeError):
        return None  # What cannot be read cannot be sent again, and being signed out is said all the same.
    return fields if fields and not any(word in name for name in fields for word in SECRETS) else None


async def _bad_body(error: BadBody) -> Response:
    return await error_reply(error.status, str(error))


async def _refused(error: Refused) -> Response:
    if wants_problem():
        return problem(422, error.message, error.field)
    return await error_reply(422, error.message)


async def _busy(error: Busy) -> Response:
    response = await error_reply(503, str(error) or None)
    response.headers["Retry-After"] = "2"
    return response


async def _too_many(error: TooMany) -> Response:
    zone = current_app.settings.time_zone  # type: ignore[attr-defined]
    words = f"Tried too often. You can try again {again(error.retry_after, clock.now(), zone)}."
    if request.endpoint in ANSWERS:
        words += " No attempt was used."
    response = await error_reply(429, words)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _database(error: Exception) -> Response:
    """The database is away, restarting or locked: wait and try again. Anything else is our mistake."""
    code = str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")
    away = not isinstance(error, DBAPIError) or isinstance(error, OperationalError | InterfaceError)
    if isinstance(error, DBAPIError) and gave_way(error):
        log.warning("a transaction gave way to another: %s", code)
        return await _busy(Busy("Several people changed the same thing at once. Please try again."))
    if away or getattr(error, "connection_invalidated", False) or code.startswith(AWAY):
        log.warning("the database does not answer: %s", type(error).__name__)
        return await _busy(Busy())
    log.error("a statement failed: %s %s", type(error).__name__, code, exc_info=error)
    return await error_reply(500)


async def _bad_text(_error: UnicodeDecodeError) -> Response:
    return await error_reply(400)


async def _unexpected(error: HTTPException) -> Response:
    # Quart has logged the trace already.
    return await error_reply(500)

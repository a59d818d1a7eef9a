"""A full page to a plain request, the fragment alone to an htmx one: decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from quart import Quart, Response, current_app, redirect, render_template, request

from mathsoc.errors import Missing

LAST_PAGE = 100_000
IN_PATHS = "%/:?#[]@!$&'()*+,;=-._~"  # what an address may hold as it is
PageContext = Callable[[], Awaitable[dict[str, Any]]]


def wants_fragment() -> bool:
    """Whether htmx asked and will swap the reply into a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


async def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Answer with `template`, or with `fragment` alone (same context) where htmx asked for it."""
    if fragment is not None and wants_fragment():
        return await _answer(fragment, status, context)
    return await _answer(template, status, {**await page_context(), **context})


async def fragment(template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a fragment to whoever asks; for addresses that have no page of their own."""
    return await _answer(template, status, context)


def page_number() -> int:
    """Which page of a long list is asked for by `?page=`, from 1; raises Missing for what is no number."""
    given = request.args.get("page", "1")
    if not given.isascii() or not given.isdigit() or len(given) > 6 or not 1 <= int(given) <= LAST_PAGE:
        raise Missing
    return int(given)


def see(path: str) -> Response:
    """Send the browser on to a page after a change; htmx is told to load it whole."""
    # Part of a path may be as it was asked for: a line break in it must not end the header.
    path = quote(path, safe=IN_PATHS)
    if wants_fragment():
        response = Response("", status=204)
        response.headers["HX-Redirect"] = path
        return response
    return redirect(path, 303)  # type: ignore[return-value]


async def pushed(app: Quart, fragment: str, id: str, *, glides: bool = False, **context: Any) -> str:
    """A fragment wrapped for the live push: htmx morphs the element with this id into it."""
    template = app.jinja_env.get_template("live/push.html")
    return await template.render_async(fragment=fragment, id=id, glides=glides, **context)


async def page_context() -> dict[str, Any]:
    """What every full page shows besides its own matter (the society, the viewer)."""
    found: dict[str, Any] = {}
    for function in current_app.extensions.get("page_context", []):
        found |= await function()
    return found


def on_every_page(app: Any, function: PageContext) -> None:
    app.extensions.setdefault("page_context", []).append(function)


async def _answer(template: str, status: int, context: dict[str, Any]) -> Response:
    return Response(await render_template(template, **context), status=status, mimetype="text/html")

"""One request = one session = one commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from quart import Quart, Response, current_app, g, request
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.db import Database, UnitOfWork

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])


def reads_only(view: View) -> View:
    """Marks a view for POST that changes nothing, or that manages its own units of work."""
    view.reads_only = True  # type: ignore[attr-defined]
    return view


async def session() -> AsyncSession:
    """The request's session, begun at its first use: writing for unsafe methods, else reading."""
    unit: UnitOfWork | None = g.get("unit")
    if unit is None:
        unit = database().writing() if _writes() else database().reading()
        await unit.begin()
        g.unit = unit
        if unit.writes:
            await _hold(unit.session)
    return unit.session


@asynccontextmanager
async def writing() -> AsyncIterator[AsyncSession]:
    """A writing unit of work of the view's own, in which the viewer's rights are held as in the request's.

    For views marked `reads_only`: what the request has read so far is at its end, so that nobody holds one
    connection and waits for a second. Commits at its end; rolls back when an error passes through.
    """
    await release()
    async with database().writing() as own:
        await _hold(own)
        yield own


def on_writing(app: Quart, function: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Call `function` at the beginning of each unit of work in which a request writes.

    What it raises refuses the request: nothing has been written by then.
    """
    app.extensions.setdefault("on_writing", []).append(function)


@asynccontextmanager
async def looking() -> AsyncIterator[AsyncSession]:
    """A session to look something up in before the view begins; never the one that writes."""
    if _writes():
        async with database().reading() as found:
            yield found
    else:
        yield await session()


async def release() -> None:
    """End the request's unit without a commit and give its connection back, before long work."""
    await _finish(commit=False)


async def only_read_from_here() -> None:
    """Give up what the request wrote; whatever it still looks up (for the page that says why) is read.

    Nothing is held for the viewer any more, whose session may be what has just ended.
    """
    await release()
    g.only_reads = True


def database() -> Database:
    found: Database = current_app.database  # type: ignore[attr-defined]
    return found


def install(app: Quart) -> None:
    app.after_request(_end_with_the_reply)
    app.teardown_request(_end_without_a_reply)


async def _hold(session: AsyncSession) -> None:
    for function in current_app.extensions.get("on_writing", []):
        await function(session)


def _writes() -> bool:
    if g.get("only_reads"):
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE_METHODS and not getattr(view, "reads_only", False)


async def _end_with_the_reply(response: Response) -> Response:
    await _finish(commit=response.status_code < 400)
    return response


async def _end_without_a_reply(_error: BaseException | None) -> None:
    await _finish(commit=False)


async def _finish(*, commit: bool) -> None:
    unit: UnitOfWork | None = g.pop("unit", None)
    if unit is not None:
        await unit.finish(commit=commit and unit.writes)

"""`GET /live`: the one event stream of a page."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from quart import Blueprint, Quart, Response, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed

from mathsoc.db import Database
from mathsoc.errors import Missing, TooMany
from mathsoc.live import service, sse
from mathsoc.live.bridge import Bridge, MemoryBridge
from mathsoc.live.hub import Hub
from mathsoc.live.postgres import PostgresBridge

TOPICS = 12
TOPICS_LENGTH = 500  # characters of the whole parameter
HEARTBEAT = 15.0  # seconds, ± a tenth, so that a hall of phones is not written to in one moment
LIFE = (2700.0, 3600.0)  # seconds; a stream ends somewhere in here, and its client comes back by itself
RETRY = (1000, 3000)  # milliseconds; each stream is given its own, so that clients do not return together

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

blueprint = Blueprint("live", __name__)


def attach(app: Quart, database: Database) -> Hub:
    """Give the application its hub: the route, the announcer, start and stop with the server.

    The closing event, which the launcher sets first when the process is to stop, is made here too.
    """
    bridge: Bridge = MemoryBridge() if database.sqlite else PostgresBridge(database.url)
    hub = Hub(service.versions_of(database), bridge)
    app.live = hub  # type: ignore[attr-defined]
    app.register_blueprint(blueprint)
    database.announcer = hub.announced
    watchers: list[asyncio.Task[None]] = []

    async def watch(closing: asyncio.Event) -> None:
        await closing.wait()
        hub.end_streams()

    async def start() -> None:
        app.closing = asyncio.Event()  # type: ignore[attr-defined]
        watchers.append(asyncio.create_task(watch(app.closing)))  # type: ignore[attr-defined]
        await hub.start()

    async def stop() -> None:
        while watchers:
            watchers.pop().cancel()
        await hub.stop()

    app.before_serving(start)
    app.after_serving(stop)
    return hub


@blueprint.get("/live", provide_automatic_options=False)
async def live() -> Response:
    """The stream of the topics in the query string, for as long as the viewer stays."""
    if request.method != "GET":  # a HEAD would hold a stream open and see nothing of it
        raise MethodNotAllowed(["GET"])
    hub: Hub = current_app.live  # type: ignore[attr-defined]
    viewer = g.get("viewer")
    audiences = await hub.audiences(parse_topics(request.args.get("topics", "")), viewer)
    if hub.closing or hub.streams.full:
        return _not_now(503, 5)
    client = Client(viewer, request.remote_addr, request.headers.get("Last-Event-ID", ""))
    body = serve(current_app._get_current_object(), audiences, client)  # type: ignore[attr-defined]
    response = Response(body, content_type="text/event-stream", headers=HEADERS)
    response.timeout = None  # else Quart cuts the stream after a minute
    return response


@blueprint.errorhandler(TooMany)
async def too_many(error: TooMany) -> Response:
    return _not_now(429, error.retry_after)


def _not_now(status: int, seconds: int) -> Response:
    # The reply must not replace what stands on the page: htmx swaps error replies too.
    return Response(status=status, headers={"retry-after": str(seconds), "hx-reswap": "none"})


@dataclass(frozen=True)
class Client:
    """Who opened a stream, from where, and what they had already."""

    viewer: object
    address: str | None
    last_event_id: str = ""


def parse_topics(text: str) -> list[str]:
    """The distinct topics of "a:b,c:d", in their order. Raises Missing for any that cannot be one."""
    if len(text) > TOPICS_LENGTH:
        raise Missing("too many live topics")
    topics = list(dict.fromkeys(text.split(",")))
    if len(topics) > TOPICS or not all(service.TOPIC.fullmatch(topic) for topic in topics):
        raise Missing("there is no such live topic")
    return topics


async def serve(app: Quart, audiences: Mapping[str, str], client: Client) -> AsyncIterator[bytes]:
    """The bytes of one stream: values as they come, a heartbeat, and a clean end between two events."""
    hub: Hub = app.live  # type: ignore[attr-defined]
    # Subscribed in here and not in the view: a generator that is never begun is never closed either.
    stream = hub.subscribe(audiences, client.last_event_id)
    loop = asyncio.get_running_loop()
    end = loop.time() + random.uniform(*LIFE)  # noqa: S311  (spreads load, guards nothing)
    beat = _next_beat(loop)
    try:
        hub.enter(stream, client.viewer, client.address)
        yield sse.retry_line(random.randint(*RETRY))  # noqa: S311
        while not stream.ended and loop.time() < end:
            if loop.time() >= beat:
                beat = _next_beat(loop)
                yield sse.HEARTBEAT
            elif chunk := stream.pending():
                yield chunk
            else:
                await stream.wait(beat - loop.time())
    finally:
        stream.close()


def _next_beat(loop: asyncio.AbstractEventLoop) -> float:
    return loop.time() + HEARTBEAT * random.uniform(0.9, 1.0)  # noqa: S311

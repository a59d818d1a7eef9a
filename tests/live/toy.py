"""A small application with one live source, for tests and the benchmark: a counter that anybody may raise."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

from quart import Quart, g, request

from mathsoc import server
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.errors import Missing
from mathsoc.live import Hub, announce, attach
from mathsoc.live.models import LiveTopic
from mathsoc.live.service import versions


class Counter:
    """Shows how often the topic was announced; `size` pads the fragment (bytes)."""

    def __init__(self, database: Database, size: int = 0) -> None:
        self.database = database
        self.size = size

    async def audience(self, name: str, viewer: object) -> str | None:
        return None if name == "hidden" else "public"

    async def render(self, name: str, audience: str) -> str:
        async with self.database.reading() as session:
            value = (await versions(session, [f"count:{name}"]))[f"count:{name}"]
        return f'<hx-partial hx-target="#count-{name}"><b>{value}</b></hx-partial>' + " " * self.size


def create_app(config: Config) -> Quart:
    """The toy: /live and the pages below; the header X-Viewer says who asks."""
    app = Quart(__name__)
    database = Database(config.database_url)
    hub = attach(app, database)
    hub.source("count", Counter(database, int(os.environ.get("TOY_SIZE", "0"))))

    hub.viewer_key = lambda viewer: viewer if isinstance(viewer, str) else None

    @app.before_request
    async def viewer() -> None:
        g.viewer = request.headers.get("X-Viewer")

    @app.before_serving
    async def tables() -> None:
        if database.sqlite:  # a test on PostgreSQL brings a migrated database
            async with database.writing() as session:
                connection = await session.connection()
                await connection.run_sync(LiveTopic.metadata.tables["live_topics"].create, checkfirst=True)

    @app.after_serving
    async def leave() -> None:
        await database.close()

    @app.errorhandler(Missing)
    async def missing(_error: Missing) -> tuple[str, int]:
        return "", 404

    _pages(app, hub, database)
    return app


def _pages(app: Quart, hub: Hub, database: Database) -> None:
    @app.post("/count/<name>")
    async def count(name: str) -> str:
        async with database.writing() as session:
            await announce(session, f"count:{name}")
        return ""

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(1.0)
        return "answered"

    @app.get("/pid")
    async def pid() -> str:
        return str(os.getpid())

    @app.get("/open")
    async def opened() -> str:
        return f"open {len(hub.streams)} watched {len(hub.watched())}"

    @app.post("/crash")
    async def crash() -> str:
        os._exit(7)

    @app.get("/address")
    async def address() -> str:
        return f"{request.remote_addr} {request.scheme}"


def broken_app(config: Config) -> Quart:
    """An application that cannot start."""
    app = Quart(__name__)

    @app.before_serving
    async def fail() -> None:
        raise RuntimeError("no start")

    return app


FACTORIES: dict[str, Callable[[Config], Quart]] = {"toy": create_app, "broken": broken_app}

if __name__ == "__main__":
    _, factory, port, workers = sys.argv
    # The factories of the imported module, not of __main__: a worker finds them by that name.
    from tests.live import toy

    server.run(toy.FACTORIES[factory], Config.from_environment(), "127.0.0.1", int(port), int(workers))

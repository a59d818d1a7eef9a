"""The body of a stream: its heartbeat, its guard and its end. The toy application, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest
import pytest_asyncio
from quart import Quart, current_app

from mathsoc.config import Config
from mathsoc.live import Hub, sse, sweep, views
from mathsoc.live.limits import Limits
from mathsoc.live.sweep import Sweep
from tests.live import toy

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest_asyncio.fixture(loop_scope="session")
async def app(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    monkeypatch.setattr(views, "HEARTBEAT", 0.02)
    monkeypatch.setattr(sweep, "EVERY", 0.02)
    app = toy.create_app(config)
    async with app.test_app():
        yield app


def hub_of(app: Quart) -> Hub:
    hub: Hub = app.live  # type: ignore[attr-defined]
    return hub


def body(app: Quart, viewer: str | None = "alice") -> AsyncIterator[bytes]:
    return views.serve(app, {"count:a": "public"}, views.Client(viewer, "192.0.2.1"))


async def rest(chunks: AsyncIterator[bytes], seconds: float = 5.0) -> list[bytes]:
    async with asyncio.timeout(seconds):
        return [chunk async for chunk in chunks]


async def test_an_idle_stream_beats(app: Quart) -> None:
    chunks = body(app)
    seen = [await anext(chunks) for _ in range(6)]
    assert seen[0].startswith(b"retry: ")
    assert seen.count(sse.HEARTBEAT) >= 3
    await chunks.aclose()  # type: ignore[attr-defined]
    assert len(hub_of(app).streams) == 0


async def test_the_guard_ends_a_stream_and_may_use_the_application(app: Quart) -> None:
    gone: set[object] = set()
    asked: list[Collection[object]] = []

    async def guard(viewers: Collection[object]) -> Collection[object]:
        assert current_app.name == app.name
        asked.append(viewers)
        return gone

    hub_of(app).guard = guard
    alice, also, bob, nobody = body(app), body(app), body(app, "bob"), body(app, None)
    for _ in range(4):
        for one in (alice, also, bob, nobody):
            await anext(one)
    gone.add("alice")
    await rest(alice)
    await rest(also)
    assert await anext(bob) and await anext(nobody)
    assert ["alice", "alice", "bob"] in asked, "all signed-in viewers together, and nobody else"
    for one in (bob, nobody):
        await one.aclose()  # type: ignore[attr-defined]


async def test_nobody_signed_in_asks_nothing(app: Quart) -> None:
    async def guard(_viewers: Collection[object]) -> Collection[object]:
        raise AssertionError("asked about nobody")

    hub_of(app).guard = guard
    nobody = body(app, None)
    await anext(nobody)
    await Sweep(hub_of(app).streams, lambda: guard).once()
    await nobody.aclose()  # type: ignore[attr-defined]


async def test_a_guard_that_cannot_answer_ends_the_signed_in_streams_only_in_the_long_run(
    app: Quart, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = True

    async def guard(_viewers: Collection[object]) -> Collection[object]:
        if broken:
            raise OSError("the database is away")
        return ()

    streams = hub_of(app).streams
    alice, nobody = body(app), body(app, None)
    for _ in range(4):
        await anext(alice)
        await anext(nobody)
    swept = Sweep(streams, lambda: guard)
    for broken in (True, True, False, True, True):  # noqa: B007 (the guard reads it)
        await swept.once()
    assert len(streams) == 2
    assert caplog.text.count("cannot answer") == 2, "once for each outage"
    monkeypatch.setattr(sweep, "FAILING", 0.0)
    await swept.once()
    await rest(alice)
    assert await anext(nobody)
    await nobody.aclose()  # type: ignore[attr-defined]


async def test_a_stream_has_a_longest_life(app: Quart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LIFE", (0.05, 0.06))
    assert len(await rest(body(app))) >= 2


async def test_a_body_that_is_never_begun_leaves_nothing(app: Quart) -> None:
    await body(app).aclose()  # type: ignore[attr-defined]
    assert (len(hub_of(app).streams), hub_of(app).watched()) == (0, [])


async def test_the_closing_event_ends_streams_and_refuses_new_ones(app: Quart) -> None:
    chunks = body(app)
    await anext(chunks)
    app.closing.set()  # type: ignore[attr-defined]
    await rest(chunks)
    reply = await app.test_client().get("/live?topics=count:a")
    assert reply.status_code == 503
    assert reply.headers["hx-reswap"] == "none"


async def test_one_more_than_the_process_holds_is_refused_and_nobody_else_is_ended(app: Quart) -> None:
    hub_of(app).streams.limits = Limits(total=2)
    streams = [body(app), body(app, None)]
    for one in streams:
        await anext(one)
    reply = await app.test_client().get("/live?topics=count:a")
    assert (reply.status_code, reply.headers["hx-reswap"]) == (503, "none")
    assert int(reply.headers["Retry-After"]) > 0
    for one in streams:
        assert await anext(one)
        await one.aclose()  # type: ignore[attr-defined]

"""A source and a version table without a database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager

from mathsoc.live import Hub
from mathsoc.live.stream import Stream


class Board:
    """Shows the number of changes; `broken` makes renders fail, `gate` holds them back."""

    def __init__(self) -> None:
        self.changes: Counter[str] = Counter()
        self.rendered: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        self.version_reads = 0
        self.unreadable = False

    async def audience(self, name: str, viewer: object) -> str | None:
        if name == "hidden" or (name == "staff-room" and viewer != "teacher"):
            return None
        return "staff" if viewer == "teacher" else "member"

    async def render(self, name: str, audience: str) -> str:
        self.rendered.append((name, audience))
        if audience in self.broken:
            raise RuntimeError("this board cannot be shown")
        shown = self.changes[f"board:{name}"]
        await self.gate.wait()
        return f"<p>{name} {shown} for {audience}</p>"

    async def versions(self, topics: Collection[str]) -> Mapping[str, int]:
        self.version_reads += 1
        if self.unreadable:
            raise OSError("the database is away")
        return {topic: self.changes[topic] for topic in topics}

    def change(self, topic: str) -> None:
        self.changes[topic] += 1


@asynccontextmanager
async def running(board: Board, interval: float = 0.05) -> AsyncIterator[Hub]:
    """A started hub that serves `board` under the prefix "board"."""
    hub = Hub(board.versions, interval=interval)
    hub.source("board", board)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def more(stream: Stream, seconds: float = 5.0) -> str:
    """The next that the stream has to send."""
    async with asyncio.timeout(seconds):
        while not (chunk := stream.pending()):
            assert not stream.ended, "the stream ended"
            await stream.wait(seconds)
    return chunk.decode()


async def until(stream: Stream, text: str, seconds: float = 5.0) -> str:
    """The first that the stream sends with `text` in it."""
    async with asyncio.timeout(seconds):
        while text not in (chunk := await more(stream, seconds)):
            pass
    return chunk


async def true(condition: Callable[[], object | Awaitable[object]], seconds: float = 10.0) -> None:
    """Wait until the condition holds; for what other processes do, which no event of ours tells."""
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if await holds if isinstance(holds, Awaitable) else holds:
                return
            await asyncio.sleep(0.005)


async def quiet(stream: Stream, seconds: float = 0.15) -> None:
    """Nothing comes for this long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        assert stream.pending() == b""
        await stream.wait(left)
    assert stream.pending() == b""

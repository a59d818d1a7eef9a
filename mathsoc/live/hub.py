"""The hub of one process: who watches what, and telling them when it moves."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping

from mathsoc.errors import Missing
from mathsoc.live.bridge import Bridge, MemoryBridge
from mathsoc.live.limits import Limits, OpenStreams
from mathsoc.live.stream import Stream
from mathsoc.live.sweep import Guard, Sweep
from mathsoc.live.topic import Group, Source, Topic

INTERVAL = 1.0  # seconds between two values for one audience: a new view transition cuts the last one
RENDERS = 4  # at once; more would take the database connections that answers need

ReadVersions = Callable[[Collection[str]], Awaitable[Mapping[str, int]]]
Pairs = tuple[tuple[str, str], ...]

log = logging.getLogger(__name__)


class Hub:
    """Shares one rendered value per (topic, audience) between all streams that show it.

    `guard`, when set, is asked every two seconds which of the signed-in viewers of open streams (one for each
    stream) no longer hold; their streams are ended. It runs in the application's context but outside any
    request. `viewer_key`, when set, names the viewer whose streams are counted together (None: nobody is
    signed in, so only the address counts and the guard is not asked).
    """

    def __init__(
        self,
        read_versions: ReadVersions,
        bridge: Bridge | None = None,
        *,
        interval: float = INTERVAL,
        limits: Limits | None = None,
    ) -> None:
        self.streams = OpenStreams(limits or Limits())
        self.bridge = bridge or MemoryBridge()
        self.guard: Guard | None = None
        self.viewer_key: Callable[[object], str | None] | None = None
        self.closing = False
        self._read_versions = read_versions
        self._interval = interval
        self._sources: dict[str, Source] = {}
        self._topics: dict[str, Topic] = {}
        self._groups: dict[Pairs, Group] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(RENDERS)
        self._context = contextvars.copy_context()
        self._sweep: Sweep | None = None

    def source(self, prefix: str, source: Source) -> None:
        """Serve the topics "prefix:…" from `source`. Raises ValueError for a prefix that is taken."""
        if prefix in self._sources:
            raise ValueError(f"the live prefix {prefix!r} is taken")
        self._sources[prefix] = source

    async def audiences(self, topics: Iterable[str], viewer: object) -> dict[str, str]:
        """The audience of `viewer` for each topic. Raises Missing for one unknown or not allowed."""
        found: dict[str, str] = {}
        for topic in topics:
            prefix, _, name = topic.partition(":")
            source = self._sources.get(prefix)
            audience = await source.audience(name, viewer) if source else None
            if audience is None:
                raise Missing("there is no such live topic")
            found[topic] = audience
        return found

    def enter(self, stream: Stream, viewer: object, address: str | None) -> None:
        """Count a stream that is about to be served."""
        key = self.viewer_key(viewer) if self.viewer_key else None
        self.streams.enter(stream, key, address, viewer if key is not None else None)

    def subscribe(self, audiences: Mapping[str, str], last_event_id: str = "") -> Stream:
        """A stream of these topics for these audiences; `close` it, or its values are kept for ever."""
        pairs = tuple(audiences.items())
        group = self._groups.get(pairs)
        if group is None:
            channels = tuple(self._topic(topic).channel(audience) for topic, audience in pairs)
            group = self._groups[pairs] = Group(pairs, channels)
            for channel in channels:
                channel.groups.add(group)
        group.readers += 1
        stream = Stream(group, last_event_id, self._left)
        stream.ended = self.closing
        return stream

    async def announced(self, topics: Collection[str]) -> None:
        """What the database calls after a commit: tell the streams here, then the other processes."""
        for topic in topics:
            self.hint(topic)
        self.bridge.notify(topics)

    def hint(self, topic: str) -> None:
        """A topic may have moved; only its version says so."""
        if topic in self._topics:
            self._topics[topic].mark_stale()

    def watched(self) -> list[str]:
        """The topics that have subscribers in this process."""
        return list(self._topics)

    def moved(self, versions: Mapping[str, int]) -> None:
        """Compare versions just read with those on show: a missed hint ends here."""
        for name, version in versions.items():
            topic = self._topics.get(name)
            if topic is not None and topic.version is not None and topic.version != version:
                topic.mark_stale()

    async def read_versions(self, topics: Collection[str]) -> Mapping[str, int]:
        """The versions of these topics now, from the database."""
        return await self._read_versions(topics)

    async def start(self) -> None:
        """Begin serving. Renders run in the context of this call (the application's, never a request's)."""
        self.closing = False
        self._context = contextvars.copy_context()
        await self.bridge.start(self)
        self._sweep = Sweep(self.streams, lambda: self.guard)
        self._keep(self._sweep.run())

    def end_streams(self) -> None:
        """End every stream, and every later one at once: the process is about to stop."""
        self.closing = True
        self.streams.end_all()

    async def stop(self) -> None:
        """End the streams, let renders in progress finish (1 s), leave the bridge."""
        self.end_streams()
        await self.bridge.stop()
        if self._sweep is not None:
            self._sweep.stop()
        for topic in self._topics.values():
            topic.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=1.0)
            for task in late:
                task.cancel()

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            source = self._sources[name.partition(":")[0]]
            topic = self._topics[name] = Topic(name, source, self._version, self._slots, self._interval)
            self._keep(topic.run())
        return self._topics[name]

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        """Run until it ends, never in the context of a request: what it does must know no viewer."""
        task = asyncio.get_running_loop().create_task(work, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _version(self, topic: str) -> int:
        return (await self._read_versions([topic]))[topic]

    def _left(self, stream: Stream) -> None:
        self.streams.leave(stream)
        group = stream.group
        group.readers -= 1
        if group.readers:
            return
        del self._groups[group.pairs]
        for (name, audience), channel in zip(group.pairs, group.channels, strict=True):
            channel.groups.discard(group)
            if not channel.groups:
                topic = self._topics[name]
                del topic.channels[audience]
                if not topic.channels:
                    topic.close()
                    del self._topics[name]

"""One topic that somebody is watching: when to render it, and the latest value of each audience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from mathsoc.live import sse

WORK_LIMIT = 10.0  # seconds; a read or a render that hangs is given up and tried again

log = logging.getLogger(__name__)


class Source(Protocol):
    """What a slice registers for its prefix. Both are called without a request and open their own reads."""

    async def audience(self, name: str, viewer: object) -> str | None:
        """The audience that `viewer` belongs to for this topic; None when not allowed or unknown."""

    async def render(self, name: str, audience: str) -> str:
        """The HTML of one or more fragments, each in its `<hx-partial>`, the same for all of an audience."""


class Group:
    """All streams that follow the same (topic, audience) pairs: one event wakes them all."""

    def __init__(self, pairs: tuple[tuple[str, str], ...], channels: tuple[Channel, ...]) -> None:
        self.pairs = pairs
        self.channels = channels
        self.key = sse.stream_key(pairs)
        self.readers = 0
        self.changed = asyncio.Event()

    def wake(self) -> None:
        # Swapped, not cleared: whoever holds the old event sees it set, however late they look.
        before, self.changed = self.changed, asyncio.Event()
        before.set()


class Channel:
    """The latest value of one topic for one audience, as ready-encoded bytes."""

    def __init__(self, audience: str) -> None:
        self.audience = audience
        self.value = b""
        self.version: int | None = None
        self.number = 0  # counts the values; 0 is "none yet"
        self.stale = True
        self.due = 0.0  # the loop's time before which it is not rendered again
        self.groups: set[Group] = set()

    def publish(self, value: bytes, version: int) -> None:
        self.value, self.version = value, version
        self.number += 1
        for group in self.groups:
            group.wake()


class Topic:
    """Renders what is stale: the first change at once, then at most once per interval and audience."""

    def __init__(
        self,
        name: str,
        source: Source,
        read_version: Callable[[str], Awaitable[int]],
        slots: asyncio.Semaphore,
        interval: float,
    ) -> None:
        self.name = name
        self.version: int | None = None
        self.channels: dict[str, Channel] = {}
        self.closed = False
        self._source = source
        self._read_version = read_version
        self._slots = slots
        self._interval = interval
        self._woken = asyncio.Event()

    def channel(self, audience: str) -> Channel:
        """The channel of this audience, made (and rendered soon) if it is the first time."""
        if audience not in self.channels:
            self.channels[audience] = Channel(audience)
            self._woken.set()
        return self.channels[audience]

    def mark_stale(self) -> None:
        """Something may have changed; the version decides whether anything is rendered."""
        for channel in self.channels.values():
            channel.stale = True
        self._woken.set()

    def close(self) -> None:
        """End `run` after the render in progress; a cancelled query would cost its connection."""
        self.closed = True
        self._woken.set()

    async def run(self) -> None:
        """Refresh whenever something is stale, until closed."""
        loop = asyncio.get_running_loop()
        while not self.closed:
            now = loop.time()
            stale = [channel for channel in self.channels.values() if channel.stale]
            due = [channel for channel in stale if channel.due <= now]
            if due:
                await self._refresh(due)
                continue
            pause = min((channel.due - now for channel in stale), default=None)
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def _refresh(self, due: list[Channel]) -> None:
        # Cleared before anything is read, so that a change meanwhile makes it stale again.
        for channel in due:
            channel.stale = False
        version: int | None = None
        try:
            async with asyncio.timeout(WORK_LIMIT), self._slots:
                # Read before rendering: the HTML is then at least as new as the version it is sent under.
                version = self.version = await self._read_version(self.name)
        except Exception:
            log.exception("the version of %s could not be read; trying again", self.name)
        for channel in due:
            if version is None:
                self._retry(channel)
            elif channel.version != version:
                await self._render(channel, version)

    async def _render(self, channel: Channel, version: int) -> None:
        name = self.name.partition(":")[2]
        try:
            async with asyncio.timeout(WORK_LIMIT), self._slots:
                html = await self._source.render(name, channel.audience)
        except Exception:
            # Whatever a slice's template does wrong, the other audiences and topics go on.
            log.exception("%s could not be rendered for %s; trying again", self.name, channel.audience)
            self._retry(channel)
        else:
            channel.publish(sse.data_lines(html), version)
            channel.due = asyncio.get_running_loop().time() + self._interval

    def _retry(self, channel: Channel) -> None:
        channel.stale = True
        channel.due = asyncio.get_running_loop().time() + self._interval

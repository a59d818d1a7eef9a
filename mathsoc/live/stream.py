"""One client's stream: what it lacks, and waiting for more. Holds no task, queue or connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mathsoc.live import sse
from mathsoc.live.topic import Group


class Stream:
    """Reads the shared values of its group; a slow reader only ever misses states in between."""

    def __init__(self, group: Group, last_event_id: str, on_close: Callable[[Stream], None]) -> None:
        self.group = group
        self.ended = False
        self._on_close = on_close
        self._closed = False
        self._versions = list(sse.known_versions(last_event_id, group.key, len(group.channels)))
        self._numbers = [0] * len(group.channels)
        self._event = group.changed
        self._timer: asyncio.Timeout | None = None

    def pending(self) -> bytes:
        """The latest values that this client has not been given, ready to send; empty when it has all."""
        # Taken before looking, so that a change from here on is seen by the next wait.
        self._event = self.group.changed
        chunks: list[bytes] = []
        for index, channel in enumerate(self.group.channels):
            if channel.number == self._numbers[index]:
                continue
            self._numbers[index] = channel.number
            if channel.version != self._versions[index]:
                self._versions[index] = channel.version
                chunks += (sse.id_line(self.group.key, tuple(self._versions)), channel.value)
        return b"".join(chunks)

    async def wait(self, seconds: float) -> None:
        """Return when something has changed since `pending`, when ended, or after `seconds`."""
        if self.ended:
            return
        try:
            async with asyncio.timeout(seconds) as self._timer:
                await self._event.wait()
        except TimeoutError:
            pass
        finally:
            self._timer = None

    def end(self) -> None:
        """Ask the stream to end after what it is sending; from any task of the loop."""
        self.ended = True
        if self._timer is not None and not self._timer.expired():
            self._timer.reschedule(asyncio.get_running_loop().time())

    def close(self) -> None:
        """Leave the group; to be called once the client is served, and harmless again."""
        if not self._closed:
            self._closed = self.ended = True
            self._on_close(self)

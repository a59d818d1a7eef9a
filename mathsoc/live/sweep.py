"""Ends the streams of whoever no longer holds the rights that the stream was opened with.

One sweep per process asks about all of them together, so that thousands of streams cost one question.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from mathsoc.live.limits import OpenStreams

EVERY = 2.0  # seconds between two sweeps: with the query and a slow moment, under five
ANSWER = 10.0  # seconds in which the guard must answer
FAILING = 60.0  # seconds of a guard that cannot answer, after which that counts as a no for everybody

Guard = Callable[[Collection[object]], Awaitable[Collection[object]]]

log = logging.getLogger(__name__)


class Sweep:
    """Asks `guard()`, where there is one, about the signed-in viewers of `streams`."""

    def __init__(self, streams: OpenStreams, guard: Callable[[], Guard | None]) -> None:
        self._streams = streams
        self._guard = guard
        self._stopped = asyncio.Event()
        self._failing_since: float | None = None

    async def run(self) -> None:
        """Sweep until stopped."""
        while not self._stopped.is_set():
            await self.once()
            try:
                async with asyncio.timeout(EVERY):
                    await self._stopped.wait()
            except TimeoutError:
                pass

    def stop(self) -> None:
        """End `run` after the question in progress; a cancelled query would cost its connection."""
        self._stopped.set()

    async def once(self) -> None:
        """One question and its consequences. Asks nothing while nobody is signed in."""
        guard, viewers = self._guard(), self._streams.viewers()
        if guard is None or not viewers:
            return
        try:
            async with asyncio.timeout(ANSWER):
                gone = await guard(viewers)
        except Exception:
            now = asyncio.get_running_loop().time()
            if self._failing_since is None:
                self._failing_since = now
                log.exception("the guard of the live streams cannot answer")
            if now - self._failing_since < FAILING:
                return
            gone = viewers
        else:
            self._failing_since = None
        if gone and (count := self._streams.end_of(gone)):
            log.info("%d streams ended, since their sessions no longer hold", count)

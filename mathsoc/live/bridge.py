"""What carries a hint to other processes; in one process, nothing but the re-read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Protocol

REREAD = 3.0  # seconds

log = logging.getLogger(__name__)


class Listener(Protocol):
    """What a bridge needs of the hub."""

    def hint(self, topic: str) -> None: ...
    def watched(self) -> list[str]: ...
    def moved(self, versions: Mapping[str, int]) -> None: ...
    async def read_versions(self, topics: Collection[str]) -> Mapping[str, int]: ...


class Bridge(Protocol):
    """Carries topics between the hubs of several processes. A notification is only a hint."""

    async def start(self, hub: Listener) -> None: ...
    async def stop(self) -> None: ...
    def notify(self, topics: Collection[str]) -> None: ...


class MemoryBridge:
    """One process serves: the hub has told its streams already.

    The re-read stays, because a command may change the same database from outside.
    """

    def __init__(self, reread: float = REREAD) -> None:
        self._reread = reread
        self._task: asyncio.Task[None] | None = None

    async def start(self, hub: Listener) -> None:
        self._task = asyncio.create_task(self._run(hub))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def notify(self, topics: Collection[str]) -> None:
        pass

    async def _run(self, hub: Listener) -> None:
        while True:
            await asyncio.sleep(self._reread)
            if topics := hub.watched():
                try:
                    hub.moved(await hub.read_versions(topics))
                except Exception:
                    # A database that is away for a moment must not end the re-read for good.
                    log.exception("the versions of the live topics could not be read")

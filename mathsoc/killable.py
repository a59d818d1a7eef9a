"""Work off the event loop, in processes that can be killed: what marking and uploads have in common.

Knows nothing of ours but `contained`, and neither web nor database.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from mathsoc import contained

log = logging.getLogger(__name__)
T = TypeVar("T")

_STARTS = 2  # times that one task may find the pool broken
# What the one fork server of this process loads for the workers of all pools.
_preloaded = {"mathsoc.contained"}


class NotFinished(Exception):
    """A task met a limit: of "timeout", "memory", "busy" (queue), "stopped"; or it "crashed"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Broken(Exception):
    """The pool itself failed, not the task."""


@dataclass(frozen=True)
class Bounds:
    """The limits of one pool; times in seconds, memory in bytes."""

    workers: int
    task_seconds: float  # of work in a worker
    total_seconds: float  # of waiting and work together
    start_seconds: float  # for the workers to come up, once
    worker_bytes: int
    queue_length: int


def preload(*modules: str) -> None:
    """Have workers find these loaded. To be called before any pool of this process comes up."""
    _preloaded.update(modules)


class Pool:
    """A few worker processes with limits of time, memory and queue. Safe to share between tasks.

    Errors of the classes in `passes` are the task's own and pass through; any other is NotFinished.
    """

    def __init__(self, name: str, bounds: Bounds, passes: type[Exception]) -> None:
        self.bounds = bounds
        self._name = name
        self._passes = passes
        self._pool: Any = None
        self._ready: Future[bool] | None = None
        self._lock = threading.Lock()
        self._waiting = 0

    def start(self) -> None:
        """Bring the workers up; blocks until the first is there. Called again, does nothing."""
        with self._lock:
            if self._pool is not None:
                return
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(sorted(_preloaded))
            _start_forkserver()
            self._pool = ProcessPool(
                max_workers=self.bounds.workers,
                context=context,
                initializer=contained.prepare,
                initargs=(self._name, self.bounds.worker_bytes, os.getpid()),
            )
            self._ready = self._pool.schedule(contained.ping)

    def stop(self) -> None:
        """End the workers at once, whatever they do."""
        with self._lock:
            pool, self._pool, self._ready = self._pool, None, None
        if pool is not None:
            pool.stop()
            pool.join()

    async def work(self, function: Callable[..., T], *args: object) -> T:
        """One task in a worker, within the bounds. Raises NotFinished where one was met."""
        if self._waiting >= self.bounds.queue_length:
            raise NotFinished("busy")
        self._waiting += 1
        try:
            for _ in range(_STARTS):
                await self._come_up()
                try:
                    return await self._finished(function, args)
                except _Broken as broken:
                    log.warning("the %s pool broke (%s); starting another", self._name, broken)
                    await asyncio.to_thread(self._replace, self._pool)
            raise NotFinished("busy")
        finally:
            self._waiting -= 1

    def _replace(self, broken: Any) -> None:
        """Forget a pool that no longer works; the next task starts another."""
        with self._lock:
            if self._pool is broken:
                self._pool, self._ready = None, None
        if broken is not None:
            with suppress(RuntimeError):
                broken.stop()

    async def _come_up(self) -> None:
        if self._pool is None:
            await asyncio.to_thread(self.start)
        ready = self._ready
        if ready is not None and not ready.done():
            await asyncio.wait([asyncio.wrap_future(ready)], timeout=self.bounds.start_seconds)

    async def _finished(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        pool = self._pool
        if pool is None:
            raise NotFinished("stopped")
        try:
            future: Future[T] = pool.schedule(function, args=list(args), timeout=self.bounds.task_seconds)
        except RuntimeError as refusal:
            raise _Broken(type(refusal).__name__) from refusal
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait([waiter], timeout=self.bounds.total_seconds)
        finally:
            began = future.running() or future.done()
            if not waiter.done():
                waiter.cancel()  # also ends a running worker: nobody waits for it any more
        if waiter.cancelled() or not waiter.done():
            # What never began did not take too long: the workers were busy with others.
            raise NotFinished("timeout" if began else "busy")
        error = waiter.exception()
        if isinstance(error, BrokenExecutor | RuntimeError) and not isinstance(error, RecursionError):
            raise _Broken(type(error).__name__)
        if error is None:
            return waiter.result()
        if isinstance(error, self._passes):
            raise error
        raise NotFinished(self._why(error))

    def _why(self, error: BaseException) -> str:
        """A worker ran out of time or memory, or died. The log has the kind of error, never what was sent."""
        if isinstance(error, TimeoutError):
            return "timeout"
        if isinstance(error, MemoryError):
            return "memory"
        expired = isinstance(error, ProcessExpired)
        log.warning("%s worker failed: %s", self._name, "process ended" if expired else type(error).__name__)
        return "crashed"


def _start_forkserver() -> None:
    """Bring the fork server up deaf to Ctrl-C, which reaches the whole group of processes."""
    resource_tracker.ensure_running()  # first, because its own start lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

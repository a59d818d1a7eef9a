"""Marking off the event loop: bounded layers in place, everything else in processes that can be killed.

A server calls `start()` when it boots and `stop()` when it ends; `mark_bounded` also starts the default
pool by itself, for the command line.
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
from multiprocessing import forkserver, resource_tracker
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from . import limits, worker
from .engine import mark_in_place, undecided
from .normal import Normal, normalise
from .reading import read
from .results import MarkingError, NeedsPool, Undecided, Verdict
from .scheme import Scheme
from .shown import Reading
from .traps import Trap, Tried, by_value, traps

PRELOADED = (  # what the engine imports only when it is needed
    "mathsoc.marking.worker", "mathsoc.marking.algebra.constants", "mathsoc.marking.judging.sampling",
    "mathsoc.marking.judging.nearness", "mathsoc.marking.judging.waves", "mathsoc.marking.traps",
)  # fmt: skip
log = logging.getLogger(__name__)
T = TypeVar("T")

_HUMAN = "The engine could not decide this. A person will look at it."


_STARTS = 2  # times that one task may find the pool broken


class _Broken(Exception):
    """The pool itself failed, not the task."""


class MarkingPool:
    """A few worker processes with limits of time, memory and queue. Safe to share between tasks."""

    def __init__(self, workers: int = limits.WORKERS, *, warm: bool = True) -> None:
        self._workers = workers
        self._warm = warm  # load SymPy before the first fork: slower to come up, then shared by all workers
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
            context.set_forkserver_preload([*PRELOADED, "sympy"] if self._warm else list(PRELOADED))
            _start_forkserver()
            self._pool = ProcessPool(
                max_workers=self._workers,
                context=context,
                initializer=worker.prepare,
                initargs=(limits.WORKER_BYTES, os.getpid()),
            )
            self._ready = self._pool.schedule(worker.ping)

    def stop(self) -> None:
        """End the workers at once, whatever they do."""
        with self._lock:
            pool, self._pool, self._ready = self._pool, None, None
        if pool is not None:
            pool.stop()
            pool.join()

    async def mark(self, answer: str, scheme: Scheme, notation: str = "auto") -> Verdict:
        """The verdict, in place or from a worker; `undecided` where time, memory or the queue ran out.

        Raises SchemeError where the scheme's own key cannot be used.
        """
        try:
            return mark_in_place(answer, scheme, notation)
        except NeedsPool as needed:
            reading = needed.reading
        return await self.run(reading, worker.task, answer, scheme, notation)

    async def run(self, reading: Reading, function: Callable[..., Verdict], *args: object) -> Verdict:
        """One marking in a worker; `undecided` where a limit was met. Raises the engine's own errors only."""
        try:
            return await self.work(function, *args)
        except Undecided as doubt:
            return undecided(doubt.reason, doubt.method, reading)

    async def work(self, function: Callable[..., T], *args: object) -> T:
        """One task in a worker, within the limits. Raises Undecided where one was met."""
        if self._waiting >= limits.QUEUE_LENGTH:
            raise Undecided(_HUMAN, "busy")
        self._waiting += 1
        try:
            for _ in range(_STARTS):
                await self._come_up()
                try:
                    return await self._finished(function, args)
                except _Broken as broken:
                    log.warning("the marking pool broke (%s); starting another", broken)
                    await asyncio.to_thread(self._replace, self._pool)
            raise Undecided(_HUMAN, "busy")
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
            await asyncio.wait([asyncio.wrap_future(ready)], timeout=limits.START_SECONDS)

    async def _finished(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        pool = self._pool
        if pool is None:
            raise Undecided(_HUMAN, "stopped")
        try:
            future: Future[T] = pool.schedule(function, args=list(args), timeout=limits.TASK_SECONDS)
        except RuntimeError as refusal:
            raise _Broken(type(refusal).__name__) from refusal
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait([waiter], timeout=limits.TOTAL_SECONDS)
        finally:
            began = future.running() or future.done()
            if not waiter.done():
                waiter.cancel()  # also ends a running worker: nobody waits for it any more
        if waiter.cancelled() or not waiter.done():
            # What never began did not take too long: the workers were busy with others.
            raise Undecided(_HUMAN, "timeout" if began else "busy")
        error = waiter.exception()
        if isinstance(error, BrokenExecutor | RuntimeError) and not isinstance(error, RecursionError):
            raise _Broken(type(error).__name__)
        if error is None:
            return waiter.result()
        if isinstance(error, MarkingError):
            raise error
        raise _failed(error)


def _failed(error: BaseException) -> Undecided:
    """A worker ran out of time or memory, or died. The log has the kind of error, never the answer."""
    if isinstance(error, TimeoutError):
        return Undecided(_HUMAN, "timeout")
    if isinstance(error, MemoryError):
        return Undecided(_HUMAN, "memory")
    expired = isinstance(error, ProcessExpired)
    log.warning("marking worker failed: %s", "process ended" if expired else type(error).__name__)
    return Undecided(_HUMAN, "crashed")


def _start_forkserver() -> None:
    """Bring the fork server up deaf to Ctrl-C, which reaches the whole group of processes."""
    resource_tracker.ensure_running()  # first, because its own start lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_default: MarkingPool | None = None
_default_lock = threading.Lock()


def default_pool(*, warm: bool = False, workers: int = limits.WORKERS) -> MarkingPool:
    """The pool of this process, made on first use; what is asked for counts only then."""
    global _default
    with _default_lock:
        if _default is None:
            _default = MarkingPool(workers, warm=warm)
        return _default


def start() -> None:
    """Bring up the default pool with everything loaded. Blocks for a second or two: call it at boot."""
    default_pool(warm=True).start()


def stop() -> None:
    """End the default pool and its workers."""
    global _default
    with _default_lock:
        pool, _default = _default, None
    if pool is not None:
        pool.stop()


async def mark_bounded(answer: str, scheme: Scheme, notation: str = "auto") -> Verdict:
    """The verdict on an answer, never blocking the event loop for longer than a few milliseconds."""
    return await default_pool().mark(answer, scheme, notation)


async def normalise_bounded(answer: str, scheme: Scheme, notation: str = "auto") -> Normal:
    """The normal form, in place or from a worker. Raises Undecided where a limit was met, SchemeError."""
    try:
        return normalise(answer, scheme, notation, in_place=True)
    except NeedsPool:
        return await default_pool().work(normalise, answer, scheme, notation)


async def try_traps(scheme: Scheme, statement: str = "") -> tuple[Tried, ...]:
    """The traps of a key, each with its verdict; all together take TRAPS_SECONDS at most.

    Those that time ran out for are undecided. Raises Undecided where the workers are too busy to propose
    any, SchemeError where the key cannot be read.
    """
    proposed = await default_pool().work(traps, scheme, statement)
    turns = asyncio.Semaphore(limits.WORKERS)  # members' answers must find a place beside these
    ends = asyncio.get_running_loop().time() + limits.TRAPS_SECONDS
    tried = await asyncio.gather(*(_try(trap, scheme, turns, ends) for trap in proposed))
    return tuple(one for one in tried if one is not None)


async def _try(trap: Trap, scheme: Scheme, turns: asyncio.Semaphore, ends: float) -> Tried | None:
    """The trap with its verdict; None for what was meant to be wrong and is right by chance."""
    try:
        async with asyncio.timeout_at(ends), turns:
            verdict = await mark_bounded(trap.answer, scheme)
            if verdict.correct and not trap.equal:
                by_chance = (await mark_bounded(trap.answer, by_value(scheme))).correct
                return None if by_chance else Tried(trap, verdict)
    except TimeoutError:
        verdict = undecided(_HUMAN, "timeout", read(trap.answer, scheme))
    return Tried(trap, verdict)

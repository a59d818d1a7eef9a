"""Marking off the event loop: bounded layers in place, everything else in processes that can be killed.

A server calls `start()` when it boots and `stop()` when it ends; `mark_bounded` also starts the default
pool by itself, for the command line.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from mathsoc.killable import Bounds, NotFinished, Pool, preload

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
preload(*PRELOADED)
T = TypeVar("T")

_HUMAN = "The engine could not decide this. A person will look at it."


class MarkingPool:
    """A few worker processes with limits of time, memory and queue. Safe to share between tasks."""

    def __init__(self, workers: int = limits.WORKERS, *, warm: bool = True) -> None:
        self._warm = warm  # load SymPy before the first fork: slower to come up, then shared by all workers
        bounds = Bounds(
            workers=workers,
            task_seconds=limits.TASK_SECONDS,
            total_seconds=limits.TOTAL_SECONDS,
            start_seconds=limits.START_SECONDS,
            worker_bytes=limits.WORKER_BYTES,
            queue_length=limits.QUEUE_LENGTH,
        )
        self.pool = Pool("marking", bounds, MarkingError)

    def start(self) -> None:
        """Bring the workers up; blocks until the first is there. Called again, does nothing."""
        if self._warm:
            preload("sympy")
        self.pool.start()

    def stop(self) -> None:
        """End the workers at once, whatever they do."""
        self.pool.stop()

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
        try:
            return await self.pool.work(function, *args)
        except NotFinished as limit:
            raise Undecided(_HUMAN, limit.why) from limit


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

"""Our engine as a server uses it: in place where that is bounded, else in the pool of workers."""

from __future__ import annotations

import asyncio
import time

from bench.rows import Row
from bench.score import Result, percentile
from mathsoc.marking import Scheme, SchemeError, read
from mathsoc.marking.pool import MarkingPool

OURS = "mathsoc"


class Server:
    """The pool, and a watcher that sees how late the event loop comes back while it marks."""

    name = OURS

    def __init__(self) -> None:
        self._pool = MarkingPool()
        self._late: list[float] = []
        self._marking = asyncio.Event()

    async def __aenter__(self) -> Server:
        await asyncio.to_thread(self._pool.start)
        self._watcher = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watcher.cancel()
        await asyncio.to_thread(self._pool.stop)

    async def mark(self, row: Row) -> Result:
        self._marking.set()
        started = time.perf_counter()
        outcome, method, reason = await self._outcome(row)
        spent = (time.perf_counter() - started) * 1000
        self._marking.clear()
        return Result(self.name, row, outcome, method, reason, spent)

    async def _outcome(self, row: Row) -> tuple[str, str, str]:
        try:
            scheme = Scheme(row.kind, row.key, row.options)
            if row.expected == "readable":
                reading = read(row.answer, scheme, row.notation)
                problem = reading.problem.message if reading.problem else ""
                return ("readable" if reading.ok else "unreadable"), "reading", problem
            verdict = await self._pool.mark(row.answer, scheme, row.notation)
            return verdict.outcome, verdict.method, verdict.reason
        except SchemeError as error:
            return "error", "", str(error)

    async def _watch(self) -> None:
        while True:
            await self._marking.wait()
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self._late.append((time.perf_counter() - before - 0.001) * 1000)

    def lateness(self) -> str:
        late = self._late or [0.0]
        return f"p99 {percentile(late, 99):.1f} ms late, at most {max(late):.1f} ms"

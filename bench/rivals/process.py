"""A contender in a process of its own: asked pair by pair, ended and begun anew when it takes too long."""

from __future__ import annotations

import asyncio
import json
import time
from asyncio.subprocess import DEVNULL, PIPE, Process

from bench.rows import Row
from bench.score import Result

PAIR_SECONDS = 10.0
START_SECONDS = 60.0
LINE_BYTES = 1 << 20


class NoStart(Exception):
    """The contender's process did not come up."""


class Contender:
    """One script that speaks the protocol. `name` stands in the tables."""

    def __init__(
        self,
        name: str,
        command: list[str],
        variables: dict[str, str] | None = None,
        limit: float = PAIR_SECONDS,
    ) -> None:
        self.name = name
        self._command = command
        # Nothing of this shell's settings: the scripts run third parties' code.
        self._variables = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", **(variables or {})}
        self._limit = limit
        self._process: Process | None = None

    async def start(self) -> None:
        """Bring it up. Raises NoStart."""
        pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": DEVNULL}
        self._process = await asyncio.create_subprocess_exec(
            *self._command, **pipes, env=self._variables, limit=LINE_BYTES
        )
        said = await self._said(START_SECONDS)
        if said is None or json.loads(said) != {"ready": True}:
            await self.stop()
            raise NoStart(f"{self.name} did not come up: {' '.join(self._command)}")

    async def mark(self, row: Row) -> Result:
        """The outcome and the milliseconds that the script itself has measured."""
        if self._process is None:
            await self.start()
        assert self._process is not None and self._process.stdin is not None
        started = time.perf_counter()
        self._process.stdin.write(request(row))
        said = await self._said(self._limit)
        if said:
            return Result(self.name, row, **json.loads(said))
        spent = (time.perf_counter() - started) * 1000
        await self.stop()
        outcome = "timeout" if said is None else "crashed"
        return Result(self.name, row, outcome, outcome, "", spent)

    async def _said(self, seconds: float) -> bytes | None:
        """One line; None when time ran out, nothing when the process has ended."""
        assert self._process is not None and self._process.stdout is not None
        try:
            return await asyncio.wait_for(self._process.stdout.readline(), seconds)
        except TimeoutError:
            return None

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()


def request(row: Row) -> bytes:
    pair = {
        "kind": row.kind,
        "answer": {"text": row.answer, "latex": row.latex},
        "key": {"text": row.key_latex or row.key, "latex": row.key_latex is not None},
        "own_key": row.key,
        "options": row.options,
        "notation": row.notation,
    }
    return json.dumps(pair).encode() + b"\n"

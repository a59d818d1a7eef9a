"""Hostile answers are bounded: in time, in memory, off the event loop, and no worker is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import forkserver
from pathlib import Path

import pytest

from mathsoc.marking import Reading, Scheme, SchemeError, Verdict, limits
from mathsoc.marking.pool import PRELOADED, MarkingPool
from tests.marking import misbehave

pytestmark = pytest.mark.timed

NOTHING = Reading(ok=True)
NEEDS_WORKER = ("expression", "|x|^2", "x^2")
HOSTILE = [
    "__import__('os').system('id')",
    "9**9**9**9",
    "(" * 10_000,
    "(" * 250 + ")" * 250,
    "*".join(f"sin({n}x)" for n in range(1, 60)),
    "+".join(f"sqrt(x+{n})" for n in range(40)),
    "sin(x)^100+cos(x)^100",
    "1/(1+1/(1+1/(1+1/(1+1/(1+1/(x^37+y^41+z^43))))))^9",
    "(a+b+c+d+f+g)^40*sin(x)",
    "x^x^x^x^x^x^x^x",
    "n!" * 100,
]


@pytest.fixture(scope="module")
def pool() -> Iterator[MarkingPool]:
    shared = MarkingPool(warm=False)
    shared.start()
    yield shared
    shared.stop()


@pytest.mark.parametrize("module", PRELOADED)
def test_what_is_loaded_ahead_exists(module: str) -> None:
    assert find_spec(module) is not None


async def test_a_worker_marks(pool: MarkingPool) -> None:
    kind, key, answer = NEEDS_WORKER
    verdict = await pool.mark(answer, Scheme(kind, key))
    assert (verdict.outcome, verdict.method) == ("correct", "sampled")


@pytest.mark.parametrize(
    ("task", "method"),
    [
        (misbehave.stuck, "timeout"),
        (misbehave.asleep, "timeout"),
        (misbehave.dead, "crashed"),
        (misbehave.hungry, "memory"),
        (misbehave.broken, "crashed"),
    ],
)
async def test_a_task_that_goes_wrong(pool: MarkingPool, task: Callable[[], Verdict], method: str) -> None:
    started = time.perf_counter()
    verdict = await pool.run(NOTHING, task)
    assert (verdict.outcome, verdict.method) == ("undecided", method)
    assert verdict.reason
    assert time.perf_counter() - started < limits.TOTAL_SECONDS + 1
    kind, key, answer = NEEDS_WORKER
    assert (await pool.mark(answer, Scheme(kind, key))).outcome == "correct"


async def test_a_worker_has_no_secrets(pool: MarkingPool, caplog: pytest.LogCaptureFixture) -> None:
    verdict = await pool.run(NOTHING, misbehave.environment)
    assert verdict.method == "crashed"
    assert "KeyError" in caplog.text  # the kind of error alone


async def test_a_full_queue_is_undecided_at_once(pool: MarkingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool.pool, "bounds", replace(pool.pool.bounds, queue_length=2))
    stuck = [asyncio.create_task(pool.run(NOTHING, misbehave.stuck)) for _ in range(2)]
    await asyncio.sleep(0.05)
    verdict = await pool.run(NOTHING, misbehave.stuck)
    assert (verdict.outcome, verdict.method) == ("undecided", "busy")
    await asyncio.gather(*stuck)


async def test_a_broken_key_is_the_officers_error(pool: MarkingPool) -> None:
    with pytest.raises(SchemeError):
        await pool.mark("x", Scheme("expression", "x+"))


async def test_hostile_answers_are_bounded_and_do_not_block_the_loop(pool: MarkingPool) -> None:
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before - 0.005)

    watcher = asyncio.create_task(watch())
    scheme = Scheme("expression", "x+1")
    for answer in HOSTILE:
        started = time.perf_counter()
        verdict = await pool.mark(answer, scheme)
        assert verdict.outcome != "correct"
        assert time.perf_counter() - started < limits.TOTAL_SECONDS + 0.5
    watcher.cancel()
    assert max(lags) < 1.0


async def test_others_go_on_while_one_is_stuck(pool: MarkingPool) -> None:
    stuck = asyncio.create_task(pool.run(NOTHING, misbehave.stuck))
    started = time.perf_counter()
    verdict = await pool.mark("x^2", Scheme("expression", "|x|^2"))
    assert verdict.outcome == "correct"
    assert time.perf_counter() - started < limits.TASK_SECONDS
    await stuck


SERVER = """
import asyncio, signal
from mathsoc.marking import pool, Scheme
# As in a terminal: who runs the tests in the background has them deaf to it, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
async def main():
    pool.start()
    print((await pool.mark_bounded("x^2", Scheme("expression", "|x|^2"))).outcome, flush=True)
    await asyncio.sleep(60)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pool.stop()
"""


def children(pid: int) -> set[int]:
    """The living descendants of a process."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found |= {int(entry.name)} | children(int(entry.name))
    return found


def living(pids: set[int]) -> set[int]:
    alive = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            alive.add(pid)
    return alive


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_the_server(how: signal.Signals) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert server.stdout is not None
    assert server.stdout.readline().strip() == "correct"
    workers = children(server.pid)
    assert workers
    started = time.perf_counter()
    server.send_signal(how)
    server.wait(10)
    while living(workers) and time.perf_counter() - started < 8:
        time.sleep(0.05)
    assert not living(workers)
    server.stdout.close()


@pytest.mark.parametrize("whom", ["one worker", "every worker", "the fork server"])
async def test_marking_goes_on_when_a_process_of_the_pool_is_killed(whom: str) -> None:
    """The kernel may end any of them when memory is short; nobody restarts the server for that."""
    pool = MarkingPool(workers=2, warm=False)
    scheme = Scheme("expression", "|x|^2")
    try:
        assert (await pool.mark("x^2", scheme)).outcome == "correct"
        forker = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
        workers = sorted(children(forker))
        chosen = {"one worker": workers[:1], "every worker": workers, "the fork server": [forker]}[whom]
        for pid in chosen:
            os.kill(pid, signal.SIGKILL)
        outcomes = [(await pool.mark(f"x^2+{n}-{n}", scheme)).outcome for n in range(8)]
        assert outcomes[-4:] == ["correct"] * 4, outcomes
        assert set(outcomes) <= {"correct", "undecided"}
    finally:
        pool.stop()

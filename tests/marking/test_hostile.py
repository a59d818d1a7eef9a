"""No text raises from reading or marking, none takes long, and none has two verdicts."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from mathsoc.marking import Scheme, read
from mathsoc.marking.engine import mark_in_place
from mathsoc.marking.pool import MarkingPool
from mathsoc.marking.results import NeedsPool
from mathsoc.marking.scheme import KINDS
from tests.marking.hostile import text

ROOT = Path(__file__).parents[2]
OUTCOMES = {"correct", "incorrect", "unreadable", "undecided"}
KEYS = {
    "number": "3", "expression": "x^2+1", "equation": "y=2x", "inequality": "x>1", "set": "{1,2}",
    "sequence": "(1,2)", "interval": "(1,2]", "matrix": "[[1,2],[3,4]]", "text": "a triangle", "choice": "B",
}  # fmt: skip


def worst_reading(first: int, count: int) -> tuple[float, float]:
    """The longest time of one reading and the one that 99 in 100 keep, in seconds of work."""
    spent = []
    for seed in range(first, first + count):
        chance = Random(seed)
        answer, kind = text(chance), KINDS[seed % len(KINDS)]
        before = time.process_time()
        reading = read(answer, Scheme(kind), chance.choice(["auto", "auto", "typed", "latex"]))
        spent.append(time.process_time() - before)
        assert reading.ok == (reading.problem is None), answer
        assert not reading.ok or reading.plain, answer
    spent.sort()
    return spent[-1], spent[len(spent) * 99 // 100]


def test_ten_thousand_texts_are_read_or_refused_at_once() -> None:
    worst, usual = worst_reading(0, 10_000)
    assert worst < 1.0 and usual < 0.05, (worst, usual)


@pytest.mark.drill
def test_a_hundred_thousand_texts_are_read_or_refused_at_once() -> None:
    worst, usual = worst_reading(10_000, 100_000)
    assert worst < 1.0 and usual < 0.05, (worst, usual)


def test_marking_in_place_never_fails_and_never_takes_long() -> None:
    for seed in range(2_000):
        answer, kind = text(Random(seed)), KINDS[seed % len(KINDS)]
        before = time.process_time()
        try:
            outcome = mark_in_place(answer, Scheme(kind, KEYS[kind])).outcome
        except NeedsPool:
            outcome = "undecided"
        assert outcome in OUTCOMES
        assert time.process_time() - before < 1.0, (kind, answer)


async def test_the_pool_keeps_its_limits() -> None:
    pool = MarkingPool(1, warm=False)
    await asyncio.to_thread(pool.start)
    try:
        for seed in range(150):
            answer, kind = text(Random(seed)), KINDS[seed % len(KINDS)]
            verdict = await pool.mark(answer, Scheme(kind, KEYS[kind]))
            assert verdict.outcome in OUTCOMES and verdict.method != "crashed", (kind, answer)
    finally:
        await asyncio.to_thread(pool.stop)


TELL = """
from random import Random
from mathsoc.marking import Scheme, mark
from tests.marking.rewriting import any_pair
from tests.marking.test_hostile import KEYS, KINDS
from tests.marking.hostile import text
for seed in range(60):
    kind, key, answer = any_pair(Random(seed))
    print(ascii(mark(answer, Scheme(kind, key))))
    kind = KINDS[seed % len(KINDS)]
    print(ascii(mark(text(Random(seed)), Scheme(kind, KEYS[kind]))))
"""


def test_every_process_has_the_same_verdicts() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT, check=True, capture_output=True, timeout=120,
        ).stdout
        for seed in ("0", "1", "4242")
    ]  # fmt: skip
    assert told[0].count(b"Verdict(") == 120
    assert told[0] == told[1] == told[2]

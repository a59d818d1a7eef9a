"""Files are read in a worker that may fail, hang or be killed; the server has no decoder in it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from mathsoc.errors import Busy, Refused
from mathsoc.uploads import rules, tasks, workshop
from tests.uploads.files import noted, picture, png


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def workers() -> AsyncIterator[None]:
    """A pool of each test's own, so that what one breaks is no other's."""
    await asyncio.to_thread(workshop.stop)
    yield
    await asyncio.to_thread(workshop.stop)


def bounded(**given: float) -> None:
    workshop.pool().bounds = replace(workshop.BOUNDS, **given)  # type: ignore[arg-type]


def hang(_data: bytes) -> bytes:
    time.sleep(60)
    return b""


def die(_data: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def hoard(_data: bytes) -> bytes:
    return b"".join([bytes(1 << 20) for _ in range(4096)])


def number(_data: bytes) -> int:
    return os.getpid()


async def test_a_picture_is_made_by_a_worker() -> None:
    made = await workshop.work(tasks.picture, noted("JPEG"))
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 30, 40)
    with pytest.raises(Refused, match="pixels"):
        await workshop.work(tasks.picture, png(10_000, 10_000))


@pytest.mark.parametrize(
    ("task", "words"), [(hang, rules.TOO_HEAVY), (hoard, rules.TOO_HEAVY), (die, rules.UNREADABLE)]
)
async def test_what_takes_too_much_or_ends_its_worker_is_refused_and_the_next_is_read(
    task: object, words: str
) -> None:
    bounded(task_seconds=0.5, worker_bytes=256 << 20)
    with pytest.raises(Refused) as refusal:
        await workshop.work(task, b"")  # type: ignore[arg-type]
    assert refusal.value.message == words
    bounded()
    assert (await workshop.work(tasks.picture, picture())).width == 40


async def test_a_worker_that_is_killed_in_the_middle_of_its_work() -> None:
    pid = await workshop.work(number, b"")
    hung = asyncio.create_task(workshop.work(hang, b""))
    await asyncio.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(Refused, match="could not be read"):
        await hung
    assert (await workshop.work(tasks.picture, picture())).width == 40


async def test_who_comes_to_a_full_queue_is_told_to_come_again() -> None:
    bounded(queue_length=1, task_seconds=1.0)
    waiting = asyncio.create_task(workshop.work(hang, b""))
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="busy with other files"):
        await workshop.work(tasks.picture, picture())
    with pytest.raises(Refused):
        await waiting


def test_the_server_itself_loads_no_decoder() -> None:
    asked = "import sys, mathsoc.app; print({'PIL', 'pypdfium2', 'obstore'} & set(sys.modules))"
    root = Path(workshop.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "set()", done.stderr

"""Reading files off the event loop, in processes that can be killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from mathsoc.errors import Busy, Refused
from mathsoc.killable import Bounds, NotFinished, Pool
from mathsoc.uploads import rules

BOUNDS = Bounds(
    workers=1,
    task_seconds=20.0,
    total_seconds=45.0,
    start_seconds=30.0,
    # Room for 40 million pixels, decoded and converted.
    worker_bytes=1024 * 1024 * 1024,
    queue_length=8,
)
T = TypeVar("T")

_default: Pool | None = None
_lock = threading.Lock()


def pool() -> Pool:
    """The pool of this process; its worker comes up with the first file and stays."""
    global _default
    with _lock:
        if _default is None:
            _default = Pool("uploads", BOUNDS, Refused)
        return _default


def stop() -> None:
    """End the worker, whatever it does."""
    global _default
    with _lock:
        ended, _default = _default, None
    if ended is not None:
        ended.stop()


async def work(function: Callable[[bytes], T], data: bytes) -> T:
    """What `function` makes of a file, in a worker.

    Raises Refused where the file is at fault, also where reading it met a limit, and Busy where too many
    others wait.
    """
    try:
        return await pool().work(function, data)
    except NotFinished as limit:
        if limit.why in ("busy", "stopped"):
            raise Busy(rules.BUSY) from limit
        raise Refused(rules.TOO_HEAVY if limit.why in ("timeout", "memory") else rules.UNREADABLE) from limit

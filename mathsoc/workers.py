"""The parent of several serving processes on one socket."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

BACKLOG = 2048  # connections waiting to be accepted: a hall of phones arrives within a second
FAILED_STARTS = 3  # of workers in a row before all have served once: the parent gives up
PATIENCE = 11.0  # seconds that a worker may take to end; more than all its own limits together
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


class Workers:
    """Serving processes on one socket: started, replaced when they crash, ended together."""

    def __init__(
        self, work: Callable[..., None], arguments: tuple[Any, ...], listener: socket.socket, count: int
    ) -> None:
        """Each process calls `work(*arguments, sender)`, which sends a word when it serves."""
        self._work = work
        self._arguments = arguments
        self._count = count
        self._alive: dict[int, SpawnProcess] = {}  # by sentinel
        self._starting: dict[int, Connection] = {}  # by sentinel, until the worker says that it serves
        self._context = multiprocessing.get_context("spawn")
        # From here on a connection waits instead of being refused, even while a worker is replaced.
        listener.listen(BACKLOG)

    def run(self, ready: Callable[[], None]) -> int:
        """Keep the workers serving until a signal; `ready` is called when all serve. Gives the exit code."""
        asked, ask = os.pipe()
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: os.write(ask, b"."))
        failures, served = 0, False
        while True:
            while len(self._alive) < self._count:
                self._start()
            happened = wait(
                [asked, *self._alive, *(end for end in self._starting.values() if not end.closed)]
            )
            failures = self._bury(happened, failures)
            if not served and not self._starting and len(self._alive) == self._count:
                served = True
                ready()
            if failures >= FAILED_STARTS and not served:
                log.critical("%d workers in a row could not start", failures)
                return self._stop(1)
            pause = min(0.1 * 2**failures, 5.0) if failures and served else 0.0
            if asked in happened or wait([asked], pause):
                return self._stop(0)

    def _start(self) -> None:
        receiver, sender = self._context.Pipe(duplex=False)
        worker = self._context.Process(target=self._work, args=(*self._arguments, sender))
        # Blocked until the worker can answer them: Ctrl-C reaches the whole group, even one being imported.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            worker.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        sender.close()
        self._alive[worker.sentinel] = worker
        self._starting[worker.sentinel] = receiver

    def _bury(self, happened: list[Any], failures: int) -> int:
        """Take note of who serves now and who has died; gives the number of failed starts in a row."""
        for sentinel, receiver in list(self._starting.items()):
            if receiver in happened:
                with suppress(EOFError), receiver:
                    receiver.recv_bytes()
                    del self._starting[sentinel]
                    failures = 0
        for sentinel in set(happened) & set(self._alive):
            worker = self._alive.pop(sentinel)
            worker.join()
            log.error("worker %s ended with status %s; starting another", worker.pid, worker.exitcode)
            if sentinel in self._starting:
                self._starting.pop(sentinel).close()
                failures += 1
        return failures

    def _stop(self, code: int) -> int:
        for worker in self._alive.values():
            worker.terminate()
        until = time.monotonic() + PATIENCE
        for worker in self._alive.values():
            worker.join(max(0.0, until - time.monotonic()))
            if worker.is_alive():
                log.error("worker %s would not end; killed", worker.pid)
                worker.kill()
                worker.join()
        return code

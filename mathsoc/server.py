"""The launcher: serves the application with hypercorn, and ends it without cutting anybody off.

One process serves by itself; with more, a parent binds the socket, starts workers on it and looks after them.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config as HypercornConfig
from hypercorn.middleware import ProxyFixMiddleware

from mathsoc import logs
from mathsoc.config import Config
from mathsoc.errors import MathsocError

BACKLOG = 2048  # connections waiting to be accepted: a hall of phones arrives within a second
HEADERS_TIME = 15.0  # seconds in which a connection must send a whole request head, or the next one
HEADERS_SIZE = 16 * 1024  # bytes of a request head
GRACE = 5.0  # seconds for requests in flight after the streams have ended
LAST_MOMENT = 3.0  # seconds more for the application's own closing; then the process goes in any case
UNREAD = 30_000  # milliseconds that a peer may leave data unacknowledged: frees streams of vanished phones
OPEN_FILES = 65_536
FAILED_STARTS = 3  # of workers in a row before all have served once: the parent gives up
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

AppFactory = Callable[[Config], Any]

log = logging.getLogger(__name__)


def run(app_factory: AppFactory, config: Config, host: str, port: int, workers: int = 1) -> None:
    """Serve until SIGTERM or SIGINT; returns when everything in flight has been answered.

    `app_factory(config)` makes the application; with several workers it is called in each process, so it must
    be a function of a module. `port` 0 takes a free one. Raises SystemExit with a line for the operator when
    the address cannot be had, or with status 1 when the application does not start.
    """
    logs.set_up(messages=not config.production)
    _raise_open_files()
    listener = _bind(host, port)
    address = _address(listener)

    def ready() -> None:
        sys.stdout.write(f"mathsoc is at {address}\n")
        sys.stdout.flush()

    if workers > 1:
        code = _Workers(app_factory, config, listener, workers).run(ready)
    else:
        code = _serve_here(app_factory, config, listener, ready)
    if code:
        raise SystemExit(code)


def _serve_here(
    app_factory: AppFactory, config: Config, listener: socket.socket, ready: Callable[[], None]
) -> int:
    code = asyncio.run(_serve(app_factory(config), config, listener, ready))
    signal.alarm(0)
    return code


async def _serve(app: Any, config: Config, listener: socket.socket, ready: Callable[[], None]) -> int:
    stop = _stop_event()

    async def until_stopped() -> None:
        ready()  # hypercorn awaits this only once it accepts connections
        await stop.wait()
        # The streams are told before hypercorn is: it would wait for them for the whole grace period.
        if closing := getattr(app, "closing", None):
            closing.set()

    settings = _settings(listener)
    serving = asyncio.create_task(serve(guarded(app, config), settings, shutdown_trigger=until_stopped))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # From Python 3.12 on hypercorn waits for open connections without end, so the end is set here.
    _, late = await asyncio.wait({serving}, timeout=GRACE + LAST_MOMENT)
    stopping.cancel()
    signal.alarm(int(LAST_MOMENT))  # a thread that hangs must not hold up the exit
    if late:
        log.error("a connection would not end in %g s; leaving it", GRACE + LAST_MOMENT)
        logging.shutdown()
        os._exit(0)
    if error := serving.exception():
        log.critical("the server could not go on", exc_info=error)
        return 1
    return 0


def _stop_event() -> asyncio.Event:
    """Set by a signal to stop, or in a worker when its parent has gone, however it went."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    if parent := multiprocessing.parent_process():
        sentinel = parent.sentinel

        def orphaned() -> None:
            loop.remove_reader(sentinel)
            stop.set()

        loop.add_reader(sentinel, orphaned)
    return stop


def guarded(app: Any, config: Config) -> Any:
    """The application behind what every request passes: ambiguous ones refused, trusted hops applied."""
    if config.trusted_proxies > 0:
        app = ProxyFixMiddleware(app, mode="legacy", trusted_hops=config.trusted_proxies)
    return _refusing(app)


def _refusing(app: Any) -> Any:
    async def middleware(scope: Any, receive: Any, send: Any) -> None:
        status = _refusal(scope) if scope["type"] == "http" else None
        if status is None:
            await app(scope, receive, send)
            return
        # The connection goes too: nobody can say where the next request on it begins.
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return middleware


def _refusal(scope: Any) -> int | None:
    names = {name.lower() for name, _ in scope["headers"]}
    if b"content-length" in names and b"transfer-encoding" in names:
        return 400  # a proxy may have read the other length: request smuggling
    if scope["http_version"] == "2" and scope["scheme"] == "http":
        return 505  # an upgrade to HTTP/2 in clear would tunnel past a trusted proxy
    return None


def _settings(listener: socket.socket) -> HypercornConfig:
    settings = HypercornConfig()
    settings.bind = [f"fd://{os.dup(listener.fileno())}"]
    settings.backlog = BACKLOG
    settings.keep_alive_timeout = HEADERS_TIME
    settings.keep_alive_max_requests = 10_000
    # No read_timeout: it counts on streams too, whose clients have nothing to say.
    settings.read_timeout = None
    settings.h11_max_incomplete_size = HEADERS_SIZE
    settings.graceful_timeout = GRACE
    settings.shutdown_timeout = LAST_MOMENT
    settings.include_server_header = False
    settings.accesslog = None  # paths carry tokens, and query strings what people look for
    settings.errorlog = logging.getLogger("hypercorn.error")
    return settings


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD)
    try:
        listener.bind((host, port))
    except OSError as error:
        reason = "something listens there already" if error.errno == errno.EADDRINUSE else error.strerror
        raise SystemExit(f"mathsoc cannot listen on {host} port {port}: {reason}.") from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _raise_open_files() -> None:
    """Let the process hold a stream per phone; many systems start it at 1,024 open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Workers:
    """Serving processes on one socket: started, replaced when they crash, ended together."""

    def __init__(self, app_factory: AppFactory, config: Config, listener: socket.socket, count: int) -> None:
        self._arguments = (app_factory, config, listener)
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
        worker = self._context.Process(target=_work, args=(*self._arguments, sender))
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
        until = time.monotonic() + GRACE + 2 * LAST_MOMENT
        for worker in self._alive.values():
            worker.join(max(0.0, until - time.monotonic()))
            if worker.is_alive():
                log.error("worker %s would not end; killed", worker.pid)
                worker.kill()
                worker.join()
        return code


def _work(app_factory: AppFactory, config: Config, listener: socket.socket, sender: Connection) -> None:
    logs.set_up(messages=not config.production)

    def ready() -> None:
        with suppress(OSError):  # the parent may have gone meanwhile
            sender.send_bytes(b"serving")
        sender.close()

    try:
        code = _serve_here(app_factory, config, listener, ready)
    except MathsocError as error:
        log.critical("%s", error)
        code = 1
    raise SystemExit(code)

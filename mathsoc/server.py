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
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from multiprocessing.connection import Connection
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config as HypercornConfig
from hypercorn.middleware import ProxyFixMiddleware
from hypercorn.utils import LifespanTimeoutError

from mathsoc import logs
from mathsoc.config import Config
from mathsoc.errors import MathsocError
from mathsoc.web import security
from mathsoc.workers import BACKLOG, STOP_SIGNALS, Workers

HEADERS_TIME = 15.0  # seconds in which a connection must send a whole request head, or the next one
HEADERS_SIZE = 16 * 1024  # bytes of a request head
GRACE = 4.0  # seconds for requests in flight after the streams have ended
LAST_MOMENT = 2.0  # seconds more for the application's own closing; then the process goes in any case
UNREAD = 30_000  # milliseconds that a peer may leave data unacknowledged: frees streams of vanished phones
OPEN_FILES = 65_536

AppFactory = Callable[[Config], Any]

# Whether what is being sent is the application's reply, which carries its own headers.
_ours: ContextVar[bool] = ContextVar("ours", default=False)

log = logging.getLogger(__name__)


def run(
    app_factory: AppFactory,
    config: Config,
    host: str,
    port: int,
    workers: int = 1,
    *,
    first: Callable[[], str] = str,
) -> None:
    """Serve until SIGTERM or SIGINT; returns when everything in flight has been answered.

    `app_factory(config)` makes the application; with several workers it is called in each process, so it must
    be a function of a module. `port` 0 takes a free one. `first` is called once the address is ours, and what
    it returns is printed before the address, once that can be asked. Raises SystemExit with a line for the
    operator when the address cannot be had, or with status 1 when the application does not start.
    """
    logs.set_up(messages=not config.production)
    if config.warning:
        log.warning("%s", config.warning)
    _raise_open_files()
    listener = _bind(host, port)
    port, words = listener.getsockname()[1], first()
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    line = f"mathsoc is at http://{f'[{shown}]' if ':' in shown else shown}:{port}\n"

    def ready() -> None:
        sys.stdout.write(words + line)
        sys.stdout.flush()

    if workers > 1:
        if config.redis_url is None:
            log.warning("%d processes without REDIS_URL: each counts its rate limits alone", workers)
        code = Workers(_work, (app_factory, config, listener), listener, workers).run(ready)
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

    settings = _settings(listener, security.fixed_headers(config))
    serving = asyncio.create_task(serve(guarded(app, config), settings, shutdown_trigger=until_stopped))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # From Python 3.12 on hypercorn waits for open connections without end, so the end is set here.
    _, late = await asyncio.wait({serving}, timeout=GRACE + LAST_MOMENT)
    stopping.cancel()
    signal.alarm(int(LAST_MOMENT) + 1)  # a thread that hangs must not hold up the exit
    if late:
        log.warning("a connection would not end in %g s; leaving it", GRACE + LAST_MOMENT)
        if not app.shutdown_event.is_set():  # hypercorn waits for that connection before it closes the app
            with suppress(TimeoutError):
                await asyncio.wait_for(app.shutdown(), LAST_MOMENT)
        _leave()
    error = serving.exception()
    if isinstance(error, LifespanTimeoutError) and stop.is_set():
        log.warning("closing took longer than %g s; leaving it", LAST_MOMENT)
        _leave()
    if error:
        log.critical("the server could not go on", exc_info=error)
        return 1
    return 0


def _leave() -> None:
    """End the process here: what still runs is of no use to anybody, and the database rolls it back."""
    logging.shutdown()
    os._exit(0)


def _stop_event() -> asyncio.Event:
    """Set by a signal to stop, or in a worker when its parent has gone, however it went."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report)
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


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    vanished = isinstance(context.get("exception"), OSError) and "client_connected_cb" in context["message"]
    if not vanished:  # a phone that went out of reach is no error of ours
        loop.default_exception_handler(context)


def guarded(app: Any, config: Config) -> Any:
    """The application behind what every request passes: ambiguous ones refused, trusted hops applied."""
    if config.trusted_proxies > 0:
        app = ProxyFixMiddleware(app, mode="legacy", trusted_hops=config.trusted_proxies)
    return _refusing(app)


def _refusing(app: Any) -> Any:
    async def middleware(scope: Any, receive: Any, send: Any) -> None:
        status = _refusal(scope) if scope["type"] == "http" else None
        if status is None:
            marked = _ours.set(True)
            try:
                await app(scope, receive, send)
            finally:
                _ours.reset(marked)
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


class Settings(HypercornConfig):
    """Hypercorn's, with our headers on the replies that the application does not make: refusals, 4xx, 500."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:
        found = super().response_headers(protocol)
        return found if _ours.get() else found + self._headers


def _settings(listener: socket.socket, headers: Mapping[str, str]) -> HypercornConfig:
    settings = Settings(headers)
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
        reason = error.strerror
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65_535 else 8000
            reason = f"something listens there already; try PORT={other} make run"
        raise SystemExit(f"mathsoc cannot listen on {host} port {port}: {reason}.") from error
    return listener


def _raise_open_files() -> None:
    """Let the process hold a stream per phone; many systems start it at 1,024 open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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

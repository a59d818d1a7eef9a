"""The launcher: real processes, real sockets, real signals."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mathsoc import logs
from mathsoc.errors import Refused
from tests.live.conftest import toy as toy
from tests.live.fakes import true
from tests.live.process import Toy

pytestmark = pytest.mark.timed

# ":status: 505" in HTTP/2's compressed headers.
HTTP_2_REFUSAL = bytes.fromhex("48836c0dff")

StartToy = Callable[..., Awaitable[Toy]]


def children(pid: int) -> list[int]:
    """The worker processes of a parent (not multiprocessing's resource tracker)."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in about(int(child), "cmdline")]


def about(pid: int, file: str) -> bytes:
    """What the kernel tells of a process; nothing if it ended since its id was read."""
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def gone(pid: int) -> bool:
    """Ended, or dead and only waiting to be collected by whoever adopts orphans here."""
    return about(pid, "stat").rpartition(b")")[2].split()[:1] in ([], [b"Z"])


async def pid_of(server: Toy) -> int:
    return int((await server.ask("GET", "/pid")).rpartition("\r\n")[2])


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_streams_and_answers_what_is_in_flight(toy: StartToy, stop: int) -> None:
    server = await toy()
    streams = await asyncio.gather(*(server.stream(f"count:{n % 5}") for n in range(100)))
    for stream in streams:
        await stream.until("\n\n")
    idle, _ = await asyncio.open_connection("127.0.0.1", server.port)
    in_flight = asyncio.create_task(server.ask("GET", "/slow"))
    await asyncio.sleep(0.2)

    began = time.monotonic()
    server.process.send_signal(stop)
    for stream in streams:
        assert (await stream.end()).endswith("\n\n")
    assert time.monotonic() - began < 0.7, "streams do not wait for the slow request"
    assert "answered" in await in_flight
    assert await idle.read() == b""
    assert await server.ended() == 0
    assert time.monotonic() - began < 2.0
    assert "ERROR" not in server.log.read_text()


async def test_a_port_that_is_taken_is_one_clear_line(toy: StartToy) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = await toy(port=port)
        assert await server.ended() == 1
    line = server.log.read_text()
    why = f"something listens there already; try PORT={port + 1} make run"
    assert line == f"mathsoc cannot listen on 127.0.0.1 port {port}: {why}.\n"


@pytest.mark.parametrize("workers", [1, 2])
async def test_an_application_that_cannot_start_ends_the_server(toy: StartToy, workers: int) -> None:
    server = await toy(factory="broken", workers=workers)
    assert await server.ended(30) == 1
    assert "no start" in server.log.read_text()


async def test_two_lengths_are_refused_and_the_connection_closed(toy: StartToy) -> None:
    server = await toy()
    smuggled = b"0\r\n\r\nGET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /count/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    reply = await server.raw(head + b"Content-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
    assert re.match(r"HTTP/1\.1 400 ", reply)
    assert reply.count("HTTP/1.1") == 1


async def test_http_2_in_clear_is_refused(toy: StartToy) -> None:
    server = await toy()
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    head = "\r\n".join(["GET /pid HTTP/1.1", "Host: localhost", *upgrade])
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"{head}\r\n\r\n".encode())
    await asyncio.wait_for(reader.readuntil(HTTP_2_REFUSAL), 5)
    writer.close()


async def test_forwarded_addresses_count_only_behind_trusted_proxies(toy: StartToy) -> None:
    claims = ("X-Forwarded-For: 198.51.100.9, 192.0.2.7", "X-Forwarded-Proto: https")
    direct = await toy()
    assert (await direct.ask("GET", "/address", *claims)).endswith("127.0.0.1 http")
    behind = await toy(TRUSTED_PROXIES="1")
    assert (await behind.ask("GET", "/address", *claims)).endswith("192.0.2.7 https")


async def test_workers_share_the_port_and_end_together(toy: StartToy, postgres_url: str) -> None:
    server = await toy(postgres_url, workers=2)
    workers = children(server.process.pid)
    assert len(workers) == 2
    seen: set[int] = set()
    async with asyncio.timeout(20):
        while seen != set(workers):
            seen |= set(await asyncio.gather(*(pid_of(server) for _ in range(8))))
    stream = await server.stream("count:a")
    await stream.until("\n\n")
    in_flight = asyncio.create_task(server.ask("GET", "/slow"))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    assert await server.stop() == 0
    assert time.monotonic() - began < 2.0
    assert (await stream.end()).endswith("\n\n")
    assert "answered" in await in_flight
    assert all(gone(worker) for worker in workers)


async def test_a_crashed_worker_is_replaced(toy: StartToy, postgres_url: str) -> None:
    server = await toy(postgres_url, workers=2)
    before = set(children(server.process.pid))
    await server.ask("POST", "/crash")
    await true(lambda: len(set(children(server.process.pid)) - before) == 1)
    assert len(set(children(server.process.pid)) & before) == 1
    assert (await server.ask("GET", "/pid")).startswith("HTTP/1.1 200")
    assert "ended with status 7" in server.log.read_text()


async def test_no_worker_outlives_a_killed_parent(toy: StartToy, postgres_url: str) -> None:
    server = await toy(postgres_url, workers=2)
    workers = children(server.process.pid)
    server.process.kill()
    await server.ended()
    await true(lambda: all(gone(worker) for worker in workers))


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("mathsoc.test", logging.INFO, "here.py", 1, message, args, info)


def test_a_log_line_stays_one_line() -> None:
    line = logs.OneLine(messages=True).format(record("saw %s", "a\nERROR forged\r\x1b[31m\u2028x"))
    assert line.splitlines() == [line]
    assert line.endswith(r"saw a\nERROR forged\r\x1b[31m\u2028x")


def test_an_exception_is_logged_without_what_somebody_typed() -> None:
    try:
        try:
            int("my secret answer")
        except ValueError as error:
            raise Refused("no such box") from error
    except Refused as error:
        caught = error
    short = logs.OneLine(messages=False).format(record("failed", error=caught))
    full = logs.OneLine(messages=True).format(record("failed", error=caught))
    assert "secret" not in short
    assert "ValueError" in short
    assert "no such box" in short
    assert "my secret answer" in full
    assert os.path.basename(__file__) in short

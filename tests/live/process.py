"""The toy application in real processes, and a client of its streams."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Toy:
    """`python -m tests.live.toy`, launched by mathsoc.server."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    @classmethod
    async def start(
        cls, folder: Path, url: str, *, workers: int = 1, factory: str = "toy", port: int = 0, **given: str
    ) -> Toy:
        """Start it and wait for its line; a start that fails gives port 0."""
        plain = url.replace("+aiosqlite", "").replace("+asyncpg", "")
        settings = {"MATHSOC_ENV": "testing", "DATABASE_URL": plain, "SECRET_KEY": "only-for-tests", **given}
        log = folder / f"toy-{secrets.token_hex(4)}.log"
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.live.toy", factory, str(port), str(workers)),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        os.close(errors)
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.fullmatch(r"mathsoc is at http://127\.0\.0\.1:(\d+)\n", line)
        return cls(process, int(found.group(1)) if found else 0, log)

    async def ended(self, seconds: float = 15.0) -> int:
        return await asyncio.wait_for(self.process.wait(), seconds)

    async def stop(self) -> int:
        """SIGTERM, and its exit status; what would not end is killed with all that it started."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await self.ended()
        except TimeoutError:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    async def ask(self, method: str, path: str, *headers: str) -> str:
        """The whole reply to one request on a connection of its own."""
        head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers])
        return await self.raw(f"{head}\r\n\r\n".encode())

    async def raw(self, data: bytes) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        reply = await asyncio.wait_for(reader.read(), 15)
        writer.close()
        return reply.decode()

    async def stream(self, topics: str, *headers: str) -> Client:
        """A stream that has been answered with 200."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = "\r\n".join([f"GET /live?topics={topics} HTTP/1.1", "Host: localhost", *headers])
        writer.write(f"{head}\r\n\r\n".encode())
        client = Client(reader, writer)
        client.head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode()
        assert client.head.startswith("HTTP/1.1 200 "), client.head
        return client


class Client:
    """Reads the chunks of one stream."""

    head: str

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.text = ""

    async def chunk(self) -> str:
        """One chunk; empty at the proper end of the reply."""
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        return (await self.reader.readexactly(size + 2))[:-2].decode()

    async def until(self, text: str, seconds: float = 10.0) -> str:
        """All that has come, once `text` is in it."""
        async with asyncio.timeout(seconds):
            while text not in self.text:
                chunk = await self.chunk()
                assert chunk, f"the stream ended before {text!r}: {self.text!r}"
                self.text += chunk
        return self.text

    async def end(self, seconds: float = 5.0) -> str:
        """All that has come, once the reply has ended properly (not cut)."""
        async with asyncio.timeout(seconds):
            while chunk := await self.chunk():
                self.text += chunk
        return self.text

    def close(self) -> None:
        self.writer.close()

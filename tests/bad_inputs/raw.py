"""A client that sends exactly the bytes it is given, and looks at what comes back."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, urlsplit

from tests.support.serving import Server

# Seconds for any reply. Beside other tests, on the same cores, a reply that hangs is found; that none is
# slow is claimed where the machine is this test's alone.
LIMIT = 8.0 if "PYTEST_XDIST_WORKER" in os.environ else 2.0


@dataclass(frozen=True)
class Got:
    """One reply: its status, its headers as sent, its body as far as it was read."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass
class Caller:
    """Keeps one connection as long as the server does; every reply is judged."""

    server: Server
    cookie: str = ""
    sent: int = 0
    wrong: list[str] = field(default_factory=list)
    _open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, target: bytes, *lines: bytes, body: bytes | None = None) -> Got | None:
        """The reply to a request of these bytes; None where the server only closed the connection."""
        head = [method.encode() + b" " + target + b" HTTP/1.1"]
        if not any(line.lower().startswith(b"host:") for line in lines):
            head.append(f"Host: 127.0.0.1:{self.server.port}".encode())
        if self.cookie and not any(line.lower().startswith(b"cookie:") for line in lines):
            head.append(b"Cookie: " + self.cookie.encode())
        head += lines
        if body is not None and not any(line.lower().startswith(b"content-length:") for line in lines):
            head.append(b"Content-Length: %d" % len(body))
        request = b"\r\n".join(head) + b"\r\n\r\n" + (body or b"")
        began = time.monotonic()
        try:
            got = await asyncio.wait_for(self._send(request, began), 10)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, TimeoutError) as error:
            await self.close()
            if isinstance(error, TimeoutError):
                self.wrong.append(f"no reply in 10 s: {request[:200]!r}")
            return None
        self.sent += 1
        self._judge(request, got)
        return got

    async def post(self, target: bytes, fields: dict[str, bytes], *lines: bytes) -> Got | None:
        """A form of these fields."""
        pairs = [name.encode() + b"=" + quote_from_bytes(value).encode() for name, value in fields.items()]
        kind = b"Content-Type: application/x-www-form-urlencoded"
        return await self.ask("POST", target, kind, *lines, body=b"&".join(pairs))

    async def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    async def _send(self, request: bytes, began: float) -> Got:
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self.server.port)
        reader, writer = self._open
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        pairs = [line.partition(": ") for line in head[1:] if line]
        headers = [(name.lower(), value) for name, _, value in pairs]
        given = dict(headers)
        body = b""
        streams = given.get("content-type", "").startswith("text/event-stream")
        if streams or given.get("connection") == "close":
            body = await reader.read(2000) if streams else await asyncio.wait_for(reader.read(), 5)
            await self.close()
        elif "content-length" in given and not request.startswith(b"HEAD"):
            body = await reader.readexactly(int(given["content-length"]))
        elif given.get("transfer-encoding") == "chunked":
            while size := int(await reader.readuntil(b"\r\n"), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readuntil(b"\r\n")
        return Got(status, headers, body, time.monotonic() - began)

    def _judge(self, request: bytes, got: Got) -> None:
        asked = f"{request[:160]!r}… ({len(request)} bytes)"
        if got.status >= 500 and got.status != 501:
            self.wrong.append(f"{got.status} to {asked}")
        if b"Traceback" in got.body or b"sqlalchemy" in got.body:
            self.wrong.append(f"a trace in the reply to {asked}")
        if got.seconds > LIMIT:
            self.wrong.append(f"{got.seconds:.1f} s for {asked}")
        for name in ("location", "hx-redirect", "hx-location", "refresh"):
            for value in got.header(name):
                if not self._on_this_site(value):
                    self.wrong.append(f"sent on to {value!r} by {asked}")
        if any(name == "set-cookie" and value.startswith("a=b") for name, value in got.headers):
            self.wrong.append(f"a header of the sender's in the reply to {asked}")

    def _on_this_site(self, address: str) -> bool:
        """As a browser reads it: tabs and line ends dropped, backslashes taken for slashes."""
        plain = "".join(letter for letter in address if ord(letter) > 32).replace("\\", "/")
        if plain.startswith("//"):
            return False
        parts = urlsplit(plain)
        return (not parts.scheme and not parts.netloc) or (
            parts.scheme in ("http", "https") and parts.netloc == f"127.0.0.1:{self.server.port}"
        )

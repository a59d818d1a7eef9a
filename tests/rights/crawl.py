"""Everything that one of the cast can be answered: each rule, each error, each stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quart.testing.connections import HTTPDisconnectError

from tests.rights.table import ROWS
from tests.support.world import HTMX

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

TOPICS = (
    *("challenges:open", "challenges:list"),
    *(f"posts:{name}" for name in ("article", "newsletter", "announcement", "strip", "latest")),
    "post:article/for-everybody",
    *("board:ladder:ks3", "board:ladder:ks4", "board:ladder:ks5", "board:cup:ks4"),
)
FORM = "application/x-www-form-urlencoded"
TOO_LARGE = b"answer=" + b"x" * 70_000
# What nothing stands at, and what is asked for in a wrong way.
ERRORS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/nothing-here", {}),
    ("GET", "/static/js/box.js.map", {}),
    ("GET", "/.env", {}),
    ("GET", "/challenges?next=later", {}),
    ("GET", "/leaderboards/ladder?page=99999", {}),
    ("GET", "/leaderboards/ladder?stage=ks9", {}),
    ("GET", "/leaderboards/ladder?stage=ks5", {}),
    ("GET", "/leaderboards/ladder?page=2", {}),
    ("GET", "/", {"headers": {"Host": "evil.example"}}),
    ("DELETE", "/challenges", {}),
    ("POST", "/login", {"data": TOO_LARGE, "headers": {"Content-Type": FORM}}),
    ("POST", "/login", {"data": b"email=%00", "headers": {"Content-Type": FORM}}),
    ("POST", "/login", {"data": b"x", "headers": {"Content-Encoding": "gzip"}}),
    ("POST", "/login", {"form": {}, "headers": {"Origin": "null"}}),
)


@dataclass(frozen=True)
class Seen:
    """One reply, and what it was to."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> bytes:
        """All its bytes: status line, headers and body."""
        lines = "".join(f"{name}: {value}\n" for name, value in self.headers)
        return f"{self.asked}\n{self.status}\n{lines}\n".encode() + self.body


async def ask(
    client: TestClientProtocol, method: str, path: str, given: dict[str, Any], *, htmx: bool
) -> Seen:
    headers = {**given.get("headers", {}), **(HTMX if htmx else {})}
    reply = await client.open(path, method=method, **{**given, "headers": headers})
    asked = f"{method} {path} {'htmx' if htmx else 'plain'}"
    return Seen(asked, reply.status_code, tuple(reply.headers.items()), await reply.get_data())


async def crawl(
    client: TestClientProtocol,
    names: dict[str, str],
    *,
    but: Iterable[str] = (),
    more: Iterable[tuple[str, str, dict[str, Any]]] = (),
    streams: bool = True,
) -> AsyncIterator[Seen]:
    """Every row of the table that ends no session, then `more`, the errors and the streams.

    Rules that start with one of `but` are left out.
    """
    asked: list[tuple[str, str, dict[str, Any]]] = []
    for row in ROWS:
        if row.ends or row.rule.startswith(tuple(but)):
            continue
        body = {name: value.format(**names) for name, value in row.body.items()}
        given = {} if row.method == "GET" else {"json": body} if row.json else {"form": body}
        asked.append((row.method, row.path.format(**names), given))
    for method, path, given in [*asked, *more, *ERRORS]:
        for htmx in (False, True):
            yield await ask(client, method, path, given, htmx=htmx)
    for topic in TOPICS if streams else ():
        yield await stream(client, topic)


async def stream(client: TestClientProtocol, topics: str) -> Seen:
    """The first values of a stream, or the error in its place."""
    path = f"/live?topics={topics}"
    connection = client.request(path)
    await connection.__aenter__()
    await connection.send_complete()
    body = b""
    async with asyncio.timeout(10):
        while not body.endswith(b"\n\n") or body.count(b"data:") < 2:
            try:
                chunk = await connection.receive()
            except HTTPDisconnectError:
                break
            body += chunk
            if connection.status_code != 200:
                break
    await connection.disconnect()
    status, headers = connection.status_code or 0, connection.headers
    with_headers = tuple(headers.items()) if headers is not None else ()
    return Seen(f"GET {path}", status, with_headers, body)

"""Bad input everywhere in reach: a clear 4xx page or fragment, never a 500, and nothing charged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc.submissions.models import Attempt
from tests.support.serving import Server
from tests.support.world import HTMX, World, already_signed_in, build

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMELESS = b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"
BAD = [  # the given payloads go everywhere in tests/bad_inputs; these are about what is charged
    b"",
    b"x" * 10_000,
    b"a\x00b",
    b"\xed\xa0\x80",  # a lone surrogate, as UTF-8 would write it
    b"\xff\xfe\xfd",
    b"\xf0\x9f",
    b"9223372036854775808",
    b"%" * 300,
    "😀".encode() * 50,
    b"\r\n\r\n",
]


async def attempts(world: World, *, charged: bool) -> int:
    async with world.database.reading() as session:
        chosen = select(func.count()).select_from(Attempt)
        return int(
            await session.scalar(chosen.where(Attempt.number.is_not(None)) if charged else chosen) or 0
        )


async def post_raw(client: TestClientProtocol, path: str, body: bytes, **headers: str) -> int:
    reply = await client.post(path, data=body, headers={**FORM, **headers})
    text = await reply.get_data()
    assert b"Traceback" not in text
    assert reply.status_code < 400 or b"<h1>" in text or b'class="notice"' in text or b"<section" in text
    return reply.status_code


async def test_in_every_field_of_the_answer_box(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares", {"kind": "number", "key": "-7351998243"})
    alice = await already_signed_in(app, world, "alice")
    box = f"/challenges/squares/boxes/{challenge.boxes[0].public_id}"
    for bad in BAD:
        value = quote_from_bytes(bad).encode()
        for path in (f"{box}/reading", f"{box}/attempts"):
            for body in (b"answer=" + value, b"answer=1&token=" + value, value + b"=1"):
                for headers in ({}, HTMX):
                    status = await post_raw(alice, path, body, **headers)
                    assert status in (200, 400, 409, 422), (path, bad[:50], status)
    # Readable ones among them were charged up to the limit, and not one more.
    assert await attempts(world, charged=True) == 3


async def test_at_signing_in(app: Quart, world: World) -> None:
    client = app.test_client()
    for bad in BAD:
        value = quote_from_bytes(bad).encode()
        for body in (
            b"email=" + value + b"&password=x",
            b"email=a@b.example&password=" + value,
            b"email=a@b.example&password=x&next=" + value,
        ):
            assert await post_raw(client, "/login", body) in (400, 422), bad[:50]


async def test_in_addresses(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    await world.add_challenge("squares")
    for bad in [one for one in BAD if 0 < len(one) < 2000]:
        value = quote_from_bytes(bad, safe="")
        for path in (
            f"/challenges/{value}",
            f"/challenges/squares/boxes/{value}/attempts",
            f"/competitions/{value}",
            f"/leaderboards/{value}",
            f"/leaderboards/ladder?stage={value}",
            f"/leaderboards/ladder?page={value}",
            f"/leaderboards/ladder/place?stage={value}",
            f"/members/{value}",
            f"/static/{value}",
            f"/live?topics={value}",
            f"/login?next={value}",
        ):
            reply = await alice.get(path)
            assert reply.status_code in (200, 303, 400, 404, 405, 414, 308), (path, reply.status_code)


async def test_bodies_that_are_no_forms(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    path = f"/challenges/squares/boxes/{challenge.boxes[0].public_id}/attempts"
    for kind, body, status in (
        ("application/json", b'{"answer":"1"}', 422),
        ("application/json", b"[" * 20_000, 422),
        ("multipart/form-data", b"no boundary", 422),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", 400),
        ("multipart/form-data; boundary=x", NAMELESS, 400),
        ("application/x-www-form-urlencoded; charset=utf-99", b"answer=", 422),
        ("text/plain", b"answer=1", 422),
        ("application/x-www-form-urlencoded", b"a=1&" * 15_000, 422),
    ):
        reply = await alice.post(path, data=body, headers={"Content-Type": kind})
        assert reply.status_code in (400, 413, 422), (kind, reply.status_code, status)
    gzip = await alice.post(path, data=b"\x1f\x8b", headers={**FORM, "Content-Encoding": "gzip"})
    assert gzip.status_code == 415
    assert await attempts(world, charged=False) == 0


async def raw(server: Server, request: bytes) -> bytes:
    """The first reply to bytes on a fresh connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    await writer.drain()
    reply = await asyncio.wait_for(reader.read(4096), 10)
    writer.close()
    return reply


HEADERS = [
    b"X-Forwarded-For: 1.2.3.4, evil",
    b"X-Original-URL: /admin",
    b"Cookie: mathsoc=eyJ; mathsoc=b; ;=;",
    b"Range: bytes=0-0,1-1" + b",3-3" * 500,
    b"Accept-Language: ;;q=zz",
    b"Last-Event-ID: -1",
    b"Last-Event-ID: 1\\ndata: x",
    b"HX-History-Restore-Request: true",
    b"Accept-Encoding: gzip;q=x",
    b"If-None-Match: \xff",
    b"Sec-Fetch-Site: \xff\xfe",
]


async def test_headers_on_a_real_socket(
    server: Callable[..., Awaitable[Server]], sqlite_url: str, tmp_path: object
) -> None:
    from mathsoc.db import Database

    database = Database(sqlite_url)
    await build(database)
    running = await server(sqlite_url)
    host = f"Host: 127.0.0.1:{running.port}".encode()
    for header in HEADERS:
        for path in (b"/", b"/static/css/base.css", b"/login"):
            reply = await raw(
                running, b"GET " + path + b" HTTP/1.1\r\n" + host + b"\r\n" + header + b"\r\n\r\n"
            )
            assert reply[9:12] in (b"200", b"206", b"400"), (header, reply[:80])
    for bad_host in (b"evil.example", b"a b/@c", b"", b"[::", b"127.0.0.1:x"):
        reply = await raw(running, b"GET / HTTP/1.1\r\nHost: " + bad_host + b"\r\n\r\n")
        assert reply[9:12] == b"400", (bad_host, reply[:80])
    both = (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        + b"Content-Type: "
        + FORM["Content-Type"].encode()
    )
    reply = await raw(running, b"POST /login HTTP/1.1\r\n" + host + b"\r\n" + both + b"\r\n\r\n0\r\n\r\n")
    assert reply[9:12] == b"400"
    strange = await raw(
        running, b"POST /login HTTP/1.1\r\n" + host + b"\r\nTransfer-Encoding: xchunked\r\n\r\n"
    )
    assert strange[9:12] in (b"400", b"501")
    chunks = b"Transfer-Encoding: chunked\r\nContent-Type: " + FORM["Content-Type"].encode() + b"\r\n\r\n"
    body = b"fff0\r\n" + b"a" * 0xFFF0 + b"\r\n" + b"fff0\r\n" + b"a" * 0xFFF0 + b"\r\n0\r\n\r\n"
    reply = await raw(running, b"POST /login HTTP/1.1\r\n" + host + b"\r\n" + chunks + body)
    assert reply[9:12] == b"413"
    assert "Traceback" not in running.logs()
    await database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_trap_can_catch(app: Quart, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check at the edge taken away, a NUL reaches the view: the tests above do look."""
    monkeypatch.setattr("mathsoc.web.forms.storable", lambda text: True)
    reply = await app.test_client().post("/login", data=b"email=%00&password=x", headers=FORM)
    assert reply.status_code == 422

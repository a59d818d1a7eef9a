"""Over a real socket: what every reply carries, whichever rule it is of and whoever makes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from quart import Quart, abort

from mathsoc import server
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.errors import Busy, Forbidden, Missing, Refused, SignedOut, TooMany
from mathsoc.web import limits, rights
from mathsoc.web.security import HEADERS, body_limit, set_largest_body
from tests.support.world import already_signed_in, build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ERRORS: dict[str, tuple[int, Exception | int]] = {
    "400": (400, 400),
    "403": (403, Forbidden("no")),
    "signed-out": (403, SignedOut()),
    "404": (404, Missing()),
    "408": (408, 408),
    "413": (413, 413),
    "415": (415, 415),
    "422": (422, Refused("no")),
    "429": (429, TooMany(7)),
    "500": (500, ZeroDivisionError("nobody expected it")),
    "503": (503, Busy()),
}


# A page whose own address holds a token shows no more than the site's name.
STRICTER = {"Referrer-Policy": ["strict-origin"]}


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]

    def of(self, name: str) -> list[str]:
        return [value for found, value in self.headers if found == name.lower()]


class Site:
    """The application behind its launcher's middleware and hypercorn, in this process."""

    def __init__(self, app: Quart, port: int, cookie: str) -> None:
        self.app = app
        self.port = port
        self.cookie = cookie

    async def raw(self, data: bytes) -> Reply:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode("latin-1")
        writer.close()
        first, *lines = head.strip().split("\r\n")
        pairs = [line.partition(":") for line in lines]
        return Reply(int(first.split()[1]), [(name.lower(), value.strip()) for name, _, value in pairs])

    async def ask(
        self, method: str, path: str, *lines: str, body: bytes = b"", signed_in: bool = False
    ) -> Reply:
        own = {"Connection": "close", "Host": f"localhost:{self.port}"}
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            own["Content-Length"] = str(len(body))
        if signed_in:
            own["Cookie"] = self.cookie
        given = {line.partition(":")[0] for line in lines}
        if "Transfer-Encoding" in given:
            own.pop("Content-Length")
        kept = [f"{name}: {value}" for name, value in own.items() if name not in given]
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *kept, *lines])
        return await self.raw(f"{head}\r\n\r\n".encode("latin-1") + body)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for endpoint in ("fail", "upload"):
        monkeypatch.setitem(rights.RIGHTS, endpoint, rights.Right.ANYONE)
        monkeypatch.setitem(limits.FREE, endpoint, "only in this test")
    yield


def failing(app: Quart) -> None:
    async def fail(how: str) -> str:
        _, error = ERRORS[how]
        if isinstance(error, int):
            abort(error)
        raise error

    @body_limit(200_000)
    async def upload() -> str:
        return ""

    app.add_url_rule("/fail/<how>", "fail", fail, methods=["GET", "POST"])
    app.add_url_rule("/upload", "upload", upload, methods=["POST"])


@pytest_asyncio.fixture(loop_scope="session")
async def site(config: Config) -> AsyncIterator[Site]:
    database = Database(config.database_url)
    world = await build(database)
    app = create_app(config)
    failing(app)
    set_largest_body(app)
    client = await already_signed_in(app, world, "alice")
    (cookie,) = [one for one in client.cookie_jar or ()]
    listener = server._bind("127.0.0.1", 0)
    ready, stop = asyncio.Event(), asyncio.Event()

    async def until() -> None:
        ready.set()
        await stop.wait()
        app.closing.set()  # type: ignore[attr-defined]

    settings = server._settings(listener, server.security.fixed_headers(config))
    serving = asyncio.create_task(server.serve(server.guarded(app, config), settings, shutdown_trigger=until))
    await asyncio.wait_for(ready.wait(), 20)
    yield Site(app, listener.getsockname()[1], f"{cookie.name}={cookie.value}")
    stop.set()
    await asyncio.wait_for(serving, 20)
    listener.close()
    await database.close()


def check(reply: Reply, *seen: Any) -> None:
    """The whole set, each once; nothing that opens the site to others or tells what serves it."""
    for name, value in HEADERS.items():
        assert reply.of(name) in ([value], STRICTER.get(name)), (name, reply, *seen)
    policy = reply.of("Content-Security-Policy")[0]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    for name, _ in reply.headers:
        assert not name.startswith("access-control-"), seen
        assert name not in ("server", "x-powered-by"), seen


ONE_OF = re.compile(r'<any\("?([\w-]+)[^)]*\):\w+>')  # the first of the words that may stand there
WRONG = ("PUT", "PATCH", "DELETE", "TRACE", "WRONG")


async def test_every_rule_in_every_way_it_is_asked(site: Site) -> None:
    statuses = set()
    for rule in site.app.url_map.iter_rules():
        path = ONE_OF.sub(r"\1", rule.rule)
        for argument in rule.arguments:
            for kind in ("", "path:", "string:", "int:"):
                path = path.replace(f"<{kind}{argument}>", "1")
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            for signed_in in (False, True) if path != "/logout" else (False,):
                for lines in ((), ("HX-Request: true",)):
                    reply = await site.ask(method, path, *lines, signed_in=signed_in)
                    check(reply, method, path, signed_in, lines, reply.status)
                    statuses.add(reply.status)
                    if not path.startswith("/fail"):
                        assert reply.status < 500, (method, path)
        for method in WRONG:
            reply = await site.ask(method, path, signed_in=True)
            check(reply, method, path)
            assert reply.status == 405 and reply.of("Allow"), (method, path)
    assert statuses >= {200, 303, 403, 404, 405, 422}


async def test_every_kind_of_error(site: Site) -> None:
    for how, (status, _) in ERRORS.items():
        for method in ("GET", "POST"):
            for lines in ((), ("HX-Request: true",)):
                reply = await site.ask(method, f"/fail/{how}", *lines)
                assert reply.status == status
                check(reply, how)
                assert reply.of("Cache-Control") == ["no-store"]
                assert bool(reply.of("Retry-After")) == (status in (429, 503))


async def test_what_is_refused_before_any_view(site: Site) -> None:
    form = "Content-Type: application/x-www-form-urlencoded"
    many = b"&".join(b"a%d=1" % number for number in range(300))
    chunks = b"ffff\r\n" + b"a" * 0xFFFF + b"\r\nffff\r\n" + b"a" * 0xFFFF + b"\r\n0\r\n\r\n"
    asked = [
        (404, site.ask("GET", "/nothing/here")),
        (404, site.ask("PUT", "/nothing/here")),
        (404, site.ask("GET", "/%00")),
        (404, site.ask("GET", "/static/none.css")),
        (414, site.ask("GET", "/login?next=/" + "a" * 5_000)),
        (400, site.ask("GET", "/", "Host: evil.example")),
        (400, site.ask("POST", "/login", "Host: evil.example")),
        (403, site.ask("POST", "/login", "Sec-Fetch-Site: cross-site")),
        (403, site.ask("POST", "/login", "Origin: http://[")),
        (415, site.ask("POST", "/login", "Content-Encoding: gzip", body=b"\x1f\x8b")),
        (413, site.ask("POST", "/login", form, body=many)),
        (413, site.ask("POST", "/login", form, body=b"a" * 65_537)),
        (413, site.ask("POST", "/login", form, "Content-Length: 10000000000")),
        (413, site.ask("POST", "/login", form, "Transfer-Encoding: chunked", body=chunks)),
        (200, site.ask("POST", "/upload", body=b"a" * 199_000)),
        (200, site.ask("POST", "/upload", "Transfer-Encoding: chunked", body=chunks)),
        (413, site.ask("POST", "/upload", body=b"a" * 200_001)),
        (400, site.ask("POST", "/login", "Content-Length: 0", "Transfer-Encoding: chunked")),
        (400, site.ask("POST", "/login", "Content-Length: 1", "Content-Length: 2")),
        (400, site.raw(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")),
        (400, site.raw(b"nonsense\r\n\r\n")),
        (400, site.raw(b"GET /\x01 HTTP/1.1\r\n\r\n")),
        (431, site.raw(b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n")),
    ]
    for number, (status, asking) in enumerate(asked):
        reply = await asking
        assert reply.status == status, (number, reply)
        check(reply, number)


async def test_files_are_kept_and_nothing_of_a_person_is(site: Site) -> None:
    style = await site.ask("GET", "/static/css/base.css")
    (etag,) = style.of("ETag")
    again = await site.ask("GET", "/static/css/base.css", f"If-None-Match: {etag}")
    assert again.status == 304
    check(again)
    assert style.of("Cache-Control") == ["no-cache"]
    for path in ("/", "/challenges", "/leaderboards/ladder", "/members/1"):
        for lines in ((), ("HX-Request: true",)):
            own = await site.ask("GET", path, *lines, signed_in=True)
            assert own.of("Cache-Control") == ["no-store"], path
            varies = {one.strip() for one in own.of("Vary")[0].split(",")}
            assert {"HX-Request", "Cookie"} <= varies and len(own.of("Vary")) == 1
    public = await site.ask("GET", "/")
    assert public.of("Cache-Control") == ["no-cache"]


async def test_another_host_is_told_where_the_society_is(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    text = (await asyncio.wait_for(reader.read(), 10)).decode()
    writer.close()
    assert "does not go by that name" in text and "http://localhost" in text


async def test_production_asks_for_tls_for_a_year(config: Config) -> None:
    found = server.security.fixed_headers(replace(config, environment="production"))
    assert found["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in server.security.fixed_headers(config)


async def test_leaving_empties_the_browser(site: Site) -> None:
    reply = await site.ask("POST", "/logout", signed_in=True)
    assert reply.status == 303 and reply.of("Clear-Site-Data") == ['"cache", "storage"']
    check(reply)

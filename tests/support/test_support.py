"""The fixtures themselves: real databases, each test its own, and nobody else's touched."""

from __future__ import annotations

import http.server
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import text

from mathsoc.config import Config
from mathsoc.db import Database
from tests.support.browser import Visitor
from tests.support.isolation import forget_settings
from tests.support.postgres import NotOurs, refuse_used, waiting
from tests.support.run import Run
from tests.support.serving import Server

if TYPE_CHECKING:
    from quart import Quart
    from quart.typing import TestClientProtocol


async def test_each_test_has_a_migrated_database_of_its_own(database: Database) -> None:
    async with database.writing() as session:
        assert (await session.execute(text("SELECT count(*) FROM stages"))).scalar_one() == 0
        version = "sqlite_version()" if database.sqlite else "version()"
        assert (await session.execute(text(f"SELECT {version}"))).scalar_one()
        await session.execute(text("INSERT INTO stages (slug, name, position) VALUES ('ks3', 'KS3', 1)"))


@pytest.mark.parametrize("name", ["postgres", "production", "mathsoc_test_0123456789abcdef"])
def test_a_database_that_the_run_did_not_make_is_not_dropped(run: Run, postgres_url: str, name: str) -> None:
    with pytest.raises(NotOurs):
        run.postgres.drop(run.postgres.url(name))


def test_a_test_server_must_be_named_by_an_empty_database(run: Run, postgres_url: str) -> None:
    with pytest.raises(NotOurs, match="tables"):
        waiting(lambda: refuse_used(postgres_url.replace("+asyncpg", "")))


def test_settings_of_the_shell_are_forgotten() -> None:
    environ = {
        "DATABASE_URL": "x",
        "SECRET_KEY": "x",
        "MATHSOC_ENV": "production",
        "PGHOST": "x",
        "PATH": "kept",
    }
    forget_settings(environ)
    assert environ == {"PATH": "kept"}
    assert not {"DATABASE_URL", "SECRET_KEY", "MATHSOC_ENV"} & set(os.environ)


def test_running_tests_never_touches_the_database_of_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "production.db"
    with sqlite3.connect(path) as production:
        production.execute("CREATE TABLE members (name TEXT)")
        production.execute("INSERT INTO members VALUES ('Ada')")
    production.close()
    before = path.read_bytes()
    inner = f"{__file__}::test_each_test_has_a_migrated_database_of_its_own[sqlite]"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATABASE_URL": f"sqlite:///{path}",
        "SECRET_KEY": "a-production-secret-of-32-bytes-or-more",
        "MATHSOC_ENV": "production",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", inner]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["production.db"]


class Site(http.server.BaseHTTPRequestHandler):
    """Pages for testing the watchfulness of the browser fixture."""

    pages = {  # noqa: RUF012
        "/good": "<title>Good</title><p>Good",
        "/favicon.ico": "-",
        "/error": "<title>x</title><script>null.x</script>",
        "/abroad": "<title>x</title><img src='http://other.invalid/x.png'>",
        "/policy": "<title>x</title><style>p{}</style>",
    }

    def do_GET(self) -> None:
        body = self.pages.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        if self.path == "/policy":
            self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write((body or "<title>No</title>").encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/good", None),
        ("/error", "uncaught"),
        ("/abroad", "another host"),
        ("/policy", "policy: style-src"),
        ("/nothing", "status of 404"),
    ],
)
async def test_a_visitor_notices_what_goes_wrong(
    site: str, new_context: Callable[..., Awaitable[Visitor]], path: str, problem: str | None
) -> None:
    visitor = await new_context(site)
    page = await visitor.page(path)
    await page.wait_for_load_state("networkidle")
    found = visitor.unexpected()
    visitor.allow(".")
    assert (not found) if problem is None else any(problem in line for line in found), found


async def test_a_visitor_can_be_on_a_phone_in_the_dark_without_scripts(
    site: str, new_context: Callable[..., Awaitable[Visitor]]
) -> None:
    visitor = await new_context(site, size=(360, 740), dark=True, scripts=False)
    page = await visitor.page("/error")
    assert page.viewport_size == {"width": 360, "height": 740}
    assert not [line for line in visitor.unexpected() if "uncaught" in line]


async def test_a_server_process_serves_and_ends(
    server: Callable[..., Awaitable[Server]], database_url: str
) -> None:
    site = await server(database_url)
    async with httpx.AsyncClient(base_url=site.url) as client:
        assert (await client.get("/setup")).status_code == 200
    code, seconds = await site.stop()
    assert (code, site.process.poll()) == (0, 0)
    assert seconds < 5
    assert site.url in site.logs()


async def test_a_server_that_cannot_start_says_why(
    server: Callable[..., Awaitable[Server]], sqlite_url: str
) -> None:
    with pytest.raises(AssertionError, match="RATE_SCALE is 'fast'"):
        await server(sqlite_url, RATE_SCALE="fast")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_application_in_this_process(
    app: Quart, client: TestClientProtocol, config: Config
) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert app.database.url == config.database_url

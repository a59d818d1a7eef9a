"""Fixtures that every test may use; what they are made of is in tests/support/.

Async tests and fixtures share one event loop for each process, so that one browser serves them all.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from quart import Quart
from werkzeug.routing import Rule

from mathsoc import config as settings
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.marking import pool
from tests.support.browser import Visitor, visit
from tests.support.compiled import Compiled, builders_kept
from tests.support.hooks import pytest_runtest_protocol, pytest_sessionfinish  # noqa: F401 (for pytest)
from tests.support.isolation import forget_settings
from tests.support.matrix import leave_to_drills
from tests.support.run import FirstProcess, Run
from tests.support.serving import Server, plain
from tests.support.valkey import Valkey
from tests.support.world import World, build
from tools import chromium

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

forget_settings(os.environ)

RUN = pytest.StashKey[Run]()
SECRET = "only-for-tests-0f9b1c6e4d7a8253"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "drill: long; runs with `make drills`, not with `make test`")
    config.addinivalue_line("markers", "timed: claims seconds, so it runs with the machine to itself")
    joined = getattr(config, "workerinput", {}).get("mathsoc_run")
    config.stash[RUN] = Run(Path(joined)) if joined else FirstProcess()


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if isinstance(run, FirstProcess):
        run.end()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's: tell the worker the run's folder."""
    node.workerinput["mathsoc_run"] = str(node.config.stash[RUN].folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, since tests also wait: for servers, browsers and databases."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_to_drills(items)


def pytest_collection_finish() -> None:
    """What has been imported stays: to look through it again and again for garbage is a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[RUN]


@pytest.fixture(scope="session", autouse=True)
def workers_when_needed() -> Iterator[None]:
    """An application in this process has marking workers from the first answer that needs one.

    Most tests mark nothing with them, and bringing them up costs each more than all else it does.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "start", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """All applications of this process share their compiled templates and routes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Quart, "jinja_options", {"bytecode_cache": Compiled()})
        patch.setattr(Rule, "_compile_builder", builders_kept())
        yield


@pytest.fixture
def sqlite_url(run: Run, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    return run.sqlite(tmp_path / "mathsoc.db")


@pytest.fixture
def to_drop(run: Run) -> Iterator[list[str]]:
    """PostgreSQL databases of this test. Servers ask for it too, so that they end before their database."""
    urls: list[str] = []
    yield urls
    for url in urls:
        run.postgres.drop(url)


@pytest.fixture
def postgres_url(run: Run, to_drop: list[str]) -> str:
    """A migrated PostgreSQL database of this test's own."""
    to_drop.append(run.postgres.create_migrated())
    return settings.database_url(to_drop[-1])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that uses it, or anything below, runs on both databases.

    `@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)` is for one of them.
    """
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings of a test; `dataclasses.replace(config, …)` for others."""
    return Config(
        environment="testing",
        database_url=database_url,
        secret_key=SECRET,
        site_url="http://localhost",
        port=8000,
        workers=1,
        trusted_proxies=0,
        time_zone=ZoneInfo("Europe/London"),
        rate_scale=1000.0,
        upload_dir=str(tmp_path / "uploads"),
        backup_dir=str(tmp_path / "backups"),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: Database) -> World:
    """A society with Alice (competes), Bob (another school) and Carol (staff)."""
    return await build(database)


@pytest_asyncio.fixture(loop_scope="session")
async def app(config: Config) -> AsyncIterator[Quart]:
    """The application in this process, started up; `app.database` is its database."""
    from mathsoc.app import create_app

    app = create_app(config)
    async with app.test_app():
        yield app


@pytest.fixture
def client(app: Quart) -> TestClientProtocol:
    return app.test_client()


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path, to_drop: list[str]) -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Start real `mathsoc run` processes: `await server(url, "--workers=2", RATE_SCALE="5")`."""
    started: list[Server] = []

    async def start(database_url: str, *arguments: str, **given: str) -> Server:
        own = {"DATABASE_URL": plain(database_url), "SECRET_KEY": SECRET}
        started.append(Server({**own, **given}, tmp_path, *arguments))
        await started[-1].ready()
        return started[-1]

    yield start
    for process in started:
        await process.stop()


@pytest.fixture(scope="session")
def valkey(run: Run, worker_id: str) -> Iterator[Valkey]:
    """One Valkey for all tests of this process; each finds it empty if it flushes it first."""
    server = Valkey(run.folder / f"valkey-{worker_id}")
    yield server
    server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all browser tests of this process (Playwright's async API)."""
    found = chromium.find() or pytest.fail("No Chromium is here: run `python tools/chromium.py`.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=list(chromium.FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_context(browser: Browser, server: object) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Visitors with a browser context each; anything that goes wrong in one fails the test at its end.

    It asks for `server` so that the visitors leave before the servers end.
    """
    visitors: list[Visitor] = []

    async def make(base: str, **options: Any) -> Visitor:
        visitors.append(await visit(browser, base, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        await visitor.context.close()
    problems = [problem for visitor in visitors for problem in visitor.unexpected()]
    assert not problems, "in the browser:\n" + "\n".join(problems)

"""What holds for every run of the tests: none is skipped, and none hangs."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

LIMIT = 120  # seconds for one test, its fixtures included; drills are free of it


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that skipped something has not shown what it claims."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("Tests were skipped, so this run counts as failed.", red=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that hangs fails by itself, with the place where it hung."""
    if item.get_closest_marker("drill"):
        return (yield)

    def give_up(_signal: int, _frame: object) -> None:
        pytest.fail(f"took longer than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

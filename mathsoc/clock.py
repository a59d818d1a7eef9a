"""The present moment, asked for in one place so that tests can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_moved: datetime | None = None
_file: Path | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _moved is not None:
        return _moved
    if _file is not None and _file.exists():
        return datetime.fromisoformat(_file.read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)


def follow(path: Path | None) -> None:
    """Read the present moment from a file (testing only: config refuses the setting elsewhere)."""
    global _file
    _file = path


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Hold the clock at one moment, for tests."""
    global _moved
    before, _moved = _moved, moment.astimezone(UTC)
    try:
        yield
    finally:
        _moved = before

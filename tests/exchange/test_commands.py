"""`mathsoc export` and `mathsoc import`, as they are typed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mathsoc.__main__ import main
from mathsoc.db import Database
from tests.support.serving import plain
from tests.support.world import build


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_commands(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await build(database)
    monkeypatch.setenv("DATABASE_URL", plain(database.url))
    monkeypatch.setenv("MATHSOC_ENV", "testing")
    monkeypatch.setenv("SECRET_KEY", "only-for-tests")
    monkeypatch.setenv("UPLOAD_DIR", str(tmp_path / "uploads"))
    folder = str(tmp_path / "a")
    assert await asyncio.to_thread(main, ["export", folder]) == 0
    assert "keys" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["import", folder, "--dry-run"]) == 0
    assert "dry run" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["import", str(tmp_path)]) == 1
    assert "it is no export" in capsys.readouterr().err

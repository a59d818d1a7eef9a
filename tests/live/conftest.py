"""Toy processes for the live tests, ended with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.live.process import Toy


@pytest_asyncio.fixture(loop_scope="session")
async def toy(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Toy]]]:
    """`await toy(url, workers=2)`: the toy application in processes of its own."""
    started: list[Toy] = []

    async def start(url: str = "", **given: Any) -> Toy:
        started.append(await Toy.start(tmp_path, url or f"sqlite:///{tmp_path / 'toy.db'}", **given))
        return started[-1]

    yield start
    for one in started:
        await one.stop()

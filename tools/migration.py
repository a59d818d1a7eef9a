"""Write the next migration from what the models say and the migrations do not: `make migration m="…"`."""

# ruff: noqa: T201
from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from mathsoc import schema


async def write(message: str) -> None:
    """On a throw-away SQLite database, so that nobody's data decides what is written."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'schema.db'}"
        await schema.upgrade(url)
        newest = max((int(head) for head in schema.heads()), default=0)
        await schema.revise(url, message, f"{newest + 1:04}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what changes: make migration m="add school colours"')
    asyncio.run(write(sys.argv[1]))
    print("Now read it, tidy it, and run: make test")

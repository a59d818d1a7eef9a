"""The common passwords that come with the package (docs/decisions/0008-passwords.md says from where)."""

from __future__ import annotations

import asyncio
import gzip
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("common.txt.gz")


@cache
def passwords() -> frozenset[str]:
    """In lower case: those long enough to be chosen here, and words that others are made of."""
    return frozenset(gzip.decompress(FILE.read_bytes()).decode().split("\n")) - {""}


async def loaded() -> frozenset[str]:
    """The same; the first time it is read off the event loop."""
    return await asyncio.to_thread(passwords)

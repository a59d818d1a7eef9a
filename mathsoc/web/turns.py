"""One piece of marking work of a member at a time, so that nobody fills the workers alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from quart import g

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


@asynccontextmanager
async def members_turn() -> AsyncIterator[None]:
    """Wait until nothing else of the viewer's is being marked in this process, whatever page asked for it."""
    async with _turns.setdefault(g.viewer.id, asyncio.Lock()):
        yield

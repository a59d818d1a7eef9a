"""Announcing a change, and reading how far each topic has moved."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.db import Database
from mathsoc.live.models import LiveTopic

# "prefix:name": no comma (it separates topics in the URL), nothing that needs quoting in a URL or a log line.
TOPIC = re.compile(r"[a-z][a-z0-9-]{0,30}:[A-Za-z0-9._~:/-]{1,120}", re.ASCII)


async def announce(session: AsyncSession, topic: str) -> None:
    """Say, in the caller's transaction, that what `topic` ("prefix:name") shows has changed.

    Call it as the last step of the service: the topic's row stays locked until the commit. A transaction that
    announces several topics takes them in sorted order, so that two such transactions cannot deadlock.
    The unit of work sends the hint after the commit; a rolled-back change is never announced.

    Raises ValueError when `topic` is not of the form "prefix:name".
    """
    if not TOPIC.fullmatch(topic):
        raise ValueError(f"not a topic: {topic!r}")
    table = LiveTopic.__table__
    assert isinstance(table, Table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    await session.execute(
        insert(table)
        .values(topic=topic, version=1)
        .on_conflict_do_update(index_elements=["topic"], set_={"version": table.c.version + 1})
    )
    session.info.setdefault("announced", set()).add(topic)


async def versions(session: AsyncSession, topics: Collection[str]) -> dict[str, int]:
    """The version of each of `topics`; 0 for one that was never announced."""
    rows = await session.execute(
        select(LiveTopic.topic, LiveTopic.version).where(LiveTopic.topic.in_(topics))
    )
    return dict.fromkeys(topics, 0) | {topic: version for topic, version in rows}


def versions_of(database: Database) -> Callable[[Collection[str]], Awaitable[dict[str, int]]]:
    """`versions` in a short unit of work of its own, for the hub."""

    async def read(topics: Collection[str]) -> dict[str, int]:
        async with database.reading() as session:
            return await versions(session, topics)

    return read

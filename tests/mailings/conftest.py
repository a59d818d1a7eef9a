"""Fixtures of the tests of newsletters by mail: it is noon, and a mail server listens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import pytest_asyncio

from mathsoc import clock
from tests.support.smtp import MailServer, mail_server


@pytest.fixture(autouse=True)
def noon() -> Iterator[datetime]:
    """The clock stands at noon of tomorrow: nothing is sent at night."""
    moment = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(12), UTC)
    with clock.moved_to(moment):
        yield moment


@pytest_asyncio.fixture(loop_scope="session")
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server

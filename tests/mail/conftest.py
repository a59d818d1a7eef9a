"""Fixtures of the tests of mail."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.smtp import MailServer, mail_server


@pytest_asyncio.fixture(loop_scope="session")
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server

"""Fixtures of the tests of the editor."""

from __future__ import annotations

import pytest_asyncio
from quart import Quart

from tests.support.world import World, already_signed_in
from tests.writing.desk import Clients


@pytest_asyncio.fixture(loop_scope="session")
async def clients(app: Quart, world: World) -> Clients:
    """Everybody signed in, and an open challenge to edit."""
    await world.add_challenge("squares")
    found = {name: await already_signed_in(app, world, name) for name in ("alice", "bob", "carol", "ada")}
    return found | {"anonymous": app.test_client()}

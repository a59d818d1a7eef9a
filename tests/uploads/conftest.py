"""Clients that send files and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from quart import Quart

from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

from tests.uploads.kept import WHO


@pytest_asyncio.fixture(loop_scope="session")
async def carol(app: Quart, world: World) -> TestClientProtocol:
    return await already_signed_in(app, world, "carol")


@pytest_asyncio.fixture(loop_scope="session")
async def clients(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    signed_in = {name: await already_signed_in(app, world, name) for name in WHO[1:]}
    return {"anonymous": app.test_client()} | signed_in

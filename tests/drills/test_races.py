"""The races again and again: fifty rounds of fifty sends on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from quart import Quart

from mathsoc.scoring import audit
from tests.support.world import World, already_signed_in, box_path

pytestmark = pytest.mark.drill


async def test_fifty_rounds_of_fifty_sends(app: Quart, world: World) -> None:
    for turn in range(50):
        challenge = await world.add_challenge(f"round-{turn}")
        clients = [await already_signed_in(app, world, name) for name in ("alice", "bob")]
        sends = [
            client.post(box_path(challenge), form={"answer": f"x+{n}"})
            for n in range(25)
            for client in clients
        ]
        replies = await asyncio.gather(*sends)
        assert Counter(reply.status_code for reply in replies) == {200: 6, 409: 44}, turn
    async with world.database.reading() as session:
        assert await audit.check(session) == []

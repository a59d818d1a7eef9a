"""`mathsoc create-admin --replace` of somebody who has points: staff stand on no board."""

from __future__ import annotations

from sqlalchemy import select

from mathsoc import clock
from mathsoc.scoring.models import Standing
from mathsoc.setup import service
from mathsoc.setup.rules import NewAdmin, NewSociety
from tests.support.world import World


async def test_a_pupil_who_becomes_an_administrator_leaves_the_boards(world: World) -> None:
    await world.give("alice", 4)
    alice = world.members["alice"]
    async with world.database.writing() as session:
        assert list(await session.scalars(select(Standing.listed))) == [True]
        admin = NewAdmin(alice.email or "", alice.display_name, "$a$hash")
        founded = NewSociety("Another", "x@y.example", "one")
        await service.make_admin(session, founded, admin, clock.now(), replace=True)
    async with world.database.reading() as session:
        assert list(await session.scalars(select(Standing.listed))) == [False]

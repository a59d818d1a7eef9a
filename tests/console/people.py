"""Everybody of the console's tests signed in, and what the database then says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Quart
from sqlalchemy import select

from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.members.models import Member
from mathsoc.scoring import audit as standings
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol


async def staffed(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    """Everybody signed in: the three people, an administrator, and a lead of each school."""
    await world.add_member("lead", role="lead", year=None)
    east = {"school_id": world.schools["eastgate"].id, "email": "elsewhere@eastgate.example"}
    await world.add_member("elsewhere", role="lead", year=None, **east)
    names = ("alice", "bob", "carol", "ada", "lead", "elsewhere")
    return {name: await already_signed_in(app, world, name) for name in names}


def path(world: World, name: str, noun: str = "") -> str:
    return f"/console/members/{world.members[name].handle}" + (f"/{noun}" if noun else "")


async def stored(world: World, name: str) -> Member:
    async with world.database.reading() as session:
        return await session.get_one(Member, world.members[name].id)


async def logged(world: World, action: str) -> list[tuple[AuditEntry, AuditDetail | None]]:
    chosen = (
        select(AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(AuditEntry.action == action)
        .order_by(AuditEntry.id)
    )
    async with world.database.reading() as session:
        return [(entry, detail) for entry, detail in await session.execute(chosen)]


async def text_of(client: TestClientProtocol, address: str) -> str:
    reply = await client.get(address)
    assert reply.status_code == 200, (address, reply.status_code)
    return (await reply.get_data()).decode()


async def agree(world: World) -> None:
    async with world.database.reading() as session:
        assert await standings.check(session) == []

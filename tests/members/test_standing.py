"""Whether sessions still hold, and holding the viewer's rights through a write."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mathsoc.db import Database
from mathsoc.errors import Forbidden, SignedOut
from mathsoc.members import queries, rules, service, standing
from mathsoc.members.models import LoginSession, Member
from mathsoc.members.rules import Viewer
from tests.live.fakes import true
from tests.support.asked import watch
from tests.support.locks import postgres_only, waits_for_a_lock
from tests.support.world import World


async def viewer_of(world: World, name: str) -> Viewer:
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        token = await service.start_session(session, member, world.now)
        found = await queries.viewer(session, token, world.now)
    assert found is not None
    return found


async def change(world: World, table: Any, id: int, **values: Any) -> None:
    async with world.database.writing() as session:
        await session.execute(update(table).where(table.id == id).values(**values))


CHANGES: dict[str, tuple[Any, dict[str, Any], type[Exception]]] = {
    "role": (Member, {"role": "editor"}, Forbidden),
    "state": (Member, {"state": "suspended"}, Forbidden),
    "ended": (LoginSession, {"ended_at": None}, SignedOut),
    "code": (LoginSession, {"waits_for_code": True}, SignedOut),
    "idle": (LoginSession, {"seen_at": None}, SignedOut),
    "old": (LoginSession, {"created_at": None}, SignedOut),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_what_ends_the_hold_of_one_viewer_and_of_nobody_else(world: World, what: str) -> None:
    alice, bob = await viewer_of(world, "alice"), await viewer_of(world, "bob")
    async with world.database.reading() as session:
        assert await standing.no_longer_holding(session, [alice, bob], world.now) == []
    table, values, error = CHANGES[what]
    long_ago = {name: world.now - timedelta(days=400) if one is None else one for name, one in values.items()}
    await change(world, table, alice.session_id if table is LoginSession else alice.id, **long_ago)
    async with world.database.reading() as session:
        assert await standing.no_longer_holding(session, {alice, bob}, world.now) == [alice]
    async with world.database.writing() as session:
        await standing.hold(session, bob, world.now)
        with pytest.raises(error):
            await standing.hold(session, alice, world.now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["alice", "carol"])
async def test_the_database_draws_the_line_where_the_rule_does(world: World, name: str) -> None:
    viewer = await viewer_of(world, name)
    for limits, column in ((rules.IDLE, "seen_at"), (rules.ABSOLUTE, "created_at")):
        for short in (0, 1):
            given = {"seen_at": world.now, "created_at": world.now}
            given[column] -= limits[viewer.staff] - timedelta(microseconds=short)
            await change(world, LoginSession, viewer.session_id, **given)
            async with world.database.reading() as session:
                gone = await standing.no_longer_holding(session, [viewer], world.now)
            alive = rules.session_alive(staff=viewer.staff, **given, ended=False, now=world.now)
            assert alive == (gone == []) == bool(short)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_thousands_are_asked_about_a_thousand_at_a_time(world: World) -> None:
    alice = await viewer_of(world, "alice")
    others = [replace(alice, session_id=alice.session_id + number) for number in range(1, 2_500)]
    asked = watch(world.database)
    async with world.database.reading() as session:
        gone = await standing.no_longer_holding(session, [alice, *others], world.now)
    assert gone == others
    assert len([one for one in asked.statements if one.startswith("SELECT")]) == 3


@postgres_only
async def test_a_role_waits_for_what_its_holder_is_writing(world: World, database: Database) -> None:
    alice = await viewer_of(world, "alice")
    order: list[str] = []

    async def drop() -> None:
        await change(world, Member, alice.id, role="editor")
        order.append("dropped")

    async with database.writing() as session:
        await standing.hold(session, alice, world.now)
        dropping = asyncio.create_task(drop())
        await true(lambda: waits_for_a_lock(database))
        order.append("written")
    await dropping
    assert order == ["written", "dropped"]


@postgres_only
async def test_whoever_waits_for_a_role_that_is_being_dropped_is_refused(
    world: World, database: Database
) -> None:
    """Ended sessions too: the lock is awaited in one statement, and looked behind in the next."""
    alice = await viewer_of(world, "alice")

    async def write() -> None:
        async with database.writing() as session:
            await standing.hold(session, alice, world.now)

    async with database.writing() as session:
        await session.execute(update(Member).where(Member.id == alice.id).values(password_hash="new"))
        await service.end_session(session, "unknown", world.now)
        writing = asyncio.create_task(write())
        await true(lambda: waits_for_a_lock(database))
        chosen = update(LoginSession).where(LoginSession.id == alice.session_id)
        await session.execute(chosen.values(ended_at=world.now))
    with pytest.raises(SignedOut):
        await writing


@postgres_only
async def test_holding_does_not_disturb_those_who_only_point_at_the_member(
    world: World, database: Database
) -> None:
    """A foreign key takes a weaker lock; a session of the member can be made while another writes."""
    alice = await viewer_of(world, "alice")
    async with database.writing() as session, asyncio.timeout(5):
        await standing.hold(session, alice, world.now)
        async with database.writing() as other:
            other.add(
                LoginSession(
                    **{"member_id": alice.id, "token_hash": "x"},
                    **dict.fromkeys(("created_at", "seen_at", "fresh_at"), world.now),
                )
            )
            await other.flush()

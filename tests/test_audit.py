"""The audit log: only ever added to; what is personal in it goes after 30 days, or at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from mathsoc import audit, clock
from mathsoc.audit import Action, AuditDetail, AuditEntry
from mathsoc.console import rules
from mathsoc.db import Database
from mathsoc.jobs import Runner
from tests.support.world import World, already_signed_in, noon


async def entries(database: Database) -> list[AuditEntry]:
    async with database.reading() as session:
        return list(await session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


async def details(database: Database) -> set[int]:
    async with database.reading() as session:
        return set(await session.scalars(select(AuditDetail.entry_id)))


@pytest.mark.parametrize("what", ["update", "delete", "truncate"])
async def test_the_database_refuses_to_change_it(world: World, what: str) -> None:
    async with world.database.writing() as session:
        await audit.record(session, Action.SUSPENDED, noon(), actor_id=world.members["ada"].id)
    statements = {
        "update": update(AuditEntry).values(action="x"),
        "delete": delete(AuditEntry),
        "truncate": text("DELETE FROM audit" if world.database.sqlite else "TRUNCATE audit CASCADE"),
    }
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with world.database.writing() as session:
            await session.execute(statements[what])
    (entry,) = await entries(world.database)
    assert entry.action == "suspended"


async def test_details_go_after_thirty_days_some_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CHUNK", 3)
    async with world.database.writing() as session:
        for day in range(1, 11):
            await audit.record(session, Action.SIGNED_IN, noon(day), address="192.0.2.1")
    runner = Runner(world.database, {audit.FORGET: audit.forget_details}, {audit.FORGET: timedelta(days=1)})
    with clock.moved_to(noon(1)):
        await runner._plan_standing()
    kept = sorted(await details(world.database))
    with clock.moved_to(noon(8) + timedelta(days=30, seconds=-1)):
        assert await runner.run_due() == 3
    assert sorted(await details(world.database)) == kept[7:]
    assert len(await entries(world.database)) == 10
    with clock.moved_to(noon(10) + timedelta(days=31)):
        await runner.run_due()
    assert not await details(world.database)


async def test_erasure_takes_what_is_personal_at_once(world: World) -> None:
    alice, bob = world.members["alice"].id, world.members["bob"].id
    about = [(alice, None), (None, alice), (bob, alice), (alice, bob), (bob, None), (None, bob)]
    async with world.database.writing() as session:
        for actor, member in about:
            await audit.record(
                session, Action.SUSPENDED, noon(), actor_id=actor, member_id=member, address="192.0.2.1"
            )
        # Something else with the same number is not about the member.
        await audit.record(session, Action.MAIL_VIEWED, noon(), subject=("mail", alice), address="x")
    async with world.database.writing() as session:
        await audit.erase_details_of(session, alice)
    numbers = [entry.id for entry in await entries(world.database)]
    assert await details(world.database) == {numbers[4], numbers[5], numbers[6]}


async def test_a_refused_door_stands_in_it(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    assert (await alice.get("/console/audit")).status_code == 403
    assert (await alice.post("/console/members/x/role")).status_code == 403
    assert (await app.test_client().get("/console/audit")).status_code == 303
    denied = [one for one in await entries(world.database) if one.action == "denied"]
    assert [one.actor_id for one in denied] == [world.members["alice"].id] * 2
    async with world.database.reading() as session:
        detail = await session.get_one(AuditDetail, denied[1].id)
    assert detail.after == {"rule": "/console/members/<handle>/role", "method": "POST"}


async def test_refused_doors_do_not_fill_it(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [True, True]

    async def take(_name: str, *_who: str) -> bool:
        return bool(left and left.pop())

    monkeypatch.setattr("mathsoc.web.limits.take", take)
    alice = await already_signed_in(app, world, "alice")
    for _ in range(4):
        assert (await alice.get("/console/audit")).status_code == 403
    assert [one.action for one in await entries(world.database)] == ["denied"] * 2


def test_every_action_has_its_words() -> None:
    assert rules.IN_WORDS.keys() == set(Action)


def test_a_cursor_is_a_moment_or_nothing() -> None:
    moment = noon() + timedelta(microseconds=7)
    assert rules.from_cursor(rules.cursor(moment)) == moment
    for text_ in ("", "x", "20261101", "20261301T120000000000Z", "٢٠٢٦١١٠١T١٢٠٠٠٠٠٠٠٠٠٠Z"):
        assert rules.from_cursor(text_) is None

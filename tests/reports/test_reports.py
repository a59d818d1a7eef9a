"""Reporting a display name, and what staff decide about it."""

from __future__ import annotations

import asyncio

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.joining import names
from mathsoc.members import service as members
from mathsoc.reports import queries, service
from mathsoc.reports.models import Report
from tests.console.people import agree, logged, staffed, stored, text_of
from tests.support.world import World, already_signed_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNKIND = {"reason": "unkind", "more": "It laughs at somebody"}


async def reports(world: World) -> list[Report]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Report).order_by(Report.id)))


def address(world: World, name: str) -> str:
    return f"/members/{world.members[name].handle}/report"


@ONCE
async def test_a_name_is_reported_once_while_that_waits(app: Quart, world: World) -> None:
    """By anybody signed in, a pending member too; not one's own, and nobody's whom others do not see."""
    await world.add_member("pending", state="pending")
    for name in ("alice", "bob", "pending", "carol"):
        client = await already_signed_in(app, world, name)
        link = f'href="{address(world, "alice")}"'
        page = await text_of(client, f"/members/{world.members['alice'].handle}")
        assert (link in page) == (name != "alice")
        for _ in range(2):
            reply = await client.post(address(world, "alice"), form=UNKIND)
            assert reply.status_code == (404 if name == "alice" else 303), name
    made = await reports(world)
    assert [one.made_by_id for one in made] == [world.members[n].id for n in ("bob", "pending", "carol")]
    assert {(one.shown, one.reason) for one in made} == {
        ("Display Alice", "It is rude or unkind. It laughs at somebody")
    }
    assert len(await logged(world, "reported")) == 3
    bob = await already_signed_in(app, world, "bob")
    assert "Thank you" in await text_of(bob, address(world, "alice"))
    assert (await app.test_client().post(address(world, "alice"), form=UNKIND)).status_code == 403
    for hidden in ("pending", "carol"):
        assert (await bob.post(address(world, hidden), form=UNKIND)).status_code == 404


@ONCE
@pytest.mark.parametrize("form", [{}, {"reason": "mean"}, {"reason": "other", "more": "x" * 401}])
async def test_what_is_missing_is_said_at_its_field(app: Quart, world: World, form: dict[str, str]) -> None:
    bob = await already_signed_in(app, world, "bob")
    reply = await bob.post(address(world, "alice"), form=form)
    page = (await reply.get_data()).decode()
    assert reply.status_code == 422 and 'class="error"' in page and not await reports(world)


async def test_staff_see_those_about_their_own(app: Quart, world: World) -> None:
    """Who reported it is for administrators alone; what a reporter types is shown as text."""
    clients = await staffed(app, world)
    await clients["bob"].post(address(world, "alice"), form=UNKIND | {"more": "<b>Mallory</b>"})
    for name in ("alice", "bob", "carol"):
        assert (await clients[name].get("/console/reports")).status_code == 403, name
    lead, ada = (
        await text_of(clients["lead"], "/console/reports"),
        await text_of(clients["ada"], "/console/reports"),
    )
    assert "Display Alice" in lead and "&lt;b&gt;Mallory" in lead and "Real Bob" not in lead
    assert "Real Bob Name" in ada
    assert "No report waits" in await text_of(clients["elsewhere"], "/console/reports")
    for name, count in (("lead", True), ("ada", True), ("elsewhere", False)):
        assert ("1 waiting" in await text_of(clients[name], "/console")) is count, name
    (report,) = await reports(world)
    decision = f"/console/reports/{report.public_id}/decision"
    for name, status in (("alice", 403), ("carol", 403), ("elsewhere", 404)):
        reply = await clients[name].post(decision, form={"outcome": "remove"})
        assert reply.status_code == status, name
    assert (await clients["lead"].post(decision, form={"outcome": "x"})).status_code == 422
    assert (await stored(world, "alice")).display_name == "Display Alice"


@ONCE
async def test_a_name_that_goes_is_gone_at_once_and_one_that_stays_stays(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await world.give("alice", 5)
    board = "/leaderboards/ladder?stage=ks4"
    assert "Display Alice" in await text_of(clients["bob"], board)
    for outcome in ("keep", "remove"):
        for name in ("bob", "carol"):
            await clients[name].post(address(world, "alice"), form=UNKIND)
        report = (await reports(world))[-1]
        decision = f"/console/reports/{report.public_id}/decision"
        assert (await clients["lead"].post(decision, form={"outcome": outcome})).status_code == 303
        shown = (await stored(world, "alice")).display_name
        assert (shown == "Display Alice") is (outcome == "keep")
        assert (await clients["ada"].post(decision, form={"outcome": "remove"})).status_code == 422
    assert names.is_ours(shown)
    page = await text_of(clients["bob"], board)
    assert shown in page and "Display Alice" not in page
    assert [one.outcome for one in await reports(world)] == ["kept", "kept", "removed", "removed"]
    ((entry, detail),) = await logged(world, "name-changed")
    assert entry.actor_id == world.members["lead"].id
    assert detail is not None and detail.after == {"display_name": shown}
    assert len(await logged(world, "report-decided")) == 2
    assert "another name" in await text_of(clients["lead"], "/console/reports?decided=yes")
    await agree(world)


@ONCE
async def test_a_name_that_was_changed_meanwhile_is_left_alone(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await clients["bob"].post(address(world, "alice"), form=UNKIND)
    async with world.database.writing() as session:
        (await members.locked(session, world.members["alice"].id)).display_name = "Quiet Heron"
    assert "changed since" in await text_of(clients["lead"], "/console/reports")
    (report,) = await reports(world)
    await clients["lead"].post(f"/console/reports/{report.public_id}/decision", form={"outcome": "remove"})
    assert (await stored(world, "alice")).display_name == "Quiet Heron"
    assert not await logged(world, "name-changed")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        await service.make(session, world.viewer("bob"), alice, "Rude.", clock.now(), "")

    async def decide(new_name: str | None) -> bool:
        async with world.database.writing() as session:
            report = (await session.scalars(select(Report))).one()
            member = await members.locked(session, world.members["alice"].id)
            try:
                viewer = world.viewer("ada")
                await service.decide(session, viewer, report, member, clock.now(), "", new_name=new_name)
            except Refused:
                return False
            return True

    decided = await asyncio.gather(*(decide(name) for name in (None, "Swift Wren", "Calm Owl")))
    assert sum(decided) == 1
    async with world.database.reading() as session:
        assert await queries.open_count(session, Report.id.is_not(None)) == 0

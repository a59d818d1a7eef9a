"""Whoever waits for approval may look round, appears nowhere and sends nothing."""

from __future__ import annotations

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc.leaderboards.drawing import board
from mathsoc.leaderboards.live import BoardSource
from mathsoc.leaderboards.queries import find
from mathsoc.submissions.models import Attempt
from tests.joining.ways import text
from tests.support.world import HTMX, World, already_signed_in, box_path

PLACES = (
    *("/", "/challenges", "/challenges/squares", "/competitions", "/competitions/ladder", "/leaderboards"),
    *("/leaderboards/ladder?stage=ks4", "/leaderboards/ladder?stage=ks4&page=2"),
    *("/leaderboards/ladder?stage=ks4&school=northfield&year=10", "/leaderboards/ladder/place?stage=ks4"),
    *("/leaderboards/cup?stage=ks4", "/members/{alice}", "/members/{pending}"),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_they_appear_nowhere(app: Quart, world: World) -> None:
    """Not on pages, not in streams, not in numbers; their points, by hand, move nobody's place."""
    await world.add_challenge("squares")
    await world.add_member("pending", state="pending", wished_name="Zqwished")
    await world.add_member("lead", role="lead", year=None)
    await world.give("alice", 3)
    for competition in ("ladder", "cup"):
        await world.give("pending", 50, competition=competition)
    handles = {name: one.handle for name, one in world.members.items()}
    told = ("Display Pending", "Real Pending", "pending@", "Zqwished", handles["pending"])
    clients = {"nobody": app.test_client()}
    for who in ("alice", "bob", "lead", "carol"):
        clients[who] = await already_signed_in(app, world, who)
    for who, client in clients.items():
        for path in PLACES:
            for headers in ({}, HTMX):
                reply = await client.get(path.format(**handles), headers=headers)
                body = await text(reply)
                if "{pending}" in path:
                    assert reply.status_code == 404
                    body = body.replace(path.format(**handles), "")  # what was asked for
                assert not [one for one in told if one in body], (who, path)
    source = BoardSource(app, world.database)
    for audience in ("public", "member", "staff"):
        pushed = await source.render("ladder:ks4", audience)
        assert not [one for one in told if one in pushed], audience
    async with world.database.reading() as session:
        found = await board(app, session, *await find(session, "ladder:ks4", signed_in=True), "member")
    assert (found.total, [(row.place, row.name, row.score) for row in found.rows]) == (
        1,
        [(1, "Display Alice", 3)],
    )


async def test_they_send_nothing_until_they_are_let_in(app: Quart, world: World) -> None:
    """They read everything, and read how an answer is understood; after the approval all of it counts."""
    challenge = await world.add_challenge("squares")
    await world.add_member("pending", state="pending")
    pending = await already_signed_in(app, world, "pending")
    assert "waits for your school" in await text(await pending.get("/challenges/squares"))
    answer = {"answer": "x^2/2"}
    for headers in ({}, HTMX):
        assert (await pending.post(box_path(challenge), form=answer, headers=headers)).status_code == 409
    assert (await pending.post(box_path(challenge, what="reading"), form=answer)).status_code == 200
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Attempt)) == 0
    ada = await already_signed_in(app, world, "ada")
    handle = world.members["pending"].handle
    assert (await ada.post(f"/console/joining/{handle}/approval")).status_code == 303
    assert (await pending.post(box_path(challenge), form=answer)).status_code == 200
    assert "waits for your school" not in await text(await pending.get("/challenges/squares"))
    alice = await already_signed_in(app, world, "alice")
    assert "Display Pending" in await text(await alice.get("/leaderboards/ladder?stage=ks4"))
    assert (await alice.get(f"/members/{handle}")).status_code == 200


async def test_points_that_waited_count_from_the_approval_on(app: Quart, world: World) -> None:
    await world.add_member("pending", state="pending")
    await world.give("pending", 5)
    await world.give("alice", 3)
    ada = await already_signed_in(app, world, "ada")
    await ada.post(f"/console/joining/{world.members['pending'].handle}/approval")
    async with world.database.reading() as session:
        found = await board(app, session, *await find(session, "ladder:ks4", signed_in=True), "member")
    assert [(row.place, row.name) for row in found.rows] == [(1, "Display Pending"), (2, "Display Alice")]

"""One's own account: where one stands, what one sent, and what one is never told there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart

from mathsoc import clock
from mathsoc.app import Mathsoc
from mathsoc.challenges.models import Challenge
from mathsoc.members.models import Member
from mathsoc.profile import queries
from mathsoc.submissions.models import Attempt
from tests.support.asked import watch
from tests.support.world import World, already_signed_in, box_path

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol


OF_POINTS = re.compile(r"FROM (attempts|answer_boxes|awards|completions|standings|challenges)")


async def text(client: TestClientProtocol, path: str) -> str:
    reply = await client.get(path)
    assert reply.status_code == 200, (path, reply.status_code)
    return (await reply.get_data()).decode()


def table(html: str) -> list[tuple[str, str, str]]:
    """Competition, place and points of each line."""
    found = re.findall(r'stage=\w+">([^<]+)</a>.*?number">(.*?)</td><td class="number">(\d+)', html)
    return [(name, re.sub(r"<[^>]+>", "", place), points) for name, place, points in found]


async def change(world: World, name: str, **values: object) -> None:
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        for key, value in values.items():
            setattr(member, key, value)


async def test_own_points_show_whatever_others_see(app: Quart, world: World) -> None:
    """Places as on the boards; without a place for who is hidden or pending, to whom the page says so."""
    await world.give("alice", 3)
    await world.give("alice", 4, competition="cup")
    await world.give("bob", 5)
    alice, bob = [await already_signed_in(app, world, name) for name in ("alice", "bob")]
    assert table(await text(alice, "/profile")) == [("Ladder", "2", "3"), ("Cup", "1", "4")]
    assert table(await text(bob, "/profile")) == [("Ladder", "1", "5")]
    assert (await app.test_client().get("/profile")).status_code == 303
    assert "No points yet." not in await text(await already_signed_in(app, world, "carol"), "/profile")
    await alice.post("/profile/boards", form={"shown": "no"})
    html = await text(alice, "/profile")
    assert table(html) == [("Ladder", "–not on the board", "3"), ("Cup", "–not on the board", "4")]
    assert "so you have no place" in html and f"/members/{world.members['alice'].handle}" not in html
    assert table(await text(bob, "/profile")) == [("Ladder", "1", "5")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ones_own_page_is_there_for_oneself_with_a_note(app: Quart, world: World) -> None:
    path = f"/members/{world.members['alice'].handle}"
    alice, bob = [await already_signed_in(app, world, name) for name in ("alice", "bob")]
    note = "Only you can see this page"
    assert note not in await text(alice, path) and note not in await text(bob, path)
    for values in ({"hidden": True}, {"hidden": False, "state": "pending"}):
        await change(world, "alice", **values)
        assert note in await text(alice, path)
        assert (await bob.get(path)).status_code == (await app.test_client().get(path)).status_code == 404
    for state in ("suspended", "erased"):
        await change(world, "alice", state=state)
        assert (await alice.get(path)).status_code == (await bob.get(path)).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_account_that_will_be_deleted_can_be_kept(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    assert "/profile/delete/undo" not in await text(alice, "/profile")
    await change(world, "alice", erase_at=clock.now() + timedelta(days=6))
    assert "will be deleted on" in await text(alice, "/profile")
    assert (await alice.post("/profile/delete/undo")).status_code == 303
    assert "/profile/delete/undo" not in await text(alice, "/profile")


async def send(client: TestClientProtocol, challenge: Challenge, *answers: str, box: int = 0) -> None:
    for answer in answers:
        reply = await client.post(box_path(challenge, box), form={"answer": answer})
        assert reply.status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ones_own_answers_and_nobody_elses(app: Quart, world: World) -> None:
    number = {"kind": "number", "key": "7351998243"}
    squares = await world.add_challenge("squares", number, {"kind": "number", "key": "4"})
    cubes = await world.add_challenge("cubes")
    alice, bob = [await already_signed_in(app, world, name) for name in ("alice", "bob")]
    await send(alice, squares, "12345", box=0)
    await send(alice, cubes, "x", "x^2/2")
    await send(alice, squares, "4", box=1)
    await send(bob, squares, "54321", box=0)
    html = await text(alice, "/profile/attempts")
    order = ["Squares", "(b) Box 1", "Cubes", "complete, 3 points", "x^2/2", "Not correct", "12345"]
    places = [html.find(one) for one in order]
    assert places == sorted(places) and places[0] > 0
    assert html.count('href="/challenges/squares"') == 2 and "54321" not in html and "4 answers" in html
    assert "7351998243" not in html, "the key of an open box"
    theirs = await text(bob, "/profile/attempts")
    assert "54321" in theirs and "12345" not in theirs and "Cubes" not in theirs
    solved = await text(alice, "/profile")
    assert 'href="/challenges/cubes">Cubes</a>' in solved and "3 points" in solved
    assert (await app.test_client().get("/profile/attempts")).headers["Location"].startswith("/login")
    assert "You have sent nothing yet" in await text(
        await already_signed_in(app, world, "carol"), "/profile/attempts"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_challenge_that_was_taken_back_is_not_named(app: Quart, world: World) -> None:
    cubes = await world.add_challenge("cubes")
    alice = await already_signed_in(app, world, "alice")
    await send(alice, cubes, "x^2/2")
    async with world.database.writing() as session:
        (await session.get_one(Challenge, cubes.id)).release_at = None
    for path in ("/profile", "/profile/attempts"):
        html = await text(alice, path)
        assert "A challenge that is not shown now" in html and "ubes" not in html and "Box 0" not in html


async def test_fifty_to_a_page_by_a_few_statements(app: Mathsoc, world: World) -> None:
    made = [await world.add_challenge(f"one-{n}") for n in range(4)]
    rows = [
        Attempt(
            member_id=world.members["alice"].id,
            challenge_id=made[n % 4].id,
            box_id=made[n % 4].boxes[0].id,
            number=n + 1,
            token=str(n),
            answer=f"zq{n}zq",
            outcome="incorrect",
            method="exact",
            key_revision=1,
            received_at=world.now,
            recorded_at=world.now + timedelta(seconds=n),
        )
        for n in range(60)
    ]
    for competition in ("ladder", "cup"):
        for stage in ("ks3", "ks4", "ks5"):
            await world.give("alice", 2, competition=competition, stage=stage)
    async with world.database.writing() as session:
        session.add_all(rows)
    alice = await already_signed_in(app, world, "alice")
    asked = watch(app.database)

    def of_points() -> list[str]:
        return [one for one in asked.statements if OF_POINTS.search(one)]

    first, second = [await text(alice, f"/profile/attempts?page={n}") for n in (1, 2)]
    assert len(of_points()) == 2 * 4, of_points()
    assert re.findall(r"zq(\d+)zq", first) == [str(n) for n in range(59, 9, -1)]
    assert re.findall(r"zq(\d+)zq", second) == [str(n) for n in range(9, -1, -1)]
    assert queries.ROWS == 50 and "Older" in first and "Newer" in second
    assert "There are no more." in await text(alice, "/profile/attempts?page=3")
    asked.clear()
    assert len(table(await text(alice, "/profile"))) == 6 and len(of_points()) == 2, of_points()

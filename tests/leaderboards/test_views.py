"""Boards over HTTP and over the stream's source: names, places, pages, and who sees what."""

from __future__ import annotations

import re

import pytest
from quart import Quart

from mathsoc.leaderboards.live import BoardSource
from tests.support.world import World, already_signed_in


def rows(html: str) -> list[tuple[int, str, int]]:
    found = re.findall(
        r'data-place="(\d+)" data-points="(\d+)".*?class="name">(?:<a[^>]*>)?([^<]+?) *<', html
    )
    return [(int(place), name, int(points)) for place, points, name in found]


async def test_equal_points_share_a_place_and_the_rule_is_printed(app: Quart, world: World) -> None:
    await world.add_member("dan", email=None)
    for name, points in (("alice", 3), ("bob", 3), ("dan", 1)):
        await world.give(name, points)
    text = (await (await app.test_client().get("/leaderboards/ladder?stage=ks4")).get_data()).decode()
    assert rows(text) == [(1, "Display Alice", 3), (1, "Display Bob", 3), (3, "Display Dan", 1)]
    assert "Equal points share a place; inside it, who reached it first stands first." in text


async def test_real_names_are_for_admins(app: Quart, world: World) -> None:
    """D8 of the predecessor: full names of children stood on public pages."""
    await world.add_member("admin", role="admin", year=None)
    await world.give("alice", 3)
    for who, seen in ((None, "Display"), ("bob", "Display"), ("carol", "Display"), ("admin", "Real")):
        client = await already_signed_in(app, world, who) if who else app.test_client()
        text = (await (await client.get("/leaderboards/ladder?stage=ks4")).get_data()).decode()
        assert f"{seen} Alice" in text and ("Real Alice" in text) == (seen == "Real"), who


async def test_a_members_board_is_not_there_for_the_public(app: Quart, world: World) -> None:
    await world.give("alice", 3, competition="cup")
    assert (await app.test_client().get("/leaderboards/cup?stage=ks4")).status_code == 404
    bob = await already_signed_in(app, world, "bob")
    assert (await bob.get("/leaderboards/cup?stage=ks4")).status_code == 200
    source = BoardSource(app, world.database)
    assert await source.audience("cup:ks4", None) is None
    assert await source.audience("ladder:ks4", None) == "public"
    assert await source.audience("cup:ks4", world.viewer("bob")) == "member"
    assert await source.audience("cup:nothing", world.viewer("bob")) is None


async def test_the_pushed_fragment_is_the_pages_own_and_knows_no_viewer(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    pushed = await BoardSource(app, world.database).render("ladder:ks4", "member")
    assert pushed.startswith(
        '<hx-partial hx-target="#board-ladder-ks4" hx-swap="outerMorph transition:true"><section'
    )
    assert "aria-current" not in pushed and "Real Alice" not in pushed
    alice = await already_signed_in(app, world, "alice")
    page = (await (await alice.get("/leaderboards/ladder?stage=ks4")).get_data()).decode()
    board = page[page.index('<section id="board-ladder-ks4"') : page.index("</section>") + len("</section>")]
    unmarked = board.replace(' aria-current="true"', "").replace('class="you">you<', 'class="you"><')
    clock = re.compile(r"<time.*?</time>")
    assert unmarked != board
    assert clock.sub("", unmarked) == clock.sub("", pushed[pushed.index("<section") : -len("</hx-partial>")])


async def test_own_place_is_only_ones_own(app: Quart, world: World) -> None:
    await world.give("alice", 5)
    await world.give("bob", 2)
    bob = await already_signed_in(app, world, "bob")
    text = (await (await bob.get("/leaderboards/ladder/place?stage=ks4")).get_data()).decode()
    assert "You: 2nd" in text and "3 points to 1st" in text
    nobody = (await (await app.test_client().get("/leaderboards/ladder/place?stage=ks4")).get_data()).decode()
    assert "You:" not in nobody


@pytest.mark.parametrize(
    "query", ["stage=nothing", "page=0", "page=-1", "page=x", "page=99999999999", "page=%D9%A3"]
)
async def test_a_board_that_is_not_there(app: Quart, world: World, query: str) -> None:
    assert (await app.test_client().get(f"/leaderboards/ladder?{query}")).status_code == 404


async def test_an_empty_board_says_so(app: Quart, world: World) -> None:
    text = (await (await app.test_client().get("/leaderboards/ladder?stage=ks3")).get_data()).decode()
    assert "Nobody has points here yet." in text

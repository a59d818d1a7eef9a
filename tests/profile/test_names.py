"""The display name: another of ours at once, one's own words after staff have looked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from quart import Quart

from mathsoc.config import Config
from mathsoc.joining import names
from mathsoc.live import service as live
from mathsoc.members.models import Member
from tests.accounts.browsers import logged, strict
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

NAME, WISH = "/profile/name", "/profile/name/wish"


async def of(world: World, name: str) -> tuple[str, str]:
    async with world.database.reading() as session:
        member = await session.get_one(Member, world.members[name].id)
        return member.display_name, member.wished_name


async def post(client: TestClientProtocol, path: str, **form: str) -> tuple[int, str]:
    """The status, and where it leads or what is wrong at the field."""
    reply = await client.post(path, form=form)
    html = (await reply.get_data()).decode()
    error = re.search(r'<p class="error"[^>]*><span[^>]*></span>([^<]+)', html)
    return reply.status_code, error[1] if error else reply.headers.get("Location", "")


async def offered(client: TestClientProtocol) -> list[str]:
    html = (await (await client.get(NAME)).get_data()).decode()
    return re.findall(r'name="display_name" value="([^"]+)"', html)


async def test_one_of_those_that_are_offered_is_taken_at_once(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    alice, bob, public = (
        await already_signed_in(app, world, "alice"),
        await already_signed_in(app, world, "bob"),
        app.test_client(),
    )
    choices = await offered(alice)
    assert len(choices) == 4 and all(names.is_ours(one) for one in choices)
    async with world.database.reading() as session:
        before = await live.versions(session, ["board:ladder:ks4"])
    assert await post(alice, NAME, display_name=choices[2]) == (303, "/profile?notice=name-changed")
    assert await of(world, "alice") == (choices[2], "")
    board = (await (await public.get("/leaderboards/ladder?stage=ks4")).get_data()).decode()
    assert choices[2] in board and "Display Alice" not in board
    async with world.database.reading() as session:
        assert await live.versions(session, ["board:ladder:ks4"]) != before, "open boards are told"
    assert (await post(bob, NAME, display_name=choices[2]))[0] == 422, "somebody has it"
    assert (await post(public, NAME, display_name=choices[1]))[0] == 403
    own = world.members["alice"].id
    assert [row[:3] for row in await logged(world.database)][-1] == ("name-changed", own, own)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_not_offered_is_refused_at_its_field(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    for wrong in ("Anything Else", "Quiet", "quiet heron", "Quiet Heron <b>", ""):
        status, words = await post(alice, NAME, display_name=wrong)
        assert status == 422 and "one of these names" in words, wrong
    assert await of(world, "alice") == ("Display Alice", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ones_own_words_wait_for_staff(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    for wrong, why in (
        ("Alice the Great", "part of your real name"),
        ("ALÏCE", "part of your real name"),
        ("x", "2 to 30 letters"),
        ("see www.evil.example/x", "Use letters"),
        ("DISPLAY BOB", "Somebody has this name"),
        ("Display Alice", "part of your real name"),
        ("", "Enter the name"),
    ):
        status, words = await post(alice, WISH, wished_name=wrong)
        assert status == 422 and why in words, (wrong, words)
    assert await of(world, "alice") == ("Display Alice", "")
    assert await post(alice, WISH, wished_name="  Pink   Parabola ") == (303, "/profile?notice=name-asked")
    assert await of(world, "alice") == ("Display Alice", "Pink Parabola")
    for path in ("/profile", NAME):
        assert "Pink Parabola" in (await (await alice.get(path)).get_data()).decode()
    bob = await already_signed_in(app, world, "bob")
    page = (await (await bob.get(f"/members/{world.members['alice'].handle}")).get_data()).decode()
    assert "Pink Parabola" not in page
    assert [row[0] for row in await logged(world.database)][-1] == "name-asked"
    assert (await alice.post(f"{WISH}/withdrawal")).status_code == 303
    assert await of(world, "alice") == ("Display Alice", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_staff_name_themselves_and_take_nobodys_name(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    assert await post(carol, WISH, wished_name="Carol Name") == (303, "/profile?notice=name-changed")
    assert await of(world, "carol") == ("Carol Name", "")
    assert await post(carol, WISH, wished_name="CAROL Name") == (303, "/profile?notice=name-changed")
    for wrong, why in (
        ("display bob", "Somebody has"),
        ("CAROL Name", "your name already"),
        ("4", "letters"),
    ):
        status, words = await post(carol, WISH, wished_name=wrong)
        assert status == 422 and why in words, (wrong, words)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_flickers_on_the_boards(config: Config, world: World) -> None:
    """Five changes in a day; what is refused is not counted, and others are not held up."""
    async with strict(config) as app:
        alice, bob = [await already_signed_in(app, world, name) for name in ("alice", "bob")]
        for _ in range(7):
            assert (await post(alice, NAME, display_name="Not Ours"))[0] == 422
        for _ in range(5):
            assert (await post(alice, NAME, display_name=(await offered(alice))[0]))[0] == 303
        kept = await of(world, "alice")
        for path, field in ((NAME, "display_name"), (WISH, "wished_name")):
            status, words = await post(alice, path, **{field: "Zesty Zenith"})
            assert status == 422 and "Try again tomorrow" in words
        assert await of(world, "alice") == kept
        assert (await post(bob, NAME, display_name=(await offered(bob))[0]))[0] == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_letters_that_nobody_sees_make_no_name(app: Quart, world: World) -> None:
    """U+3164 and its like are letters to Unicode and blank on every screen: a way to be somebody else."""
    alice = await already_signed_in(app, world, "alice")
    for blank in "\u115f\u1160\u3164\uffa0":
        status, words = await post(alice, WISH, wished_name=f"Display Bob {blank}")
        assert status == 422 and "Somebody has this name" in words, ascii(blank)
        status, words = await post(alice, WISH, wished_name=blank * 4)
        assert status == 422, ascii(blank)
    assert await of(world, "alice") == ("Display Alice", "")


async def test_a_wish_is_kept_in_the_plain_form_of_its_letters(app: Quart, world: World) -> None:
    """As at joining: a wide or joined letter is no other name beside the plain one on a board."""
    alice = await already_signed_in(app, world, "alice")
    assert (await post(alice, WISH, wished_name="Ｐｉｎｋ ﬁnch"))[0] == 303
    assert (await of(world, "alice"))[1] == "Pink finch"

"""Challenges over HTTP: what is there for whom, and when."""

from __future__ import annotations

from datetime import timedelta

from quart import Quart

from mathsoc import clock
from mathsoc.challenges.live import OpenSource
from tests.support.world import World, already_signed_in


async def test_a_scheduled_challenge_is_like_one_that_does_not_exist(app: Quart, world: World) -> None:
    """D31 of the predecessor: competition challenges could be read days before their release."""
    await world.add_challenge("soon", release_at=world.now + timedelta(hours=1))
    for who in (None, "alice"):
        client = await already_signed_in(app, world, who) if who else app.test_client()
        missing, unknown = await client.get("/challenges/soon"), await client.get("/challenges/none")
        assert missing.status_code == unknown.status_code == 404
        # The way back after signing in names the address that was asked for; nothing else may differ.
        assert (await missing.get_data()).replace(b"soon", b"none") == await unknown.get_data()
        for path in ("/", "/challenges", "/competitions/ladder"):
            assert b"soon" not in await (await client.get(path)).get_data()
    carol = await already_signed_in(app, world, "carol")
    assert (await carol.get("/challenges/soon")).status_code == 200
    with clock.moved_to(world.now + timedelta(hours=1)):
        alice = await already_signed_in(app, world, "alice")
        assert (await alice.get("/challenges/soon")).status_code == 200


async def test_a_members_competition_is_not_there_for_the_public(app: Quart, world: World) -> None:
    await world.add_challenge("inside", competition="cup")
    nobody, bob = app.test_client(), await already_signed_in(app, world, "bob")
    assert (await nobody.get("/challenges/inside")).status_code == 404
    assert b"inside" not in await (await nobody.get("/challenges")).get_data()
    assert (await bob.get("/challenges/inside")).status_code == 200


async def test_the_list_says_what_is_for_another_stage(app: Quart, world: World) -> None:
    for slug, competition, stage in (
        ("own", "cup", "ks4"),
        ("older", "cup", "ks5"),
        ("any", "ladder", "ks5"),
    ):
        await world.add_challenge(slug, competition=competition, stage=stage)
    found = {}
    for who in ("alice", "carol"):
        client = await already_signed_in(app, world, who)
        page = (await (await client.get("/challenges")).get_data()).decode()
        found[who] = [
            row.split("</li>")[0].count("for KS5 only") for row in page.split("<li data-challenge=")[1:]
        ]
        assert page.count("for KS") == sum(found[who])
    assert sorted(found["alice"]) == [0, 0, 1] and found["carol"] == [0, 0, 0]


async def test_the_statement_is_typeset(app: Quart, world: World) -> None:
    from mathsoc import richtext

    await world.add_challenge(
        "maths", statement=richtext.clean(r"<p>Half is \(\frac12\). <script>1</script></p>")
    )
    text = (await (await app.test_client().get("/challenges/maths")).get_data()).decode()
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in text and "<script>1" not in text


async def test_what_is_open_is_pushed_for_each_audience(app: Quart, world: World) -> None:
    await world.add_challenge("for-all")
    await world.add_challenge("for-members", competition="cup")
    source = OpenSource(app, world.database)
    public, member = await source.render("open", "public"), await source.render("open", "member")
    assert "for-all" in public and "for-members" not in public
    assert "for-all" in member and "for-members" in member
    assert await source.audience("anything", None) is None

"""Signing in and out, and a member's page."""

from __future__ import annotations

from datetime import timedelta

from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.members.models import LoginSession, Member
from tests.support.world import PASSWORD, World, already_signed_in, signed_in


async def test_signing_in_leads_on_and_keeps_only_a_hash(app: Quart, world: World) -> None:
    client = app.test_client()
    form = {"email": " Alice@Northfield.Example ", "password": PASSWORD, "next": "/challenges"}
    reply = await client.post("/login", form=form)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/challenges")
    async with world.database.reading() as session:
        (stored,) = await session.scalars(select(LoginSession))
        assert len(stored.token_hash) == 64 and stored.token_hash not in reply.headers["Set-Cookie"]


async def test_who_is_told_nothing(app: Quart, world: World) -> None:
    """A wrong password, an unknown address and a suspended account answer alike."""
    await world.add_member("sue", state="suspended", password_hash=world.members["alice"].password_hash)
    client, seen = app.test_client(), set()
    for email, password in (
        (world.members["alice"].email, "wrong"),
        ("nobody@northfield.example", PASSWORD),
        (world.members["sue"].email, PASSWORD),
        (world.members["alice"].email, PASSWORD + "x" * 2000),
    ):
        reply = await client.post("/login", form={"email": email or "", "password": password})
        text = (await reply.get_data()).decode().replace(email or "", "")
        seen.add((reply.status_code, text if len(password) < 1000 else None))
    assert {status for status, _ in seen} == {422}
    assert len({text for _, text in seen if text}) == 1


async def test_a_form_that_lacks_something_says_so_at_the_field(app: Quart, world: World) -> None:
    reply = await app.test_client().post("/login", form={"email": ""})
    text = (await reply.get_data()).decode()
    assert reply.status_code == 422
    assert "Enter your e-mail address or sign-in name." in text and 'aria-invalid="true"' in text


async def test_a_session_ends_when_idle_and_at_its_limit(app: Quart, world: World) -> None:
    alice, carol = await signed_in(app, world, "alice"), await signed_in(app, world, "carol")
    with clock.moved_to(world.now + timedelta(hours=3)):
        assert b"Sign out" in await (await alice.get("/")).get_data()
        assert b"Sign out" not in await (await carol.get("/")).get_data(), "staff: two hours"
    with clock.moved_to(world.now + timedelta(days=15)):
        assert b"Sign out" not in await (await alice.get("/")).get_data()


async def test_use_keeps_a_session_alive(app: Quart, world: World) -> None:
    alice = await signed_in(app, world, "alice")
    for days in (10, 20, 30):
        with clock.moved_to(world.now + timedelta(days=days)):
            assert b"Sign out" in await (await alice.get("/")).get_data(), days
    with clock.moved_to(world.now + timedelta(days=91)):
        assert b"Sign out" not in await (await alice.get("/")).get_data()


async def test_suspension_acts_on_the_next_request(app: Quart, world: World) -> None:
    alice = await signed_in(app, world, "alice")
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).state = "suspended"
    assert b"Sign out" not in await (await alice.get("/")).get_data()


async def test_a_members_page_is_for_members_and_shows_no_real_name(app: Quart, world: World) -> None:
    path = f"/members/{world.members['alice'].handle}"
    assert (await app.test_client().get(path)).status_code == 404
    bob = await already_signed_in(app, world, "bob")
    text = (await (await bob.get(path)).get_data()).decode()
    assert "Display Alice" in text and "Real Alice" not in text
    for hidden in ("carol",):
        assert (await bob.get(f"/members/{world.members[hidden].handle}")).status_code == 404
    assert (await bob.get("/members/nobody")).status_code == 404

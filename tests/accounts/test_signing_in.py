"""Signing in: the cookie, the session behind it, what is said and what is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from quart import Quart
from sqlalchemy import select, update

from mathsoc import clock
from mathsoc.accounts import agents
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.members import queries, service
from mathsoc.members.models import LoginSession, Member
from tests.accounts.browsers import HOME, carried, cookies, email, logged, sign_in, signed_in_there
from tests.support.world import PASSWORD, World, signed_in

TOGETHER = "That e-mail and password don&#39;t belong together."


async def the_session(world: World, name: str) -> LoginSession:
    async with world.database.reading() as session:
        chosen = select(LoginSession).where(LoginSession.member_id == world.members[name].id)
        return (await session.scalars(chosen.order_by(LoginSession.id.desc()))).first() or pytest.fail("none")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_cookie_over_https_cannot_be_planted_or_read(config: Config, world: World) -> None:
    """S1."""
    app = create_app(replace(config, site_url="https://localhost"))
    async with app.test_app():
        found = cookies(await sign_in(app.test_client(), email(world, "alice")))
    assert set(found) == {"__Host-mathsoc", "__Host-mathsoc-device"}
    for cookie in found.values():
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/"
        assert cookie["samesite"] == "Lax" and not cookie["domain"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_cookie_in_development(app: Quart, world: World) -> None:
    found = cookies(await sign_in(app.test_client(), email(world, "alice")))
    assert set(found) == {"mathsoc", "mathsoc-device"}
    for cookie in found.values():
        assert not cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_browser_keeps_the_cookie_only_when_asked_to(app: Quart, world: World) -> None:
    for name, most in (("alice", timedelta(days=90)), ("carol", timedelta(hours=12))):
        plain = cookies(await sign_in(app.test_client(), email(world, name)))["mathsoc"]
        assert not plain["max-age"] and not plain["expires"]
        assert not (await the_session(world, name)).remembered
        kept = cookies(await sign_in(app.test_client(), email(world, name), remember="yes"))["mathsoc"]
        assert int(kept["max-age"]) == most.total_seconds()
        assert (await the_session(world, name)).remembered


async def test_each_sign_in_has_a_session_of_its_own_and_ends_the_one_before(
    app: Quart, world: World
) -> None:
    """S2."""
    client = await signed_in(app, world, "alice")
    before = carried(client)["mathsoc"]
    assert (await sign_in(client, email(world, "alice"))).status_code == 303
    assert carried(client)["mathsoc"] != before
    old = app.test_client()
    old.set_cookie("localhost", "mathsoc", before)
    assert not await signed_in_there(old) and await signed_in_there(client)


async def test_a_planted_cookie_is_not_adopted(app: Quart, world: World) -> None:
    """S2: somebody puts the cookie of a session of their own, or one made up, into another's browser."""
    bob = await signed_in(app, world, "bob")
    for planted in (carried(bob)["mathsoc"], "made-up"):
        client = app.test_client()
        client.set_cookie("localhost", "mathsoc", planted)
        assert (await sign_in(client, email(world, "alice"))).status_code == 303
        assert carried(client)["mathsoc"] != planted
        assert b"Display Alice" in await (await client.get("/")).get_data()
        thief = app.test_client()
        thief.set_cookie("localhost", "mathsoc", planted)
        assert not await signed_in_there(thief)


async def test_signing_out_ends_the_session_on_the_server(app: Quart, world: World) -> None:
    """S3."""
    client = await signed_in(app, world, "alice")
    saved = carried(client)["mathsoc"]
    await client.post("/logout")
    replayed = app.test_client()
    replayed.set_cookie("localhost", "mathsoc", saved)
    assert not await signed_in_there(replayed)
    assert (await replayed.get("/profile")).status_code == 303


async def test_what_is_logged(app: Quart, world: World) -> None:
    """G2, with ids and the address, never what was typed."""
    client, alice = app.test_client(), world.members["alice"].id
    await sign_in(client, email(world, "alice"), "wrong password")
    await sign_in(client, "nobody@northfield.example", "wrong password")
    await sign_in(client, email(world, "alice"))
    await client.post("/logout", scope_base={"client": (HOME, 1)})
    assert await logged(world.database) == [
        ("sign-in-failed", None, alice, HOME),
        ("sign-in-failed", None, None, HOME),
        ("signed-in", alice, alice, HOME),
        ("signed-out", alice, alice, HOME),
    ]


async def test_a_second_factor_is_waited_for(app: Quart, world: World) -> None:
    """The password alone signs nobody in; the code makes it a session with a new token."""
    async with world.database.writing() as session:
        carol = Member.id == world.members["carol"].id
        await session.execute(update(Member).where(carol).values(totp_since=world.now))
    client = app.test_client()
    reply = await sign_in(client, email(world, "carol"), next="/challenges?x=1")
    assert reply.headers["Location"] == "/login/code?next=/challenges%3Fx%3D1"
    assert not await signed_in_there(client)
    assert (await client.get("/profile")).status_code == 303
    (auth,) = app.extensions["QUART_AUTH"]
    token = auth.load_token(carried(client)["mathsoc"], app)
    now = clock.now()
    async with world.database.writing() as session:
        late = now + timedelta(minutes=10)
        assert await queries.waiting_session(session, token, late) is None
        assert await queries.sessions_of(session, world.members["carol"].id, now) == []
        waiting = await queries.waiting_session(session, token, now)
        assert waiting is not None
        renewed = await service.renew_session(session, waiting, now)
    async with world.database.reading() as session:
        assert await queries.viewer(session, token, now) is None
        viewer = await queries.viewer(session, renewed, now)
        assert viewer is not None and viewer.id == world.members["carol"].id
        assert await queries.waiting_session(session, renewed, now) is None


async def test_a_hash_by_older_numbers_is_made_anew(app: Quart, world: World) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await world.add_member("old", password_hash=weak)
    assert (await sign_in(app.test_client(), email(world, "old"))).status_code == 303
    async with world.database.reading() as session:
        now = (await session.get_one(Member, world.members["old"].id)).password_hash or ""
    assert "m=19456,t=2,p=1" in now
    assert (await sign_in(app.test_client(), email(world, "old"))).status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example", "/%5cevil"])
async def test_nobody_is_led_off_the_site(app: Quart, world: World, away: str) -> None:
    reply = await sign_in(app.test_client(), email(world, "alice"), next=away)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Safari/537.36",
            "Chrome on Chromebook",
        ),
        ("<script>alert(1)</script>" * 99, "A browser"),
        (None, "A browser"),
    ],
)
def test_what_a_browser_is_called(header: str | None, label: str) -> None:
    assert agents.label(header) == label


def test_no_label_is_too_long_to_be_kept() -> None:
    browsers, systems = ([name for _, name in row] for row in (agents.BROWSERS, agents.SYSTEMS))
    assert max(len(f"{one} on {other}") for one in browsers for other in systems) <= 60

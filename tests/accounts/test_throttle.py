"""P4: guessing is slowed down, and never locks the owner or a school out. Rate limits as they are in use."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import urlsafe_b64decode
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from mathsoc import clock
from mathsoc.accounts import passwords, throttle
from mathsoc.accounts.links import make_link
from mathsoc.app import create_app
from mathsoc.audit import AuditEntry
from mathsoc.config import Config
from mathsoc.members.models import Member
from mathsoc.web import counters, limits
from mathsoc.web.limits import BUCKETS
from tests.accounts.browsers import FAR, HOME, SCHOOL, carried, email, sign_in, strict
from tests.support.world import PASSWORD, World

ALLOWED = BUCKETS["login-pair"][0] + BUCKETS["login-slow"][0]  # tries at once, by account and address

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_hundred_wrong_ones_from_elsewhere_do_not_keep_the_owner_out(
    config: Config, world: World
) -> None:
    alice = email(world, "alice")
    async with strict(config) as app:
        own = app.test_client()
        assert (await sign_in(own, alice, at=SCHOOL)).status_code == 303
        await own.post("/logout")
        attacker = app.test_client()
        seen = [(await sign_in(attacker, alice, f"wrong {n}", at=FAR)).status_code for n in range(100)]
        assert Counter(seen) == {422: ALLOWED, 429: 100 - ALLOWED}
        assert (await sign_in(attacker, alice, at=FAR)).status_code == 429, "not even with the right one"
        assert (await sign_in(app.test_client(), alice, at=HOME)).status_code == 303, "a new device"
        # The known device has tries of its own, even behind the attacker's address.
        assert (await sign_in(own, alice, at=FAR)).status_code == 303


async def test_a_known_device_is_known_only_for_its_account_and_has_its_limit(
    config: Config, world: World
) -> None:
    alice, bob = email(world, "alice"), email(world, "bob")
    async with strict(config) as app:
        device = app.test_client()
        await sign_in(device, bob, at=SCHOOL)
        seen = [(await sign_in(device, alice, f"wrong {n}", at=SCHOOL)).status_code for n in range(12)]
        assert Counter(seen) == {422: ALLOWED, 429: 1}
        assert (await sign_in(device, alice, at=SCHOOL)).status_code == 429, "Bob's device, not hers"
        assert (await sign_in(device, bob, "wrong", at=SCHOOL)).status_code == 422
        assert (await sign_in(device, bob, at=SCHOOL)).status_code == 303
        seen = [(await sign_in(device, bob, f"wrong {n}", at=SCHOOL)).status_code for n in range(12)]
        assert Counter(seen) == {422: ALLOWED, 429: 1}, "a stolen device guesses no more than others"
        forged = app.test_client()
        forged.set_cookie("localhost", "mathsoc-device", "eyJpZCI6IngiLCJmb3IiOltdfQ.made.up")
        assert (await sign_in(forged, bob, at=HOME)).status_code == 303


async def test_one_computer_that_several_pupils_use(config: Config, world: World) -> None:
    names = [f"pupil{n}" for n in range(4)]
    async with strict(config) as app:
        shared = app.test_client()
        for name in names:
            await world.add_member(name, password_hash=world.members["alice"].password_hash)
            assert (await sign_in(shared, email(world, name), at=SCHOOL)).status_code == 303
        for name in names:
            for n in range(ALLOWED):
                await sign_in(app.test_client(), email(world, name), f"wrong {n}", at=SCHOOL)
            assert (await sign_in(app.test_client(), email(world, name), at=SCHOOL)).status_code == 429
            assert (await sign_in(shared, email(world, name), at=SCHOOL)).status_code == 303


async def test_thirty_pupils_behind_one_address_in_a_minute(config: Config, world: World) -> None:
    """Each mistypes once, then all get in."""
    names = [f"pupil{n}" for n in range(30)]
    for name in names:
        await world.add_member(name, password_hash=world.members["alice"].password_hash)
    async with strict(config) as app:
        clients = [app.test_client() for _ in names]
        pairs = list(zip(clients, names, strict=True))
        wrong = [sign_in(client, email(world, name), "mistyped it", at=SCHOOL) for client, name in pairs]
        assert {reply.status_code for reply in await asyncio.gather(*wrong)} == {422}
        right = [sign_in(client, email(world, name), at=SCHOOL) for client, name in pairs]
        assert {reply.status_code for reply in await asyncio.gather(*right)} == {303}


async def test_nobody_is_kept_out_by_signing_in_often(config: Config, world: World) -> None:
    async with strict(config) as app:
        for _ in range(15):
            assert (await sign_in(app.test_client(), email(world, "alice"))).status_code == 303


async def test_of_fifty_at_once_ten_and_the_one_of_this_minute_are_looked_at(
    config: Config, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    verify = passwords.verify

    async def counted(password: str, password_hash: str | None) -> bool:
        nonlocal looked_at
        looked_at += 1
        return await verify(password, password_hash)

    monkeypatch.setattr(passwords, "verify", counted)
    async with strict(config) as app:
        client, alice = app.test_client(), email(world, "alice")
        replies = await asyncio.gather(*[sign_in(client, alice, f"wrong {n}", at=FAR) for n in range(50)])
        assert Counter(reply.status_code for reply in replies) == {422: ALLOWED, 429: 50 - ALLOWED}
    assert looked_at == ALLOWED
    assert await entries(world) == ALLOWED


async def test_many_addresses_at_one_account_get_fewer_tries_each(config: Config, world: World) -> None:
    """And still the owner gets in: from a known device, and from a new one too."""
    alice = email(world, "alice")
    async with strict(config) as app:
        own = app.test_client()
        await sign_in(own, alice, at=SCHOOL)
        for address in range(5):
            for n in range(10):
                reply = await sign_in(app.test_client(), alice, f"wrong {n}", at=f"203.0.113.{address}")
                assert reply.status_code == 422
        late = [(await sign_in(app.test_client(), alice, "wrong", at=FAR)).status_code for _ in range(5)]
        assert Counter(late) == {422: 3 + 1, 429: 1}, "three, and the one of this minute"
        assert (await sign_in(own, alice, at=FAR)).status_code == 303
        assert (await sign_in(app.test_client(), alice, at=HOME)).status_code == 303
        assert (await sign_in(app.test_client(), email(world, "bob"), at=FAR)).status_code == 303


async def test_the_refusal_is_the_same_for_an_account_that_does_not_exist(
    config: Config, world: World
) -> None:
    seen = set()
    async with strict(config) as app:
        for typed in (email(world, "alice"), "nobody@northfield.example", " NOBODY@eastgate.example"):
            for n in range(ALLOWED + 1):
                reply = await sign_in(app.test_client(), typed, f"wrong {n}", at=FAR)
            text = (await reply.get_data()).decode().replace(typed, "")
            assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 60
            assert "tried too often" in text and "Wait a minute" in text and 'role="alert"' in text
            seen.add(text)
        again = await sign_in(app.test_client(), "nobody@EASTGATE.example", "wrong", at=FAR)
        assert again.status_code == 429, "however it is written"
    assert len(seen) == 1


async def test_after_a_reset_the_owner_gets_in_where_the_attacker_is(config: Config, world: World) -> None:
    """The same browser behind the same address: whoever reads the account's mail is let try."""
    alice = email(world, "alice")
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members["alice"].id)
        token = await make_link(session, member, "reset", clock.now())
    async with strict(config) as app:
        for n in range(ALLOWED):
            await sign_in(app.test_client(), alice, f"wrong {n}", at=SCHOOL)
        own = app.test_client()
        assert (await sign_in(own, alice, PASSWORD, at=SCHOOL)).status_code == 429
        form = {"new_password": "violet otters hum in tune"}
        assert (await own.post(f"/reset-password/{token}", form=form)).status_code == 303
        assert (await sign_in(own, alice, form["new_password"], at=SCHOOL)).status_code == 303


async def test_a_flood_from_the_schools_address_does_not_reach_a_known_device(
    config: Config, world: World
) -> None:
    """What an address may do is used up (here one in fifty of it) by one who makes accounts up."""
    alice = email(world, "alice")
    app = create_app(replace(config, rate_scale=0.02))
    async with app.test_app():
        own = app.test_client()
        assert (await sign_in(own, alice, at=SCHOOL)).status_code == 303
        await own.post("/logout")
        attacker = app.test_client()
        for n in range(40):
            reply = await sign_in(attacker, f"made-up-{n}@northfield.example", "wrong", at=SCHOOL)
        assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 60
        assert (await sign_in(app.test_client(), email(world, "bob"), at=SCHOOL)).status_code == 429
        assert (await sign_in(own, alice, at=SCHOOL)).status_code == 303


async def test_right_passwords_from_known_devices_have_a_limit_too(
    config: Config, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They pass the address and empty their bucket, and each is a hash to compute."""
    monkeypatch.setitem(BUCKETS, "login-known-all", (3, 60))
    alice = email(world, "alice")
    async with strict(config) as app:
        devices = [app.test_client(), app.test_client()]
        for device in devices:
            assert (await sign_in(device, alice)).status_code == 303
        seen = [(await sign_in(devices[n % 2], alice)).status_code for n in range(5)]
        assert seen == [303, 303, 303, 429, 429]
        assert (await sign_in(app.test_client(), alice)).status_code == 303


async def test_after_wrong_tries_behind_the_same_address_a_fresh_browser_gets_in_within_a_minute(
    config: Config, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the tries of a strange device too, while many addresses are at the account."""
    alice, bob = email(world, "alice"), email(world, "bob")
    async with strict(config) as app:
        for n in range(10):
            assert (await sign_in(app.test_client(), alice, f"wrong {n}", at=SCHOOL)).status_code == 422
        assert (await sign_in(app.test_client(), alice, at=SCHOOL)).status_code == 303
        monkeypatch.setitem(BUCKETS, "login-account", (1, 3600))
        for n in range(4):
            assert (await sign_in(app.test_client(), bob, f"wrong {n}", at=SCHOOL)).status_code == 422
        assert (await sign_in(app.test_client(), bob, at=SCHOOL)).status_code == 303


@pytest.mark.parametrize("known", [False, True])
async def test_the_next_minute_has_its_own_try(
    config: Config, world: World, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    alice = email(world, "alice")
    async with strict(config) as app:
        client = app.test_client()
        if known:
            await sign_in(client, alice, at=SCHOOL)
        for n in range(ALLOWED):
            assert (await sign_in(client, alice, f"wrong {n}", at=SCHOOL)).status_code == 422
        reply = await sign_in(client, alice, at=SCHOOL)
        assert reply.status_code == 429 and 50 <= int(reply.headers["Retry-After"]) <= 60
        later = counters.time.time() + int(reply.headers["Retry-After"])
        with monkeypatch.context() as passing:
            passing.setattr(counters.time, "time", lambda: later)
            assert (await sign_in(client, alice, "still wrong", at=SCHOOL)).status_code == 422
            assert (await sign_in(client, alice, "still wrong", at=SCHOOL)).status_code == 429
        with monkeypatch.context() as passing:
            passing.setattr(counters.time, "time", lambda: later + 60)
            assert (await sign_in(client, alice, at=SCHOOL)).status_code == 303


async def test_one_address_writes_only_so_much_into_the_audit_log(
    config: Config, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not the accounts exist, and with the same words."""
    monkeypatch.setitem(BUCKETS, "failures", (5, 60))
    typed = [f"made-up-{n}@northfield.example" for n in range(7)] + [email(world, "alice")]
    seen = set()
    async with strict(config) as app:
        for one in typed:
            reply = await sign_in(app.test_client(), one, "wrong", at=FAR)
            seen.add((reply.status_code, (await reply.get_data()).decode().replace(one, "")))
        assert await entries(world) == 5 and len(seen) == 1
        await sign_in(app.test_client(), typed[0], "wrong", at=HOME)
    assert await entries(world) == 6
    assert limits.FREE["accounts.login"] and BUCKETS["failures"][1] == 60


async def test_a_device_does_not_tell_whose_it_is(config: Config, world: World) -> None:
    """Whoever reads its cookie cannot try addresses out against it."""
    alice = email(world, "alice")
    async with strict(config) as app:
        client = app.test_client()
        await sign_in(client, alice)
        cookie = carried(client)["mathsoc-device"].partition(".")[0]
        held = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)).decode()
        assert '"for"' in held and hashlib.sha256(alice.encode()).hexdigest()[:32] not in held
        async with app.app_context():
            here = throttle.account_key(f" {alice.upper()}")
            assert here in held
    async with strict(config, secret_key="another") as app, app.app_context():
        assert throttle.account_key(alice) != here


async def entries(world: World) -> int:
    async with world.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0

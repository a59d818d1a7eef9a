"""P4: guessing is slowed down, and never locks the owner or a school out. Rate limits as they are in use."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select

from mathsoc import clock
from mathsoc.accounts import passwords, service
from mathsoc.audit import AuditEntry
from mathsoc.config import Config
from mathsoc.members.models import Member
from tests.accounts.browsers import FAR, HOME, SCHOOL, email, sign_in, strict
from tests.support.world import PASSWORD, World

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
        assert Counter(seen) == {422: 10, 429: 90}
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
        assert Counter(seen) == {422: 10, 429: 2}
        assert (await sign_in(device, alice, at=SCHOOL)).status_code == 429, "Bob's device, not hers"
        assert (await sign_in(device, bob, "wrong", at=SCHOOL)).status_code == 422
        assert (await sign_in(device, bob, at=SCHOOL)).status_code == 303
        seen = [(await sign_in(device, bob, f"wrong {n}", at=SCHOOL)).status_code for n in range(12)]
        assert Counter(seen) == {422: 10, 429: 2}, "a stolen device guesses no more than others"
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
            for n in range(10):
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


async def test_of_fifty_at_once_at_most_ten_are_looked_at(
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
        assert Counter(reply.status_code for reply in replies) == {422: 10, 429: 40}
    assert looked_at == 10
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEntry)) == 10


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
        assert Counter(late) == {422: 3, 429: 2}
        assert (await sign_in(own, alice, at=FAR)).status_code == 303
        assert (await sign_in(app.test_client(), alice, at=HOME)).status_code == 303
        assert (await sign_in(app.test_client(), email(world, "bob"), at=FAR)).status_code == 303


async def test_the_refusal_is_the_same_for_an_account_that_does_not_exist(
    config: Config, world: World
) -> None:
    seen = set()
    async with strict(config) as app:
        for typed in (email(world, "alice"), "nobody@northfield.example", " NOBODY@eastgate.example"):
            for n in range(11):
                reply = await sign_in(app.test_client(), typed, f"wrong {n}", at=FAR)
            text = (await reply.get_data()).decode().replace(typed, "")
            assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 900
            assert "tried too often" in text and 'role="alert"' in text
            seen.add(text)
        again = await sign_in(app.test_client(), "nobody@EASTGATE.example", "wrong", at=FAR)
        assert again.status_code == 429, "however it is written"
    assert len(seen) == 1


async def test_after_a_reset_the_owner_gets_in_where_the_attacker_is(config: Config, world: World) -> None:
    """The same browser behind the same address: whoever reads the account's mail is let try."""
    alice = email(world, "alice")
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members["alice"].id)
        token = await service.make_link(session, member, "reset", clock.now())
    async with strict(config) as app:
        for n in range(11):
            await sign_in(app.test_client(), alice, f"wrong {n}", at=SCHOOL)
        own = app.test_client()
        assert (await sign_in(own, alice, PASSWORD, at=SCHOOL)).status_code == 429
        form = {"new_password": "violet otters hum in tune"}
        assert (await own.post(f"/reset-password/{token}", form=form)).status_code == 303
        assert (await sign_in(own, alice, form["new_password"], at=SCHOOL)).status_code == 303

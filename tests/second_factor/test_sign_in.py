"""The code after the password: right once, wrong a few times, and never without the password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.members import queries
from mathsoc.members import service as members
from mathsoc.members.models import LoginSession, Member
from mathsoc.second_factor import service
from tests.second_factor.support import audited, code, enrol, gave_password, live_sessions, member_row
from tests.support.world import HTMX, PASSWORD, World, already_signed_in


@pytest_asyncio.fixture(loop_scope="session")
async def strict(config: Config) -> AsyncIterator[Quart]:
    """The application with the limits as they are."""
    app = create_app(replace(config, rate_scale=1.0))
    async with app.test_app():
        yield app


async def test_the_right_code_signs_in_under_a_new_token(app: Quart, world: World) -> None:
    now = clock.now()
    secret, _ = await enrol(world, "alice", now)
    alice = await gave_password(app, world, "alice")
    assert b"Sign out" not in await (await alice.get("/")).get_data(), "the password alone signs nobody in"
    assert (await alice.get("/profile/second-factor")).status_code == 303
    page = await alice.get("/login/code?next=/challenges")
    assert page.status_code == 200 and b'value="/challenges"' in await page.get_data()
    before = alice.cookie_jar and {one.value for one in alice.cookie_jar if one.name == "mathsoc"}
    reply = await alice.post("/login/code", form={"code": code(secret, now), "next": "/challenges"})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/challenges")
    after = alice.cookie_jar and {one.value for one in alice.cookie_jar if one.name == "mathsoc"}
    assert before != after
    assert b"Sign out" in await (await alice.get("/")).get_data()
    assert await audited(world) == ["second-factor-added", "signed-in"]


async def test_the_token_from_before_the_code_is_worth_nothing(app: Quart, world: World) -> None:
    secret, _ = await enrol(world, "alice", clock.now())
    alice = await gave_password(app, world, "alice")
    (cookie,) = [one.value for one in alice.cookie_jar or () if one.name == "mathsoc"]
    assert (await alice.post("/login/code", form={"code": code(secret, clock.now())})).status_code == 303
    thief = app.test_client()
    thief.set_cookie("localhost", "mathsoc", cookie or "")
    assert b"Sign out" not in await (await thief.get("/")).get_data()
    assert (await thief.get("/login/code")).headers["Location"] == "/login"


async def test_each_code_signs_in_once(app: Quart, world: World) -> None:
    now = clock.now()
    secret, _ = await enrol(world, "alice", now)
    with clock.moved_to(now):
        used = code(secret, now)
        assert (
            await (await gave_password(app, world, "alice")).post("/login/code", form={"code": used})
        ).status_code == 303
        again = await gave_password(app, world, "alice")
        for late in (used, code(secret, now, -1)):
            reply = await again.post("/login/code", form={"code": late})
            assert reply.status_code == 422 and b"used before" in await reply.get_data()
        assert (await again.post("/login/code", form={"code": code(secret, now, 1)})).status_code == 303


async def test_the_code_that_confirmed_the_app_signs_nobody_in(app: Quart, world: World) -> None:
    now = clock.now()
    secret, _ = await enrol(world, "alice", now + timedelta(hours=1))
    with clock.moved_to(now):
        alice = await gave_password(app, world, "alice")
        assert (await alice.post("/login/code", form={"code": code(secret, now)})).status_code == 422


async def test_a_recovery_code_stands_in_once_however_it_is_typed(app: Quart, world: World) -> None:
    _, codes = await enrol(world, "alice", clock.now())
    first = await gave_password(app, world, "alice")
    typed = f"  {codes[3].upper().replace('-', ' ')} "
    assert (await first.post("/login/code", form={"code": typed})).status_code == 303
    assert (await audited(world))[1:] == ["recovery-code-used", "signed-in"]
    second = await gave_password(app, world, "alice")
    assert (await second.post("/login/code", form={"code": codes[3]})).status_code == 422
    assert (await second.post("/login/code", form={"code": codes[4]})).status_code == 303
    page = await (await second.get("/profile/second-factor")).get_data(as_text=True)
    assert "8 of your recovery codes are left" in page


async def test_a_code_belongs_to_its_member(app: Quart, world: World) -> None:
    secret, codes = await enrol(world, "alice", clock.now())
    await enrol(world, "bob", clock.now())
    bob = await gave_password(app, world, "bob")
    for wrong in (code(secret, clock.now()), codes[0]):
        assert (await bob.post("/login/code", form={"code": wrong})).status_code == 422
    assert b"Sign out" not in await (await bob.get("/")).get_data()
    assert (await audited(world))[-2:] == ["sign-in-failed"] * 2


@pytest.mark.parametrize("given", ["", "000000", "x" * 5000, "123456 OR 1=1", "１２３４５６７"])
async def test_what_is_no_code_is_an_error_at_the_field(app: Quart, world: World, given: str) -> None:
    await enrol(world, "alice", clock.now())
    alice = await gave_password(app, world, "alice")
    for headers in ({}, HTMX):
        reply = await alice.post("/login/code", form={"code": given}, headers=headers)
        assert reply.status_code == 422 and b'aria-invalid="true"' in await reply.get_data()


async def test_who_gave_no_password_is_sent_to_sign_in(app: Quart, world: World) -> None:
    secret, _ = await enrol(world, "alice", clock.now())
    nobody = app.test_client()
    for reply in (
        await nobody.get("/login/code"),
        await nobody.post("/login/code", form={"code": code(secret, clock.now())}),
    ):
        assert (reply.status_code, reply.headers["Location"]) == (303, "/login")
    carol = await already_signed_in(app, world, "carol")
    assert (await carol.get("/login/code?next=/challenges")).headers["Location"] == "/challenges"
    assert (await carol.get("/login/code?next=//evil.example")).headers["Location"] == "/"


async def test_a_browser_waits_ten_minutes(app: Quart, world: World) -> None:
    now = clock.now()
    secret, _ = await enrol(world, "alice", now)
    alice = await gave_password(app, world, "alice")
    late = clock.now() + timedelta(minutes=10)
    with clock.moved_to(late):
        reply = await alice.post("/login/code", form={"code": code(secret, late)})
    assert reply.headers["Location"] == "/login"
    assert b"Sign out" not in await (await alice.get("/")).get_data()


async def test_a_suspended_member_gives_no_code(app: Quart, world: World) -> None:
    secret, _ = await enrol(world, "alice", clock.now())
    alice = await gave_password(app, world, "alice")
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).state = "suspended"
    assert (await alice.post("/login/code", form={"code": code(secret, clock.now())})).headers[
        "Location"
    ] == "/login"


async def test_wrong_codes_are_few_and_the_right_one_makes_room(strict: Quart, world: World) -> None:
    secret, codes = await enrol(world, "alice", clock.now())
    await enrol(world, "bob", clock.now())
    alice = await gave_password(strict, world, "alice")
    for _ in range(4):
        assert (await alice.post("/login/code", form={"code": "000000"})).status_code == 422
    assert (await alice.post("/login/code", form={"code": codes[0]})).status_code == 303
    again = await gave_password(strict, world, "alice")
    for _ in range(5):
        assert (await again.post("/login/code", form={"code": "000000"})).status_code == 422
    for given in ("000000", code(secret, clock.now()), codes[1]):
        reply = await again.post("/login/code", form={"code": given})
        assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 300
    other = await gave_password(strict, world, "alice")
    assert (await other.post("/login/code", form={"code": "000000"})).status_code == 429, "counted by member"
    bob = await gave_password(strict, world, "bob")
    assert (await bob.post("/login/code", form={"code": "000000"})).status_code == 422, "and for that member"


async def test_ten_wrong_codes_end_the_sign_in(config: Config, world: World) -> None:
    """The windows of a member pass faster here than those of the browser's ten."""
    app = create_app(replace(config, rate_scale=1.0))
    secret, _ = await enrol(world, "alice", clock.now())
    async with app.test_app():
        alice = await gave_password(app, world, "alice")
        for wrong in range(10):
            if wrong == 5:
                await forget(app, "code", str(world.members["alice"].id))
            assert (await alice.post("/login/code", form={"code": "000000"})).status_code == 422
        await forget(app, "code", str(world.members["alice"].id))
        reply = await alice.post("/login/code", form={"code": code(secret, clock.now())})
        assert (reply.status_code, reply.headers["Location"]) == (303, "/login")
        assert await live_sessions(world, "alice") == 0


async def forget(app: Quart, bucket: str, *who: str) -> None:
    from mathsoc.web import limits

    async with app.test_request_context("/"):
        await limits.clear(bucket, *who)


@pytest.mark.parametrize("kind", ["app", "recovery"])
async def test_of_many_browsers_with_one_code_one_comes_in(world: World, kind: str) -> None:
    """Each in a unit of its own; on PostgreSQL they are truly at once."""
    now = clock.now()
    secret, codes = await enrol(world, "alice", now)
    given = code(secret, now) if kind == "app" else codes[0]
    tokens = []
    for _ in range(8):
        async with world.database.writing() as session:
            member = await session.get_one(Member, world.members["alice"].id)
            tokens.append(await members.start_session(session, member, now, waits_for_code=True))
    gate = asyncio.Event()

    async def come(token: str) -> str | None:
        async with world.database.writing() as session:
            waiting = await queries.waiting_session(session, token, now)
            assert waiting is not None
            if not world.database.sqlite:
                await gate.wait()
            return await service.sign_in(session, waiting, given, now)

    tasks = [asyncio.create_task(come(token)) for token in tokens]
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.3, gate.set)
    results = await asyncio.gather(*tasks)
    assert len([one for one in results if one]) == 1
    async with world.database.reading() as session:
        rows = (await session.scalars(select(LoginSession))).all()
    assert [row.waits_for_code for row in rows].count(False) == 1


async def test_a_new_app_makes_waiting_browsers_start_again(app: Quart, world: World) -> None:
    secret, _ = await enrol(world, "alice", clock.now())
    alice = await gave_password(app, world, "alice")
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members["alice"].id)
        await service.reenrol(session, world.members["ada"].id, member, clock.now())
    reply = await alice.post("/login/code", form={"code": code(secret, clock.now())})
    assert reply.headers["Location"] == "/login"
    row = await member_row(world, "alice")
    assert row.totp_secret is None and row.totp_since is None
    assert (await audited(world))[-1] == "second-factor-removed"


async def test_whoever_has_the_password_alone_does_not_keep_the_owner_out(
    strict: Quart, world: World
) -> None:
    """A device where a code was right has tries of its own; one that gave only the password has not."""
    now, address = clock.now(), world.members["alice"].email
    secret, _ = await enrol(world, "alice", now)
    own, thief = strict.test_client(), strict.test_client()
    password = {"email": address or "", "password": PASSWORD}
    assert (await own.post("/login", form=password)).status_code == 303
    assert (await own.post("/login/code", form={"code": code(secret, now)})).status_code == 303
    await own.post("/logout")
    await thief.post("/login", form=password)
    seen = [(await thief.post("/login/code", form={"code": "000000"})).status_code for _ in range(6)]
    assert seen == [422] * 5 + [429]
    with clock.moved_to(now + timedelta(seconds=30)):
        await own.post("/login", form=password)
        typed = {"code": code(secret, now, 1)}
        assert (await thief.post("/login/code", form=typed)).status_code == 429
        assert (await own.post("/login/code", form=typed)).status_code == 303
    await own.post("/logout")
    await own.post("/login", form=password)
    seen = [(await own.post("/login/code", form={"code": "000000"})).status_code for _ in range(6)]
    assert seen == [422] * 5 + [429], "a stolen device guesses no more than others"

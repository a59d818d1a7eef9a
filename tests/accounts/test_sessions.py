"""One's own sessions: seen and ended by oneself, and all the others when the password changes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.accounts import service as accounts
from mathsoc.accounts.links import make_join_link, make_link
from mathsoc.accounts.models import MailToken
from mathsoc.jobs import Job
from mathsoc.members import queries, service
from mathsoc.members.models import LoginSession, Member
from tests.accounts.browsers import carried, email, logged, sign_in, signed_in_there
from tests.support.world import HTMX, PASSWORD, World, signed_in

NEW = "violet otters hum in tune"


async def listed(client: object) -> tuple[str, list[str]]:
    """The page of one's sessions, and the public ids on it."""
    text = (await (await client.get("/profile/sessions")).get_data()).decode()  # type: ignore[attr-defined]
    return text, re.findall(r"/profile/sessions/(\w+)/ending", text)


async def test_one_sees_and_ends_ones_own_and_nobody_elses(app: Quart, world: World) -> None:
    """S6. Alice and Bob are members of two schools, Carol is staff."""
    here, there = await signed_in(app, world, "alice"), app.test_client()
    await sign_in(there, email(world, "alice"))
    text, own = await listed(here)
    assert len(own) == 2 and text.count("this one") == 1 and "Firefox on Android" in text
    for other in ("bob", "carol"):
        client = await signed_in(app, world, other)
        assert (await client.post(f"/profile/sessions/{own[0]}/ending")).status_code == 404
        assert not set((await listed(client))[1]) & set(own)
    assert (await app.test_client().post(f"/profile/sessions/{own[0]}/ending")).status_code == 403
    assert await signed_in_there(here) and await signed_in_there(there)
    theirs = next(
        one for one in own if one not in re.findall(r"this one.*?sessions/(\w+)/ending", text, re.S)
    )
    reply = await here.post(f"/profile/sessions/{theirs}/ending")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/profile/sessions")
    assert await signed_in_there(here) and not await signed_in_there(there)
    assert (await here.post(f"/profile/sessions/{theirs}/ending")).status_code == 404
    alice = world.members["alice"].id
    assert [row[:3] for row in await logged(world.database)][-1] == ("session-ended", alice, alice)


async def test_ending_the_present_one_signs_out(app: Quart, world: World) -> None:
    client = await signed_in(app, world, "alice")
    (own,) = (await listed(client))[1]
    reply = await client.post(f"/profile/sessions/{own}/ending", headers=HTMX)
    assert reply.headers["HX-Redirect"] == "/login?notice=signed-out"
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "mathsoc" not in carried(client) and not await signed_in_there(client)


async def test_signing_out_everywhere_else(app: Quart, world: World) -> None:
    clients = [await signed_in(app, world, "alice") for _ in range(3)]
    bob = await signed_in(app, world, "bob")
    assert (await clients[1].post("/profile/sessions/endings")).status_code == 303
    assert [await signed_in_there(client) for client in clients] == [False, True, False]
    assert await signed_in_there(bob)


async def test_what_has_ended_by_itself_is_not_listed(app: Quart, world: World) -> None:
    await signed_in(app, world, "alice")
    later = world.now + timedelta(days=15)
    with clock.moved_to(later):
        assert len((await listed(await signed_in(app, world, "alice")))[1]) == 1


@pytest.mark.parametrize("name", ["alice", "carol"])
async def test_a_new_password_ends_every_other_session_and_renews_this_one(
    app: Quart, world: World, name: str
) -> None:
    """S2, S4."""
    here, there = await signed_in(app, world, name), await signed_in(app, world, name)
    bob, before = await signed_in(app, world, "bob"), carried(here)["mathsoc"]
    form = {"current_password": PASSWORD, "new_password": NEW}
    assert (await here.post("/profile/password", form=form)).status_code == 303
    assert await signed_in_there(here) and await signed_in_there(bob) and not await signed_in_there(there)
    assert carried(here)["mathsoc"] != before
    old = app.test_client()
    old.set_cookie("localhost", "mathsoc", before)
    assert not await signed_in_there(old)
    assert (await sign_in(there, email(world, name))).status_code == 422
    assert (await sign_in(there, email(world, name), NEW)).status_code == 303


@pytest.mark.parametrize(
    ("name", "idle", "most"),
    [("alice", timedelta(days=14), timedelta(days=90)), ("carol", timedelta(hours=2), timedelta(hours=12))],
)
async def test_idle_and_absolute_limits_hold_for_remembered_sessions_too(
    app: Quart, world: World, name: str, idle: timedelta, most: timedelta
) -> None:
    """S5."""
    second = timedelta(seconds=1)
    with clock.moved_to(world.now):
        idles, busy = app.test_client(), app.test_client()
        for client in (idles, busy):
            await sign_in(client, email(world, name), remember="yes")
    with clock.moved_to(world.now + idle):
        assert not await signed_in_there(idles)
    moment = world.now
    while moment + idle - second < world.now + most:
        moment += idle - second
        with clock.moved_to(moment):
            assert await signed_in_there(busy), moment - world.now
    with clock.moved_to(world.now + most - second):
        assert await signed_in_there(busy)
    with clock.moved_to(world.now + most):
        assert not await signed_in_there(busy)


async def test_renewing_does_not_move_the_absolute_limit(world: World) -> None:
    alice, later = world.members["alice"], world.now + timedelta(days=10)
    async with world.database.writing() as session:
        token = await service.start_session(session, await session.get_one(Member, alice.id), world.now)
        started = await queries.login_session(session, token)
        assert started is not None
        await service.renew_session(session, started, later)
    async with world.database.reading() as session:
        kept = await session.get_one(LoginSession, started.id)
        assert (kept.created_at, kept.fresh_at) == (world.now, later)


async def test_the_pages_of_an_account_are_for_whoever_is_signed_in(app: Quart, world: World) -> None:
    for path in ("/profile", "/profile/sessions", "/profile/password"):
        assert (await app.test_client().get(path)).headers["Location"].startswith("/login?next=")
        for name in ("alice", "bob", "carol"):
            client = await signed_in(app, world, name)
            assert (await client.get(path)).status_code == 200


async def test_an_open_page_alone_does_not_keep_a_session_in_use(app: Quart, world: World) -> None:
    """S5. Its stream comes back by itself, and with it what is fetched when a board moves."""
    client = await signed_in(app, world, "carol")
    async with world.database.reading() as session:
        before = await session.scalar(select(LoginSession.seen_at))
    with clock.moved_to(clock.now() + timedelta(minutes=90)):
        for path in ("/live?topics=nothing:there", "/leaderboards/ladder/place?stage=ks4"):
            await client.get(path)
        async with world.database.reading() as session:
            assert await session.scalar(select(LoginSession.seen_at)) == before
        await client.get("/profile")
        async with world.database.reading() as session:
            assert await session.scalar(select(LoginSession.seen_at)) == clock.now()


async def test_what_has_long_been_worth_nothing_is_deleted(app: Quart, world: World) -> None:
    """A daily job: sessions that were ended or left idle, and links that can no longer be used.

    Bob signs out. Carol's browser and Alice's lie in a cupboard, and end after two hours and two weeks.
    """
    await signed_in(app, world, "alice")
    await signed_in(app, world, "carol")
    ended = await signed_in(app, world, "bob")
    await ended.post("/logout")
    async with world.database.writing() as session:
        await make_link(session, world.members["alice"], "reset", clock.now())
    for days, left in ((29, 3), (32, 1), (43, 1), (45, 0)):
        with clock.moved_to(world.now + timedelta(days=days)):
            async with world.database.writing() as session:
                await accounts.forget_old(session, Job())
                kept = len((await session.scalars(select(LoginSession))).all())
                links = len((await session.scalars(select(MailToken))).all())
        assert (kept, links) == (left, 1 if days < 30 else 0), days


async def test_the_address_of_whoever_did_not_join_is_not_kept(world: World) -> None:
    """The mail says so: the link holds for a day, and the daily job forgets it."""
    async with world.database.writing() as session:
        await make_join_link(session, "stranger@northfield.example", clock.now())
        await make_link(session, world.members["alice"], "reset", clock.now())
    for hours, left in ((23, 2), (25, 1)):
        with clock.moved_to(world.now + timedelta(hours=hours)):
            async with world.database.writing() as session:
                await accounts.forget_old(session, Job())
                assert len((await session.scalars(select(MailToken))).all()) == left, hours

"""What staff may change about members, and what follows from it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.console import service
from mathsoc.errors import MathsocError
from mathsoc.members.models import LoginSession, Member
from tests.support.world import PASSWORD, World, already_signed_in

if TYPE_CHECKING:
    pass
from tests.console.people import agree, logged, path, staffed, stored, text_of

NOUNS = ("role", "suspension", "reinstatement", "sessions/endings", "second-factor/removal", "reset-link")


async def test_each_action_asks_for_the_right_and_the_member(app: Quart, world: World) -> None:
    """Members and editors are refused at the door; what a lead does not have is not there."""
    clients = await staffed(app, world)
    admins_only = ("role", "second-factor/removal")
    for noun in NOUNS:
        for who in ("alice", "bob", "carol"):
            assert (await clients[who].post(path(world, "alice", noun))).status_code == 403
        for name in ("bob", "carol", "ada", "lead"):
            reply = await clients["lead"].post(path(world, name, noun))
            assert reply.status_code == (403 if noun in admins_only else 404), (noun, name)
        reply = await clients["ada"].post("/console/members/nobody/" + noun, form={"role": "lead"})
        assert reply.status_code == 404, noun
    for name in ("alice", "bob", "carol", "ada", "lead"):
        assert (await stored(world, name)).state == "active"


async def test_another_role(app: Quart, world: World) -> None:
    """It changes nothing but the role, ends every session, and takes the member off the boards."""
    clients = await staffed(app, world)
    await world.give("alice", 5)
    await world.give("bob", 3)
    before = await stored(world, "alice")
    columns = {column.key: "1" for column in Member.__table__.columns} | {"role": "editor"}
    reply = await clients["ada"].post(path(world, "alice", "role"), form=columns)
    assert reply.status_code == 303, await reply.get_data()
    after = await stored(world, "alice")
    differ = {c.key for c in Member.__table__.columns if getattr(before, c.key) != getattr(after, c.key)}
    assert differ == {"role", "name_key"} and after.role == "editor"
    assert (await clients["alice"].get("/profile")).status_code == 303
    ((entry, detail),) = await logged(world, "role-changed")
    assert (entry.actor_id, entry.subject_id) == (world.members["ada"].id, world.members["alice"].id)
    assert detail is not None and (detail.before, detail.after) == ({"role": "member"}, {"role": "editor"})
    await agree(world)
    board = await text_of(clients["bob"], "/leaderboards/ladder?stage=ks4")
    assert "Display Alice" not in board and 'data-place="1"' in board
    reply = await clients["ada"].post(path(world, "alice", "role"), form={"role": "member"})
    assert reply.status_code == 303
    await agree(world)
    board = (await text_of(clients["bob"], "/leaderboards/ladder?stage=ks4")).partition("<tbody")[2]
    assert board.index("Display Alice") < board.index("Display Bob")


@pytest.mark.parametrize("role", ["", "owner", "ADMIN", "member\x00"])
async def test_no_other_roles(app: Quart, world: World, role: str) -> None:
    ada = await already_signed_in(app, world, "ada")
    reply = await ada.post(path(world, "alice", "role"), form={"role": role})
    assert reply.status_code in (400, 422)
    assert (await stored(world, "alice")).role == "member"


async def test_the_password_is_asked_for_again(app: Quart, world: World) -> None:
    """Ten minutes after it was given; somebody else's is never asked for."""
    ada = await already_signed_in(app, world, "ada")
    fields = {"role": "lead"}
    with clock.moved_to(clock.now() + timedelta(minutes=11)):
        page = await text_of(ada, path(world, "alice"))
        assert page.count('type="password"') == page.count('name="your_password"') == 3
        for given in ({}, {"your_password": "wrong wrong wrong"}):
            reply = await ada.post(path(world, "alice", "role"), form=fields | given)
            body = (await reply.get_data()).decode()
            assert reply.status_code == 422 and "own password" in body
            assert '<option value="lead" selected>' in body and "wrong wrong" not in body
            assert (await ada.post(path(world, "alice", "reset-link"), form=given)).status_code == 422
            removal = path(world, "alice", "second-factor/removal")
            assert (await ada.post(removal, form=given)).status_code == 422
            reply = await ada.post(path(world, "alice", "suspension"), form=given)
            body = (await reply.get_data()).decode()
            assert reply.status_code == 422 and body.count("autofocus") == 1 == body.count("aria-invalid")
            assert "<details open>" in body and "<title>Error: Real Alice Name" in body
        assert (await stored(world, "alice")).state == "active"
        assert (await stored(world, "alice")).role == "member"
        reply = await ada.post(path(world, "alice", "role"), form=fields | {"your_password": PASSWORD})
        assert reply.status_code == 303
    assert (await stored(world, "alice")).role == "lead"


async def test_the_role_they_have_is_no_change(app: Quart, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    reply = await ada.post(path(world, "carol", "role"), form={"role": "editor"})
    body = (await reply.get_data()).decode()
    assert reply.status_code == 422 and "They have this role already." in body and 'id="role-error"' in body
    assert await logged(world, "role-changed") == []


async def test_nobody_changes_their_own_rights(app: Quart, world: World) -> None:
    await world.add_member("second", role="admin", year=None)
    ada = await already_signed_in(app, world, "ada")
    for noun, fields in (("role", {"role": "member"}), ("suspension", {}), ("reinstatement", {})):
        reply = await ada.post(path(world, "ada", noun), form=fields)
        assert reply.status_code == 422 and b"themselves" in await reply.get_data()
    own = await stored(world, "ada")
    assert (own.role, own.state) == ("admin", "active")


async def test_of_two_administrators_who_go_at_once_one_stays(world: World) -> None:
    await world.add_member("second", role="admin", year=None)
    ada, second = world.viewer("ada"), world.viewer("second")

    async def demote(viewer: Any, other: str) -> str:
        try:
            async with world.database.writing() as session:
                await service.change_role(
                    session, viewer, world.members[other].handle, "member", clock.now(), "192.0.2.1"
                )
        except MathsocError as error:
            return type(error).__name__
        return "done"

    outcome = await asyncio.gather(demote(ada, "second"), demote(second, "ada"))
    assert sorted(outcome) == ["Refused", "done"]
    roles = {(await stored(world, name)).role for name in ("ada", "second")}
    assert roles == {"admin", "member"}
    await agree(world)


async def test_suspending_and_reinstating(app: Quart, world: World) -> None:
    """Signed out at once, on no board, moving nobody's place; and back with the same points."""
    clients = await staffed(app, world)
    for name, points in (("alice", 5), ("bob", 3)):
        await world.give(name, points)
        await world.give(name, points, competition="cup")
    told: list[str] = []

    async def announcer(topics: frozenset[str]) -> None:
        told.extend(sorted(topics))

    app.database.announcer = announcer
    assert (await clients["lead"].post(path(world, "alice", "suspension"))).status_code == 303
    assert told == ["board:cup:ks4", "board:ladder:ks4"]
    assert (await stored(world, "alice")).state == "suspended"
    assert (await clients["alice"].get("/profile")).status_code == 303
    login = {"email": world.members["alice"].email, "password": PASSWORD}
    assert (await app.test_client().post("/login", form=login)).status_code == 422
    await agree(world)
    assert "1st" in await text_of(clients["bob"], "/leaderboards/ladder/place?stage=ks4")
    for noun, status in (("suspension", 422), ("reset-link", 422), ("reinstatement", 303)):
        assert (await clients["lead"].post(path(world, "alice", noun))).status_code == status, noun
    assert (await clients["lead"].post(path(world, "alice", "reinstatement"))).status_code == 422
    assert told == ["board:cup:ks4", "board:ladder:ks4"] * 2
    await agree(world)
    assert "2nd" in await text_of(clients["bob"], "/leaderboards/ladder/place?stage=ks4")
    assert (await clients["alice"].get("/profile")).status_code == 303, "the old session stays ended"
    assert (await app.test_client().post("/login", form=login)).status_code == 303
    ((suspended, detail),) = await logged(world, "suspended")
    assert suspended.actor_id == world.members["lead"].id
    assert detail is not None and detail.before == {"state": "active"}
    assert len(await logged(world, "reinstated")) == 1


async def test_signing_somebody_out(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    assert "1 browser" in await text_of(clients["ada"], path(world, "alice"))
    assert (await clients["lead"].post(path(world, "alice", "sessions/endings"))).status_code == 303
    assert (await clients["alice"].get("/profile")).status_code == 303
    assert "0 browsers" in await text_of(clients["ada"], path(world, "alice"))
    # Oneself: everywhere else.
    other = await already_signed_in(app, world, "ada")
    assert (await clients["ada"].post(path(world, "ada", "sessions/endings"))).status_code == 303
    assert (await other.get("/profile")).status_code == 303
    assert (await clients["ada"].get("/profile")).status_code == 200
    assert len(await logged(world, "session-ended")) == 2


async def test_a_lost_authenticator_app(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    async with world.database.writing() as session:
        carol = await session.get_one(Member, world.members["carol"].id)
        carol.totp_secret, carol.totp_since = "JBSWY3DPEHPK3PXP", clock.now()
    assert "Remove the authenticator app" in await text_of(clients["ada"], path(world, "carol"))
    assert (await clients["ada"].post(path(world, "carol", "second-factor/removal"))).status_code == 303
    assert (await stored(world, "carol")).totp_since is None
    assert (await clients["carol"].get("/profile")).status_code == 303
    ((entry, _),) = await logged(world, "second-factor-removed")
    assert entry.actor_id == world.members["ada"].id


async def test_a_link_for_a_lost_password(app: Quart, world: World) -> None:
    """It is shown once, works once, and stands nowhere else: not in the log, not in the mail."""
    clients = await staffed(app, world)
    reply = await clients["lead"].post(path(world, "alice", "reset-link"))
    body = (await reply.get_data()).decode()
    assert reply.status_code == 200 and reply.headers["Cache-Control"] == "no-store"
    link = body.partition('value="http://localhost')[2].partition('"')[0]
    new = {"new_password": "a fresh and long enough one", "again": "a fresh and long enough one"}
    token = link.rpartition("/")[2]
    assert len(token) > 40 and token not in await text_of(clients["lead"], path(world, "alice"))
    assert token not in await text_of(clients["ada"], "/console/audit")
    anonymous = app.test_client()
    assert (await anonymous.get(link)).status_code == 200
    assert (await anonymous.post(link, form=new)).status_code == 303
    assert (await anonymous.post(link, form=new)).status_code == 410
    ((entry, _),) = await logged(world, "reset-link-made")
    assert (entry.actor_id, entry.subject_id) == (world.members["lead"].id, world.members["alice"].id)


async def test_every_session_is_a_new_one_after_a_role_change(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    async with world.database.writing() as session:
        for one in await session.scalars(select(LoginSession)):
            assert one.ended_at is None
    await clients["ada"].post(path(world, "carol", "role"), form={"role": "lead"})
    async with world.database.reading() as session:
        ended = await session.scalars(
            select(LoginSession.member_id).where(LoginSession.ended_at.is_not(None))
        )
        assert set(ended) == {world.members["carol"].id}

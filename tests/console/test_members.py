"""Staff and members: who sees whom, what they may change, and what follows from it."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.console import service
from mathsoc.errors import MathsocError
from mathsoc.members.models import LoginSession, Member
from mathsoc.scoring import audit as standings
from tests.support.payloads import payloads
from tests.support.world import PASSWORD, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

NOUNS = ("role", "suspension", "reinstatement", "sessions/endings", "second-factor/removal", "reset-link")


async def staffed(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    """Everybody signed in: the three people, an administrator, and a lead of each school."""
    await world.add_member("lead", role="lead", year=None)
    east = {"school_id": world.schools["eastgate"].id, "email": "elsewhere@eastgate.example"}
    await world.add_member("elsewhere", role="lead", year=None, **east)
    names = ("alice", "bob", "carol", "ada", "lead", "elsewhere")
    return {name: await already_signed_in(app, world, name) for name in names}


def path(world: World, name: str, noun: str = "") -> str:
    return f"/console/members/{world.members[name].handle}" + (f"/{noun}" if noun else "")


async def stored(world: World, name: str) -> Member:
    async with world.database.reading() as session:
        return await session.get_one(Member, world.members[name].id)


async def logged(world: World, action: str) -> list[tuple[AuditEntry, AuditDetail | None]]:
    chosen = (
        select(AuditEntry, AuditDetail)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(AuditEntry.action == action)
        .order_by(AuditEntry.id)
    )
    async with world.database.reading() as session:
        return [(entry, detail) for entry, detail in await session.execute(chosen)]


async def text_of(client: TestClientProtocol, address: str) -> str:
    reply = await client.get(address)
    assert reply.status_code == 200, (address, reply.status_code)
    return (await reply.get_data()).decode()


async def agree(world: World) -> None:
    async with world.database.reading() as session:
        assert await standings.check(session) == []


async def test_who_sees_whom(app: Quart, world: World) -> None:
    """A lead has the pupils of the own school; to everybody else they are not there."""
    clients = await staffed(app, world)
    everybody = {"alice", "bob", "carol", "ada", "lead", "elsewhere"}
    seen = {"ada": everybody, "lead": {"alice"}, "elsewhere": {"bob"}, "carol": set(), "alice": set()}
    for who, theirs in seen.items():
        door = 200 if who in ("ada", "lead", "elsewhere") else 403
        for address in ("/console/members", "/console/members.csv"):
            reply = await clients[who].get(address)
            assert reply.status_code == door, (who, address)
            if door == 200:
                body = (await reply.get_data()).decode()
                assert {name for name in everybody if f"Real {name.title()} Name" in body} == theirs
        for name in everybody:
            reply = await clients[who].get(path(world, name))
            assert reply.status_code == (200 if name in theirs else 404 if door == 200 else 403), (who, name)


async def test_a_lead_without_a_school_has_nobody(app: Quart, world: World) -> None:
    await world.add_member("lead", role="lead", school_id=None)
    await world.add_member("stray", school_id=None)
    lead = await already_signed_in(app, world, "lead")
    assert "Real" not in await text_of(lead, "/console/members")
    assert (await lead.get(path(world, "stray"))).status_code == 404


async def test_searching_and_pages(app: Quart, world: World) -> None:
    for number in range(60):
        await world.add_member(f"pupil{number:02}", real_name=f"Pupil {number:02}")
    await world.add_member("odd", display_name="100%_sure", state="suspended")
    ada = await already_signed_in(app, world, "ada")
    first = await text_of(ada, "/console/members?q=pupil")
    assert "Pupil 00" in first and "Pupil 49" in first and "Pupil 50" not in first and "60 members" in first
    second = await text_of(ada, "/console/members?q=pupil&page=2")
    assert "Pupil 59" in second and "Pupil 00" not in second
    for query, found in (("%25_", True), ("PUPIL07@NORTH", False), ("_", True), ("state=suspended", True)):
        body = await text_of(ada, f"/console/members?{query if '=' in query else 'q=' + query}")
        assert ("100%_sure" in body) == found and "Pupil 08" not in body, query
    assert "Pupil 07" in await text_of(ada, "/console/members?q=PUPIL07@NORTH")
    assert "No member matches." in await text_of(ada, "/console/members?q=pupil&role=editor")
    for wrong in ("0", "x", "-1", "9999999", "%D9%A1"):
        assert (await ada.get(f"/console/members?page={wrong}")).status_code == 404


async def test_looking_is_in_the_log(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await text_of(clients["lead"], "/console/members?q=ali")
    await text_of(clients["lead"], path(world, "alice"))
    await text_of(clients["lead"], "/console/members.csv")
    assert (await clients["lead"].get(path(world, "bob"))).status_code == 404
    (listed, first), (shown, _) = await logged(world, "members-viewed")
    ((export, _),) = await logged(world, "members-exported")
    lead, alice = world.members["lead"].id, world.members["alice"].id
    assert {listed.actor_id, shown.actor_id, export.actor_id} == {lead}
    assert shown.subject_id == alice
    assert first is not None and first.after == {"members": 1, "page": 1, "search": "ali"}


async def test_the_table_runs_nothing(app: Quart, world: World) -> None:
    """Read back by a CSV reader each name is one cell, of text."""
    names = [one.text for one in payloads("csv")]
    extra = ["＝1+1", "＋1", "﹣1", "\t=1", " =1", "@SUM(1)", "\u200b=1", "plain", "O'Hara-Smith", "a=b"]
    for number, name in enumerate([*names, *extra]):
        await world.add_member(f"n{number}", display_name=name[:60], real_name=f"Zz {number:03}")
    ada = await already_signed_in(app, world, "ada")
    reply = await ada.get("/console/members.csv?q=Zz")
    body = await reply.get_data()
    assert body.startswith(b"\xef\xbb\xbf") and reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Disposition"].startswith("attachment; ")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "Display name" and {len(row) for row in rows} == {7}
    for name, row in zip([*names, *extra], rows[1:], strict=True):
        harmless = name in ("plain", "O'Hara-Smith", "a=b") or name.startswith(("a,", "a;", "'"))
        assert row[0] == (name if harmless else f"'{name}")


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
    assert differ == {"role"} and after.role == "editor"
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

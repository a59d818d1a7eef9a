"""Staff let pupils in, refuse them, and decide about display names: of the own school, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart
from sqlalchemy import update

from mathsoc.app import Mathsoc
from mathsoc.members.models import LoginSession
from tests.console.people import logged, path, staffed, stored, text_of
from tests.joining.ways import DETAILS, add_domain, link_by_mail, newest, text, ticked
from tests.support.asked import watch
from tests.support.mails import arrived
from tests.support.world import PASSWORD, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = "/console/joining"


def at(world: World, name: str, noun: str) -> str:
    return f"{HERE}/{world.members[name].handle}/{noun}"


async def wait(world: World, *names: str) -> None:
    """Pupils of Northfield who wait, and one of Eastgate."""
    for name in names:
        await world.add_member(name, state="pending", joined_by="mail")
    east = {"school_id": world.schools["eastgate"].id, "email": "east@eastgate.example"}
    await world.add_member("east", state="pending", **east)


@one_database
async def test_who_sees_and_approves_whom(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await wait(world, "zoe")
    await world.add_member("wisher", wished_name="Zqwish One")
    seen = {"ada": {"Zoe", "East", "Zqwish"}, "lead": {"Zoe", "Zqwish"}, "elsewhere": {"East"}}
    for who, theirs in seen.items():
        body = await text_of(clients[who], HERE)
        assert {one for one in ("Zoe", "East", "Zqwish") if one in body} == theirs, who
        index = await text_of(clients[who], "/console")
        assert f"{len(theirs)} waiting" in index
    assert "waiting" not in await text_of(clients["carol"], "/console")
    entries = [detail for _, detail in await logged(world, "members-viewed")]
    assert [one.after for one in entries if one] == [
        {"waiting": 2, "names": 1, "page": 1},
        {"waiting": 1, "names": 1, "page": 1},
        {"waiting": 1, "names": 0, "page": 1},
    ]
    for who, status in (("elsewhere", 404), ("carol", 403), ("alice", 403)):
        assert (await clients[who].post(at(world, "zoe", "approval"))).status_code == status
        assert (await clients[who].post(at(world, "zoe", "refusal"))).status_code == status
        reply = await clients[who].post(at(world, "wisher", "name"), form={"decision": "accept"})
        assert reply.status_code == status
    for who in ("carol", "alice"):
        handles = [world.members["zoe"].handle]
        assert (await clients[who].post(f"{HERE}/approvals", **ticked(handles))).status_code == 403
        assert (await clients[who].get(HERE)).status_code == 403
    assert (await stored(world, "zoe")).state == "pending"
    assert (await stored(world, "wisher")).wished_name == "Zqwish One"


async def test_those_ticked_are_let_in_together(app: Mathsoc, world: World) -> None:
    """Who does not wait, and who is not the viewer's, is passed over; the others are told by mail."""
    clients = await staffed(app, world)
    await wait(world, "zoe", "ken", "meg")
    await world.add_member("slip", state="pending", email=None)
    names = ("zoe", "ken", "slip", "alice", "east", "zoe")
    handles = [*(world.members[name].handle for name in names), "nobody", "' OR 1=1"]
    reply = await clients["lead"].post(f"{HERE}/approvals", **ticked(handles))
    assert (reply.status_code, reply.headers["Location"]) == (303, f"{HERE}?approved=3&over=4")
    body = await text_of(clients["lead"], reply.headers["Location"])
    assert "Approved: 3 members." in body and "4 of them do not wait any more" in body
    states = {name: (await stored(world, name)).state for name in ("zoe", "ken", "slip", "meg", "east")}
    assert states == dict.fromkeys(("zoe", "ken", "slip"), "active") | dict.fromkeys(
        ("meg", "east"), "pending"
    )
    assert [entry.subject_id for entry, _ in await logged(world, "approved")] == [
        world.members[name].id for name in ("zoe", "ken", "slip")
    ]
    letters = {one.recipient: one for one in await arrived(app)}
    assert set(letters) == {"zoe@northfield.example", "ken@northfield.example"}
    assert letters["zoe@northfield.example"].subject == "Test Society: you are in"
    assert "/challenges" in letters["zoe@northfield.example"].body
    assert "Real" not in letters["zoe@northfield.example"].body
    again = await clients["ada"].post(at(world, "zoe", "approval"))
    assert again.status_code == 422 and "does not wait" in await text(again)
    assert len(await logged(world, "approved")) == 3


@one_database
async def test_nobody_ticked_changes_nothing(app: Quart, world: World) -> None:
    lead = (await staffed(app, world))["lead"]
    await wait(world, "zoe")
    reply = await lead.post(f"{HERE}/approvals")
    assert reply.status_code == 422 and "Nobody is ticked" in await text(reply)
    assert "checked" not in await text_of(lead, HERE) and "checked" in await text_of(
        lead, f"{HERE}?ticked=all"
    )
    assert (await lead.post(f"{HERE}/approvals", **ticked(["\x00"]))).status_code == 400
    for wrong in ("page=0", "page=x", "names=-1", "page=99999999"):
        assert (await lead.get(f"{HERE}?{wrong}")).status_code == 404


async def stale(world: World) -> None:
    """Everybody gave the password a while ago."""
    async with world.database.writing() as session:
        await session.execute(update(LoginSession).values(fresh_at=world.now - timedelta(hours=1)))


async def test_whoever_is_refused_is_erased_at_once(app: Mathsoc, world: World) -> None:
    """After the own password; the log keeps ids alone, and the address is free again."""
    await add_domain(world)
    pupil = app.test_client()
    await pupil.post(await link_by_mail(app, pupil, "zoe@northfield.example"), form=DETAILS)
    zoe = world.members["zoe"] = await newest(world)
    await world.add_member("lead", role="lead", year=None, password_hash=world.members["ada"].password_hash)
    lead = await already_signed_in(app, world, "lead")
    await stale(world)
    for given, said in (("", "Enter your own password"), ("wrong", "not your password")):
        reply = await lead.post(at(world, "zoe", "refusal"), form={"your_password": given})
        body = await text(reply)
        assert reply.status_code == 422 and said in body and f'id="error-{zoe.handle}"' in body
    assert (await stored(world, "zoe")).state == "pending"
    reply = await lead.post(at(world, "zoe", "refusal"), form={"your_password": PASSWORD})
    assert reply.headers["Location"] == f"{HERE}?done=refused"
    erased = await stored(world, "zoe")
    assert (erased.state, erased.email, erased.real_name, erased.name_key) == ("erased", None, "", None)
    ((entry, detail),) = await logged(world, "refused")
    assert (entry.actor_id, entry.subject_id, detail) == (world.members["lead"].id, zoe.id, None)
    assert (await pupil.get("/profile")).status_code == 303, "signed out"
    for noun in ("approval", "refusal"):
        assert (await lead.post(at(world, "zoe", noun))).status_code == 404
    again = app.test_client()
    link = await link_by_mail(app, again, "zoe@northfield.example")
    assert (await again.post(link, form=DETAILS)).status_code == 303, "with the same display name too"


@one_database
async def test_only_who_waits_is_refused(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    for name in ("alice", "lead", "ada"):
        reply = await clients["ada"].post(at(world, name, "refusal"))
        assert reply.status_code == 422 and "does not wait" in await text(reply)
        assert (await stored(world, name)).state == "active"


async def decide(
    client: TestClientProtocol, world: World, name: str, decision: str, seen: str | None = None
) -> tuple[int, str]:
    """Decide about the name that was seen in the list; by default the one that is asked for now."""
    wish = (await stored(world, name)).wished_name if seen is None else seen
    reply = await client.post(at(world, name, "name"), form={"decision": decision, "wished_name": wish})
    return reply.status_code, await text(reply) or reply.headers.get("Location", "")


async def test_names_are_given_or_not(app: Quart, world: World) -> None:
    lead = (await staffed(app, world))["lead"]
    for name, wish in (("zoe", "Sky Captain"), ("ken", "Rude Word"), ("meg", "sky-captain"), ("may", "Real")):
        await world.add_member(name, wished_name=wish)
    await world.give("zoe", 3)
    assert (await decide(lead, world, "zoe", "accept"))[0] == 303
    assert (await decide(lead, world, "ken", "refuse"))[0] == 303
    zoe, ken = await stored(world, "zoe"), await stored(world, "ken")
    assert (zoe.display_name, zoe.wished_name, zoe.name_key) == ("Sky Captain", "", "sky captain")
    assert (ken.display_name, ken.wished_name) == ("Display Ken", "")
    assert "Sky Captain" in await text_of(lead, "/leaderboards/ladder?stage=ks4")
    # What looks like a name that was given meanwhile, and what tells the real name, stay undecided.
    for name, said in (("meg", "looks like it"), ("may", "part of your real name")):
        status, body = await decide(lead, world, name, "accept")
        assert status == 422 and said in body and (await stored(world, name)).wished_name != ""
        assert (await decide(lead, world, name, "refuse"))[0] == 303
    status, body = await decide(lead, world, "zoe", "refuse")
    assert status == 422 and "No other name is asked for" in body
    await world.add_member("kim", wished_name="Brave Captain")
    for decision in ("", "perhaps"):
        assert (await decide(lead, world, "kim", decision))[0] == 422
    logs = [(entry.action, detail and detail.after) for entry, detail in await logged(world, "name-changed")]
    assert logs == [("name-changed", {"display_name": "Sky Captain"})]
    assert len(await logged(world, "name-refused")) == 3


@one_database
async def test_a_wish_that_was_swapped_meanwhile_is_not_given(app: Quart, world: World) -> None:
    """A harmless wish in the teacher's open list, a rude one by the time that it is accepted."""
    lead = (await staffed(app, world))["lead"]
    await world.add_member("zoe", wished_name="Sky Captain")
    page = await text_of(lead, HERE)
    assert 'name="wished_name" value="Sky Captain"' in page
    zoe = await already_signed_in(app, world, "zoe")
    assert (await zoe.post("/profile/name/wish", form={"wished_name": "Rude Word"})).status_code == 303
    for decision in ("accept", "refuse"):
        for seen in ("Sky Captain", ""):
            status, body = await decide(lead, world, "zoe", decision, seen)
            assert status == 422 and "another name since you looked" in body and "Rude Word" in body
    found = await stored(world, "zoe")
    assert (found.display_name, found.wished_name) == ("Display Zoe", "Rude Word")
    assert (await decide(lead, world, "zoe", "refuse"))[0] == 303


@one_database
async def test_long_lists_have_pages_and_cost_the_same(app: Mathsoc, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    asked = watch(app.database).statements

    async def cost() -> int:
        asked.clear()
        await text_of(ada, HERE)
        return len(asked)

    await wait(world, "zoe")
    await world.add_member("wisher", wished_name="Zqwish")
    await cost()  # the first request also notes that the session is in use
    few = await cost()
    for n in range(60):
        await world.add_member(f"p{n:02}", state="pending", created_at=world.now + timedelta(minutes=n))
    for n in range(55):
        await world.add_member(f"w{n:02}", wished_name="Zqwish")
    assert await cost() == few
    first, second = await text_of(ada, HERE), await text_of(ada, f"{HERE}?page=2&names=2")
    assert "62 members" in first and "Real P00" in first and "Real P59" not in first
    assert "Real P59" in second and "Real P00" not in second
    assert (first.count('name="handle"'), second.count('name="handle"')) == (50, 12)
    assert (first.count("/name"), second.count("/name")) == (50, 6)


@one_database
async def test_a_members_page_leads_to_the_list(app: Quart, world: World) -> None:
    lead = (await staffed(app, world))["lead"]
    await wait(world, "zoe")
    assert HERE in await text_of(lead, path(world, "zoe"))
    assert HERE not in await text_of(lead, path(world, "alice"))

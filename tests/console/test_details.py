"""Staff put a pupil's real name, year and class right, and the class shows."""

from __future__ import annotations

import csv
import io

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc.competitions.models import Entry
from mathsoc.competitions.service import enter_and_lock
from mathsoc.schools.models import SchoolClass
from tests.console.people import agree, logged, path, staffed, stored, text_of
from tests.support.world import World, already_signed_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def classes(world: World) -> dict[str, SchoolClass]:
    """One of each school."""
    made = {
        "10a": SchoolClass(school_id=world.schools["northfield"].id, name="10a", year=10),
        "10e": SchoolClass(school_id=world.schools["eastgate"].id, name="10e"),
    }
    async with world.database.writing() as session:
        session.add_all(made.values())
    return made


async def test_who_corrects_whom(app: Quart, world: World) -> None:
    """A lead the pupils of the own school, an administrator everybody; the log says what was and what is."""
    clients, made = await staffed(app, world), await classes(world)
    given = {"real_name": "  Alys\tNewname ", "year": "11", "class": made["10a"].public_id}
    for who, status in (("alice", 403), ("bob", 403), ("carol", 403), ("elsewhere", 404), ("lead", 303)):
        reply = await clients[who].post(path(world, "alice", "details"), form=given)
        assert reply.status_code == status, who
        alice = await stored(world, "alice")
        assert (alice.real_name == "Alys Newname") is (who == "lead"), who
    assert (alice.year, alice.class_id, alice.state) == (11, made["10a"].id, "active")
    ((entry, detail),) = await logged(world, "details-changed")
    assert (entry.actor_id, entry.subject_id) == (world.members["lead"].id, alice.id)
    assert detail is not None
    assert detail.before == {"real_name": "Real Alice Name", "year": 10, "class": "none"}
    assert detail.after == {"real_name": "Alys Newname", "year": 11, "class": "10a, year 10"}
    # The same again changes nothing, and another field is noted alone.
    for more in ({}, {"class": ""}):
        reply = await clients["ada"].post(path(world, "alice", "details"), form=given | more)
        assert reply.status_code == 303
    (_, (_, second)) = await logged(world, "details-changed")
    assert second is not None and (second.before, second.after) == (
        {"class": "10a, year 10"},
        {"class": "none"},
    )
    staff = {"real_name": "Carol C", "year": "", "class": ""}
    assert (await clients["ada"].post(path(world, "carol", "details"), form=staff)).status_code == 303
    assert "corrected the details of" in await text_of(clients["ada"], "/console/audit")


@ONCE
async def test_what_is_wrong_stands_at_its_field(app: Quart, world: World) -> None:
    ada, made = await already_signed_in(app, world, "ada"), await classes(world)
    right = {"real_name": "Typed Before", "year": "11", "class": made["10a"].public_id}
    for field, wrong in (
        ("real_name", " \u200b "),
        ("real_name", "12 34"),
        ("real_name", "x" * 121),
        ("year", ""),
        ("year", "6"),
        ("year", "١٠"),
        ("year", None),
        ("class", made["10e"].public_id),
        ("class", "nothing"),
        ("class", None),
    ):
        sent = {name: text for name, text in (right | {field: wrong}).items() if text is not None}
        reply = await ada.post(path(world, "alice", "details"), form=sent)
        body = (await reply.get_data()).decode()
        assert reply.status_code == 422 and body.count("aria-invalid") == 1, (field, wrong)
        assert f'id="details-{field}-error"' in body and "Nothing was changed" in body, (field, wrong)
        assert field == "real_name" or 'value="Typed Before"' in body
        assert field == "year" or '<option value="11" selected>' in body
        assert field == "class" or f'<option value="{made["10a"].public_id}" selected>' in body
    alice = await stored(world, "alice")
    assert (alice.real_name, alice.year, alice.class_id) == ("Real Alice Name", 10, None)
    assert await logged(world, "details-changed") == []
    # One who is in a year beyond the map keeps it while the name is put right.
    await world.add_member("old", year=14)
    sent = {"real_name": "Old One", "year": "14", "class": ""}
    assert (await ada.post(path(world, "old", "details"), form=sent)).status_code == 303


@ONCE
async def test_another_year_moves_nothing_that_was_entered(app: Quart, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    await world.give("alice", 5)
    alice = world.members["alice"].id
    entered = select(Entry.competition_id, Entry.stage_id).where(Entry.member_id == alice)
    async with world.database.writing() as session:
        await enter_and_lock(session, world.competitions["ladder"].id, alice, world.now)
    assert "Real Alice Name" in await text_of(ada, "/leaderboards/ladder?stage=ks4")
    sent = {"real_name": "Real Alice Name", "year": "7", "class": ""}
    assert (await ada.post(path(world, "alice", "details"), form=sent)).status_code == 303
    async with world.database.writing() as session:
        await enter_and_lock(session, world.competitions["cup"].id, alice, world.now)
        stages = dict((await session.execute(entered)).tuples().all())
    now_in = {slug: stages[world.competitions[slug].id] for slug in ("ladder", "cup")}
    assert now_in == {"ladder": world.stages["ks4"].id, "cup": world.stages["ks3"].id}
    assert "Real Alice Name" in await text_of(ada, "/leaderboards/ladder?stage=ks4")
    await agree(world)


@ONCE
async def test_the_class_shows(app: Quart, world: World) -> None:
    clients, made = await staffed(app, world), await classes(world)
    sent = {"real_name": "Real Alice Name", "year": "10", "class": made["10a"].public_id}
    assert (await clients["lead"].post(path(world, "alice", "details"), form=sent)).status_code == 303
    shown = "year 10, class 10a<"
    assert shown in await text_of(clients["lead"], path(world, "alice"))
    assert shown in await text_of(clients["lead"], "/console/members")
    assert "year 10, class 10a." in await text_of(clients["alice"], "/profile")
    reply = await clients["lead"].get("/console/members.csv")
    rows = csv.DictReader(io.StringIO((await reply.get_data()).decode("utf-8-sig"), newline=""))
    assert [(one["Year"], one["Class"]) for one in rows] == [("10", "10a")]
    assert "10a" not in await text_of(clients["bob"], f"/members/{world.members['alice'].handle}")

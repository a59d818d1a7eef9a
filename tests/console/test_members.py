"""Who sees whom in the console, and that looking is written down."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from quart import Quart

from tests.support.payloads import payloads
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    pass
from tests.console.people import logged, path, staffed, text_of


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


async def test_looking_by_way_of_a_refusal_is_in_the_log_too(app: Quart, world: World) -> None:
    """What is refused is answered with the page, and so with everybody who is on it."""
    await world.add_member("waiting", state="pending")
    ada = await already_signed_in(app, world, "ada")
    given = {path(world, "alice", "details"): b"Real Alice Name"}
    given |= {"/console/joining/approvals": b"Real Waiting Name"}
    for seen, (address, name) in enumerate(given.items(), 1):
        reply = await ada.post(address, form={})
        assert reply.status_code == 422 and name in await reply.get_data()
        assert len(await logged(world, "members-viewed")) == seen, address


async def test_the_table_runs_nothing(app: Quart, world: World) -> None:
    """Read back by a CSV reader each name is one cell, of text."""
    names = [one.text[:60] for one in payloads("csv")]
    extra = ["＝1+1", "＋1", "﹣1", "\t=1", " =1", "@SUM(1)", "\u200b=1", "plain", "O'Hara-Smith", "a=b"]
    names = list({name.casefold(): name for name in [*names, *extra]}.values())
    for number, name in enumerate(names):
        await world.add_member(f"n{number}", display_name=name, real_name=f"Zz {number:03}")
    ada = await already_signed_in(app, world, "ada")
    reply = await ada.get("/console/members.csv?q=Zz")
    body = await reply.get_data()
    assert body.startswith(b"\xef\xbb\xbf") and reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Disposition"].startswith("attachment; ")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "Display name" and {len(row) for row in rows} == {8}
    for name, row in zip(names, rows[1:], strict=True):
        harmless = name in ("plain", "O'Hara-Smith", "a=b") or name.startswith(("a,", "a;"))
        assert row[0] == (name if harmless else f"'{name}")

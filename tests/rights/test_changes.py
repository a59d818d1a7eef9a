"""What changes anything: only a POST, only from our own pages, and only the fields of its form."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart
from sqlalchemy import Boolean, Integer, select

from mathsoc.db import Base
from mathsoc.submissions.models import Attempt
from tests.rights.scene import CAST, Rows, Scene, dump, set_up
from tests.rights.table import ROWS, Row
from tests.support.turns import in_turns
from tests.support.world import HTMX, World, already_signed_in

POSTS = [row for row in ROWS if row.method == "POST"]
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
)
PLANTED_NUMBER, PLANTED_TEXT = 987_654, "zqplanted"
PLANTED = {"role": "admin", "state": "active"}


def sending(scene: Scene, row: Row, **more: str) -> dict[str, Any]:
    return {"json" if row.json else "form": scene.fields(row.body) | more}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_page_of_another_site_changes_nothing(app: Quart, world: World) -> None:
    scene = await set_up(app, world)
    before = await dump(world.database)
    for row in POSTS:
        for who in ("anonymous", "alice", "ada"):
            for headers in FOREIGN:
                for also in ({}, HTMX):
                    path = scene.path(row.path)
                    given = sending(scene, row)
                    reply = await scene.clients[who].post(path, headers={**headers, **also}, **given)
                    assert reply.status_code == 403, (path, who, headers, reply.status_code)
                    assert "Set-Cookie" not in reply.headers
    assert await dump(world.database) == before


@in_turns(["ada", "alice", "lead", "anonymous"], later=("lead", "anonymous"))
async def test_reading_changes_nothing(app: Quart, world: World, who: str) -> None:
    """Also of rules for POST: they answer 405. Streams are read elsewhere."""
    scene = await set_up(app, world)
    before = await dump(world.database)
    for row in ROWS:
        for method in ("GET", "HEAD"):
            for headers in ({}, HTMX):
                reply = await scene.clients[who].open(scene.path(row.path), method=method, headers=headers)
                assert reply.status_code < 500, row
    assert await dump(world.database) == before


async def test_the_comparison_sees_a_change(app: Quart, world: World) -> None:
    before = await dump(world.database)
    alice = await already_signed_in(app, world, "alice")
    signed_in = await dump(world.database)
    assert signed_in != before
    await alice.post("/logout")
    assert await dump(world.database) != signed_in


def every_column() -> dict[str, str]:
    """The name of every column of every table, with a value that would show."""
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            value = PLANTED_TEXT
            if isinstance(column.type, Boolean):
                value = "1"
            elif isinstance(column.type, Integer):
                value = str(PLANTED_NUMBER)
            found[column.name] = PLANTED.get(column.name, value)
    return found


def own_fields(row: Row) -> set[str]:
    return {*row.body, *row.more}


def changed(before: Rows, after: Rows, table: str) -> list[dict[str, Any]]:
    return [one for one in after[table] if one not in before[table]]


@in_turns((name for name in CAST if name != "suspended"), later=("bob", "carol", "pending"))
async def test_a_form_takes_its_own_fields_only(app: Quart, world: World, who: str) -> None:
    """Every column of every table is sent beside each form: no row may come to hold what was planted."""
    scene = await set_up(app, world)
    before = await dump(world.database)
    for row in POSTS:
        client = scene.clients[who] if who == "anonymous" else await already_signed_in(app, world, who)
        more = {name: value for name, value in every_column().items() if name not in own_fields(row)}
        for headers in ({}, HTMX):
            reply = await client.post(scene.path(row.path), headers=headers, **sending(scene, row, **more))
            assert reply.status_code < 500, row
    after = await dump(world.database)
    for table in after:
        for one in changed(before, after, table):
            held = {name: value for name, value in one.items() if value in (PLANTED_NUMBER, PLANTED_TEXT)}
            assert not held, (table, held)
    roles = {one["handle"]: (one["role"], one["state"]) for one in before["members"]}
    assert {one["handle"]: (one["role"], one["state"]) for one in after["members"]} == roles


async def test_a_repeated_field_has_one_meaning(app: Quart, world: World) -> None:
    """`answer=1&answer=2` is one attempt, of the first."""
    scene = await set_up(app, world)
    path = scene.path("/challenges/squares/boxes/{squares_box}/attempts")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await scene.clients["alice"].post(path, data=b"answer=x&answer=x%5E2%2F2", headers=kind)
    assert reply.status_code == 200
    async with world.database.reading() as session:
        assert list(await session.scalars(select(Attempt.answer))) == ["x"]


async def test_every_repeated_field_is_taken(app: Quart, world: World) -> None:
    """A field sent three times is no error of ours anywhere."""
    scene = await set_up(app, world)
    for row in [row for row in POSTS if not row.ends and not row.json]:
        for who in ("anonymous", "alice", "ada"):
            fields = own_fields(row) or {"x"}
            body = "&".join(f"{name}=1&{name}=2&{name}=" for name in fields).encode()
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            reply = await scene.clients[who].post(scene.path(row.path), data=body, headers=kind)
            assert reply.status_code < 500, (row, who)

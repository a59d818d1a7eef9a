"""Walking every table: all that refers to a member is in the download, and nothing of it after erasure."""

from __future__ import annotations

import re

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc import clock, schema
from mathsoc.privacy import erasure, export, wording
from mathsoc.scoring import audit as standings
from mathsoc.scoring.models import Standing
from tests.privacy.everything import ELSEWHERE, PLANTED, add_zoe, of_zoe
from tests.rights.scene import dump
from tests.support.world import World, already_signed_in

# By these columns somebody acted on a thing or on somebody else.
ACTED = {"made_by_id", "given_by_id", "decided_by_id", "author_id", "owner_id", "actor_id"}


def referring() -> list[tuple[str, str]]:
    """Every column that refers to members."""
    return [
        (table.name, column.name)
        for table in schema.metadata().sorted_tables
        for column in table.columns
        if any(key.target_fullname == "members.id" for key in column.foreign_keys)
    ]


async def test_the_planted_member_has_a_row_in_every_table(world: World) -> None:
    """So that the tests below miss none that is added later."""
    zoe = await add_zoe(world)
    async with world.database.reading() as session:
        for table_name, column in referring():
            table = schema.metadata().tables[table_name]
            count = await session.scalar(select(func.count()).where(table.c[column] == zoe.id))
            assert count or column in ACTED, (table_name, column)


async def test_the_download_has_each_of_them(world: World) -> None:
    zoe = await add_zoe(world)
    async with world.database.reading() as session:
        copy = await export.everything(session, zoe.id, clock.now())
    about = {table for table, column in referring() if column not in ACTED}
    assert about | {"members"} <= copy.tables.keys()
    text = export.as_json(copy)
    assert [one for one in PLANTED if one not in text] == []
    assert "ZQSECRET" not in text and "Display Alice" in text and "Real Alice" not in text
    assert set(copy.tables) - {"members"} <= wording.TABLES.keys()


async def test_of_each_row_it_has_every_column_but_what_is_secret(world: World) -> None:
    zoe = await add_zoe(world)
    async with world.database.reading() as session:
        copy = await export.everything(session, zoe.id, clock.now())
        for name, column in [("members", "id"), *(one for one in referring() if one[1] not in ACTED)]:
            table, told = schema.metadata().tables[name], copy.tables[name]
            count = await session.scalar(select(func.count()).where(table.c[column] == zoe.id))
            assert len(told) == count, name
            hidden = export.SECRETS | export.CONFIDENTIAL.get(name, set())
            known = {one.name for one in table.columns if not re.fullmatch(r"id|(?!public).*_id", one.name)}
            assert all(known - hidden <= row.keys() for row in told), name
    # So that a secret is no way to leave out what somebody may ask for.
    assert {*export.SECRETS} == {
        *("password_hash", "token_hash", "code_hash", "token"),
        *("totp_secret", "totp_new_secret", "totp_step", "name_key"),
        "address_key",
    }


@pytest.mark.parametrize("how", ["html", "json"])
async def test_it_comes_at_one_press(app: Quart, world: World, how: str) -> None:
    await add_zoe(world)
    client = await already_signed_in(app, world, "zoe")
    reply = await client.post("/profile/export", form={"format": how})
    text = (await reply.get_data()).decode()
    assert reply.status_code == 200 and reply.headers["Content-Disposition"].startswith("attachment")
    assert [one for one in PLANTED if one not in text] == []


@pytest.mark.parametrize("keeps_points", [True, False])
async def test_after_erasure_nothing_planted_is_left(world: World, keeps_points: bool) -> None:
    zoe = await add_zoe(world)
    words = [*PLANTED, *ELSEWHERE, "ZQSECRET"]
    assert [one for one in words if one not in repr(await everything(world))] == [], "the trap can catch"
    async with world.database.writing() as session:
        await erasure.erase(session, zoe.id, clock.now(), keeps_points=keeps_points)
    left = repr(await everything(world)).lower()
    assert [one for one in words if one.lower() in left] == []
    erased = await of_zoe(world)
    assert (erased.state, erased.display_name, erased.email) == ("erased", "Former member", None)
    async with world.database.reading() as session:
        assert await standings.check(session) == []
        score = await session.scalar(select(Standing.score).where(Standing.member_id == zoe.id))
    assert score == (4 if keeps_points else 0)


async def everything(world: World) -> object:
    """Every row of every table, the logs too."""
    found = await dump(world.database, leave=set())
    async with world.database.reading() as session:
        for name in ("audit", "audit_details"):
            found[name] = [
                dict(row)
                for row in (await session.execute(select(schema.metadata().tables[name]))).mappings()
            ]
    return found

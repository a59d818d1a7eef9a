"""A stored text with every dangerous character comes out escaped, wherever it is shown."""

from __future__ import annotations

from quart import Quart
from sqlalchemy import String, Text, UniqueConstraint, update

from mathsoc.db import Base
from tests.rights.crawl import crawl
from tests.rights.scene import CAST, set_up
from tests.support.turns import in_turns
from tests.support.world import World

TAINT = "zq<'\"&\n"
SHOWN_AS = b"zq&lt;"
# What the database, the rules or the addresses of the scene need as they are.
KEPT = {
    "slug",
    "role",
    "state",
    "kind",
    "outcome",
    "visibility",
    "audience",
    "answers",
    "stopped",
    "part",
    "purpose",
    "action",
    "topic",
}
KEPT |= {
    "handle",
    "public_id",
    "token_hash",
    "email",
    "domain",
    "join_code",
    "joined_by",
    "totp_secret",
    "media_type",
    "sha256",
    "totp_new_secret",
}
# No two members may come to have the same one when their row is next written.
UNLIKE = {"display_name"}
KEPT_TABLES = {"jobs", "live_topics", "audit"}
# Tables of comma-separated values and calendars are no markup; their quoting is tested where they are made.
NO_MARKUP = ("text/csv", "text/calendar")


async def taint(world: World) -> int:
    """Put the text into every free column of text of every row; says how many columns took it."""
    taken = 0
    async with world.database.writing() as session:
        for table in Base.metadata.sorted_tables:
            unique = {
                column.name
                for constraint in table.constraints
                if isinstance(constraint, UniqueConstraint)
                for column in constraint.columns
            }
            for column in table.columns:
                free = isinstance(column.type, String | Text) and not column.foreign_keys
                if not free or column.name in KEPT or column.primary_key or table.name in KEPT_TABLES:
                    continue
                value: object = TAINT
                if column.unique or column.name in unique or column.name in UNLIKE:
                    if "id" not in table.columns:
                        continue
                    value = TAINT + table.columns["id"].cast(String)  # unlike in every row
                await session.execute(update(table).values({column.name: value}))
                taken += 1
    return taken


@in_turns(["anonymous", "alice", "lead", "ada"])
async def test_no_stored_text_comes_out_raw(app: Quart, world: World, who: str) -> None:
    scene = await set_up(app, world)
    await world.give("alice", 3)
    assert await taint(world) > 15
    shown = 0
    raw = []
    names = {f"{name}_session": "bnobodys" for name in CAST} | scene.names
    async for seen in crawl(scene.clients[who], names):
        kind = dict((name.lower(), value) for name, value in seen.headers).get("content-type", "")
        assert seen.status < 500, seen.asked
        shown += seen.body.count(SHOWN_AS)
        if b"zq<" in seen.body and not kind.startswith(NO_MARKUP):
            raw.append(seen.asked)
    assert not raw
    assert shown > 20, "the trap must be able to catch"

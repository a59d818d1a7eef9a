"""Two who publish at the same moment: one wins, the other is asked, and neither text is lost."""

from __future__ import annotations

import asyncio

from quart import Quart

from mathsoc.writing import rules
from tests.support.world import World, already_signed_in
from tests.writing.desk import drafts, publish, revisions, statement


async def test_of_many_who_publish_at_once_one_does(app: Quart, world: World) -> None:
    """Also for the very first edit, whose region has no row to lock yet."""
    await world.add_challenge("squares")
    names = ["carol", "ada"]
    for number in range(4):
        await world.add_member(f"editor{number}", role="editor", year=None)
        names.append(f"editor{number}")
    clients = {name: await already_signed_in(app, world, name) for name in names}
    kept = {"<p>Statement</p>"}
    known = dict.fromkeys(names, "")
    for base in (0, 2):
        texts = {name: f"<p>{name} from {base}</p>" for name in names}
        replies = await asyncio.gather(
            *(publish(clients[name], texts[name], base, draft=known[name]) for name in names)
        )
        (winner,) = [name for name, reply in zip(names, replies, strict=True) if reply.status == 303]
        assert sorted(reply.status for reply in replies) == [303, *[409] * 5]
        assert await statement(world) == texts[winner]
        kept.add(texts[winner])
        known = {name: rules.version(text) for name, text in texts.items()}
        theirs = {world.members[name].id: (texts[name], base) for name in names if name != winner}
        assert {member: (text, begun) for member, text, begun in await drafts(world)} == theirs
    assert {one[1] for one in await revisions(world)} == kept


async def test_a_draft_and_a_publication_at_once_leave_each_whole(app: Quart, world: World) -> None:
    await world.add_challenge("squares")
    carol, ada = [await already_signed_in(app, world, name) for name in ("carol", "ada")]
    saves = [
        ada.post("/challenges/squares/draft", form={"text": f"<p>draft {n}</p>", "base": "0"})
        for n in range(4)
    ]
    replies = await asyncio.gather(publish(carol, "<p>New</p>", 0), *saves)
    assert replies[0].status == 303
    assert sorted(one.status_code for one in replies[1:]) == [303, *[409] * 3]
    assert await statement(world) == "<p>New</p>"
    ((member, text, base),) = await drafts(world)
    assert (member, base) == (world.members["ada"].id, 0) and text.startswith("<p>draft")

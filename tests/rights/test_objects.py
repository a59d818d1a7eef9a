"""What belongs to others: every id, token and handle in an address or a form, swapped for another's."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.rights.scene import dump, set_up
from tests.rights.table import ROWS
from tests.support.world import HTMX, World


def kind_of(name: str) -> str:
    """`alice_session` is a session's id; a bare name is a handle."""
    return name.rpartition("_")[2] if "_" in name else "handle"


PLACEHOLDERS = ("{squares_box}", "{done_box}", "{later_box}", "{drill_box}", "{draft_box}")


async def test_a_box_of_another_challenge_is_not_there(app: Quart, world: World) -> None:
    scene = await set_up(app, world)
    for slug in ("squares", "done", "drill", "later", "draft"):
        for box in PLACEHOLDERS:
            if box == f"{{{slug}_box}}":
                continue
            for what in ("reading", "attempts"):
                path = scene.path(f"/challenges/{slug}/boxes/{box}/{what}")
                for who in ("alice", "bob", "carol"):
                    reply = await scene.clients[who].post(path, form={"answer": "1"}, headers=HTMX)
                    assert reply.status_code == 404, (path, who)


async def test_ids_that_are_nobodys_or_of_another_kind_are_missing(app: Quart, world: World) -> None:
    """Row numbers, other people's ids and ids of other things, in the place of each id of each rule."""
    scene = await set_up(app, world)
    before = await dump(world.database)
    swaps = ["1", "2", "0", "-1", "9223372036854775808", "b234567890", "alice"]
    wrong = []
    for row in [row for row in ROWS if "{" in row.path]:
        start, _, rest = row.path.partition("{")
        name, _, end = rest.partition("}")
        kind = kind_of(name)
        others = [value for key, value in scene.names.items() if kind_of(key) != kind]
        for given in [*swaps, *others]:
            for who in ("alice", "ada"):
                if row.answers[who] in (403, 409):
                    continue
                path = f"{start}{given}{end.format(**scene.names)}"
                reply = await scene.clients[who].open(
                    path, method=row.method, **({} if row.method == "GET" else {"form": {}})
                )
                if reply.status_code not in (404, 405):
                    wrong.append((row.method, path, who, reply.status_code))
    assert not wrong, wrong
    assert await dump(world.database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_topics_of_others_are_missing_in_streams(app: Quart, world: World) -> None:
    scene = await set_up(app, world)
    for topic, refused in (
        ("board:cup:ks4", ("anonymous", "suspended")),
        ("board:nothing:ks4", ("anonymous", "alice", "ada")),
        ("board:ladder:ks9", ("anonymous", "alice", "ada")),
        ("challenges:later", ("anonymous", "alice", "ada")),
        ("members:alice", ("anonymous", "alice", "ada")),
    ):
        for who in refused:
            reply = await scene.clients[who].get(f"/live?topics={topic}")
            assert reply.status_code == 404, (topic, who)
            # One topic that is not there spoils the whole request: nothing is learnt beside it.
            reply = await scene.clients[who].get(f"/live?topics=challenges:open,{topic}")
            assert reply.status_code == 404, (topic, who)

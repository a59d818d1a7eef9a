"""Who may use each URL rule, asked of the running application with the whole cast: exact answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart

from mathsoc.web.rights import RIGHTS, check_complete
from tests.rights.scene import CAST, Scene, set_up
from tests.rights.table import ROWS, Row
from tests.support.turns import in_turns
from tests.support.world import HTMX, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

OFFERED = {"GET": {"GET", "HEAD", "OPTIONS"}, "POST": {"OPTIONS", "POST"}}
ALLOWED = {"/live": {"GET", "HEAD"}}  # a HEAD there is refused by the view itself


def methods_of(rule: str) -> set[str]:
    return {row.method for row in ROWS if row.rule == rule}


def test_every_url_rule_has_a_row_here_and_in_the_table(app: Quart) -> None:
    found = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == {(row.rule, row.method) for row in ROWS}
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == RIGHTS.keys()


def test_a_rule_without_a_row_stops_the_start(app: Quart) -> None:
    bare = Quart("bare")
    bare.add_url_rule("/new", "new", lambda: "")
    with pytest.raises(LookupError, match="new"):
        check_complete(bare)


async def ask(client: TestClientProtocol, scene: Scene, row: Row, *, htmx: bool) -> Any:
    body = scene.fields(row.body)
    given = {} if row.method == "GET" else {"json": body} if row.json else {"form": body}
    headers = HTMX if htmx else {}
    return await client.open(scene.path(row.path), method=row.method, headers=headers, **given)


@in_turns(CAST)
async def test_the_exact_answer_of_every_rule(app: Quart, world: World, who: str) -> None:
    """Those that end sessions last, each with a session of its own."""
    scene = await set_up(app, world)
    wrong = []
    asked = [(row, htmx) for htmx in (False, True) for row in ROWS]
    # First all without htmx, then all with: what one row does, a later one takes back.
    for row, htmx in sorted(asked, key=lambda one: one[0].ends):
        client = scene.clients[who]
        if row.ends and who != "anonymous":
            client = await already_signed_in(app, world, who)
        reply = await ask(client, scene, row, htmx=htmx)
        status, to = row.answer(who, htmx=htmx)
        where = reply.headers.get("HX-Redirect" if reply.status_code == 204 else "Location")
        seen, right = (reply.status_code, where), (status, scene.path(to) if to else None)
        if seen != right:
            wrong.append((row.method, row.path, "htmx" if htmx else "plain", *seen, "not", *right))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["anonymous", "alice", "ada"])
async def test_no_rule_takes_other_methods(app: Quart, world: World, who: str) -> None:
    scene = await set_up(app, world)
    client = scene.clients[who]
    for rule, path in {row.rule: scene.path(row.path) for row in ROWS}.items():
        taken = methods_of(rule)
        offered = ALLOWED.get(rule) or set().union(*(OFFERED[method] for method in taken))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - taken:
            for headers in ({}, HTMX):
                reply = await client.open(path, method=method, headers=headers)
                assert reply.status_code == 405, (who, method, path, reply.status_code)
                assert set(reply.headers["Allow"].split(", ")) == offered, (method, path)

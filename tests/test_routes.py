"""Who may use each URL rule, asked of the running application with the whole cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quart import Quart

from mathsoc.web.rights import RIGHTS, check_complete
from tests.support.world import HTMX, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

CAST = ("anonymous", "alice", "bob", "lead", "carol", "admin", "suspended")
MEMBERS = {"alice", "bob", "lead", "carol", "admin"}
STAFF = {"carol", "admin"}

# rule → (method, path, who gets past the door). Written by hand, so that a slip in the table is seen.
EVERYBODY = set(CAST)
RULES: dict[str, tuple[str, str, set[str]]] = {
    "/static/<path:name>": ("GET", "/static/css/base.css", EVERYBODY),
    "/healthz": ("GET", "/healthz", EVERYBODY),
    "/readyz": ("GET", "/readyz", EVERYBODY),
    "/live": ("GET", "/live?topics=nothing", EVERYBODY),
    "/": ("GET", "/", EVERYBODY),
    "/login GET": ("GET", "/login", EVERYBODY),
    "/login POST": ("POST", "/login", EVERYBODY),
    "/logout": ("POST", "/logout", EVERYBODY),
    "/forgot-password GET": ("GET", "/forgot-password", EVERYBODY),
    "/forgot-password POST": ("POST", "/forgot-password", EVERYBODY),
    "/reset-password/<token> GET": ("GET", "/reset-password/none", EVERYBODY),
    "/reset-password/<token> POST": ("POST", "/reset-password/none", EVERYBODY),
    "/profile": ("GET", "/profile", MEMBERS),
    "/profile/sessions": ("GET", "/profile/sessions", MEMBERS),
    "/profile/sessions/<public_id>/ending": ("POST", "/profile/sessions/none/ending", MEMBERS),
    "/profile/sessions/endings": ("POST", "/profile/sessions/endings", MEMBERS),
    "/profile/password GET": ("GET", "/profile/password", MEMBERS),
    "/profile/password POST": ("POST", "/profile/password", MEMBERS),
    "/login/code GET": ("GET", "/login/code", EVERYBODY),
    "/login/code POST": ("POST", "/login/code", EVERYBODY),
    "/profile/second-factor GET": ("GET", "/profile/second-factor", MEMBERS),
    "/profile/second-factor POST": ("POST", "/profile/second-factor", MEMBERS),
    "/profile/second-factor/confirmation": ("POST", "/profile/second-factor/confirmation", MEMBERS),
    "/profile/second-factor/recovery-codes": ("POST", "/profile/second-factor/recovery-codes", MEMBERS),
    "/profile/second-factor/removal": ("POST", "/profile/second-factor/removal", MEMBERS),
    "/setup GET": ("GET", "/setup", EVERYBODY),
    "/setup POST": ("POST", "/setup", EVERYBODY),
    "/members/<handle>": ("GET", "/members/{alice}", EVERYBODY),
    "/competitions": ("GET", "/competitions", EVERYBODY),
    "/competitions/<slug>": ("GET", "/competitions/ladder", EVERYBODY),
    "/challenges": ("GET", "/challenges", EVERYBODY),
    "/challenges/<slug>": ("GET", "/challenges/squares", EVERYBODY),
    "/challenges/<slug>/boxes/<box_id>/reading": ("POST", "/challenges/squares/boxes/{box}/reading", MEMBERS),
    "/challenges/<slug>/boxes/<box_id>/attempts": (
        "POST",
        "/challenges/squares/boxes/{box}/attempts",
        MEMBERS,
    ),
    "/leaderboards": ("GET", "/leaderboards", EVERYBODY),
    "/leaderboards/<slug>": ("GET", "/leaderboards/ladder", EVERYBODY),
    "/api/openapi.json": ("GET", "/api/openapi.json", EVERYBODY),
    "/api/math/validate": ("POST", "/api/math/validate", STAFF),
    "/api/math/equivalent": ("POST", "/api/math/equivalent", STAFF),
    "/api/math/normalise": ("POST", "/api/math/normalise", STAFF),
    "/leaderboards/<slug>/place": ("GET", "/leaderboards/ladder/place", EVERYBODY),
}


def test_every_url_rule_has_a_row_here_and_in_the_table(app: Quart) -> None:
    found = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"GET", "POST"}:
            found.add(rule.rule if f"{rule.rule} {method}" not in RULES else f"{rule.rule} {method}")
    assert found == RULES.keys()
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == RIGHTS.keys()


def test_a_rule_without_a_row_stops_the_start(app: Quart) -> None:
    bare = Quart("bare")
    bare.add_url_rule("/new", "new", lambda: "")
    with pytest.raises(LookupError, match="new"):
        check_complete(bare)


async def cast(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    await world.add_member("lead", role="lead", year=None)
    await world.add_member("admin", role="admin", year=None)
    await world.add_member("suspended")
    clients = {name: await already_signed_in(app, world, name) for name in CAST[1:]}
    async with world.database.writing() as session:
        suspended = await session.merge(world.members["suspended"], load=False)
        suspended.state = "suspended"
    return {"anonymous": app.test_client(), **clients}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_door_of_every_rule(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    names = {"alice": world.members["alice"].handle, "box": challenge.boxes[0].public_id}
    clients = await cast(app, world)
    # Signing out last, since it ends the sessions that the other rows need.
    for rule, (method, path, allowed) in sorted(RULES.items(), key=lambda row: row[0] == "/logout"):
        for who, client in clients.items():
            for headers in ({}, HTMX):
                reply = await client.open(path.format(**names), method=method, headers=headers)
                seen = (rule, who, bool(headers), reply.status_code)
                if who in allowed:
                    assert reply.status_code not in (401, 403) and reply.status_code < 500, seen
                elif path.startswith("/api/"):
                    assert reply.status_code == (403 if who in MEMBERS else 401), seen
                elif method == "GET" and not headers:
                    assert reply.status_code == 303 and reply.headers["Location"].startswith("/login"), seen
                else:
                    assert reply.status_code == 403, seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_no_rule_takes_other_methods(app: Quart, world: World, method: str) -> None:
    alice = await already_signed_in(app, world, "alice")
    for path in ("/", "/login", "/challenges", "/leaderboards/ladder", "/members/x", "/live", "/healthz"):
        reply = await alice.open(path, method=method)
        assert reply.status_code == 405, path
        assert "GET" in reply.headers["Allow"]

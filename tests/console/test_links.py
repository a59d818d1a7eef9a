"""Links that staff make end with the rights under which they were made."""

from __future__ import annotations

import re

import pytest
from quart import Quart

from tests.console.people import path, staffed, stored, text_of
from tests.support.world import World, already_signed_in

NEW = {"new_password": "violet otters hum in tune"}


@pytest.mark.parametrize(
    "changes",
    [[("role", {"role": "admin"})], [("suspension", {}), ("reinstatement", {})]],
    ids=["promoted", "suspended and back"],
)
async def test_a_link_for_a_pupil_dies_with_the_role_or_state(
    app: Quart, world: World, changes: list[tuple[str, dict[str, str]]]
) -> None:
    """P6. Else a lead who had made one could take over whatever the pupil has become."""
    clients = await staffed(app, world)
    made = await (await clients["lead"].post(path(world, "alice", "reset-link"))).get_data()
    (link,) = re.findall(r"/reset-password/[\w-]+", str(made))
    anonymous = app.test_client()
    assert (await anonymous.get(link)).status_code == 200
    for noun, form in changes:
        assert (await clients["ada"].post(path(world, "alice", noun), form=form)).status_code == 303
    assert (await anonymous.get(link)).status_code == 410
    assert (await anonymous.post(link, form=NEW)).status_code == 410


async def test_a_link_dies_with_the_right_of_whoever_made_it(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    made = await (await clients["lead"].post(path(world, "alice", "reset-link"))).get_data()
    (link,) = re.findall(r"/reset-password/[\w-]+", str(made))
    changed = await clients["ada"].post(path(world, "lead", "role"), form={"role": "member"})
    assert changed.status_code == 303
    assert (await app.test_client().get(link)).status_code == 410


async def test_an_account_that_waits_for_approval_is_not_suspended(app: Quart, world: World) -> None:
    """Its reinstatement would be an approval."""
    await world.add_member("penny", state="pending")
    clients = await staffed(app, world)
    reply = await clients["ada"].post(path(world, "penny", "suspension"))
    assert reply.status_code == 422 and "waits for approval" in (await reply.get_data()).decode()


@pytest.mark.parametrize("role", ["lead", "editor", "admin"])
async def test_an_account_that_waits_for_approval_gets_no_role(app: Quart, world: World, role: str) -> None:
    """It would have the console, and could let itself in."""
    await world.add_member("waits", state="pending", year=10)
    ada, waits = [await already_signed_in(app, world, name) for name in ("ada", "waits")]
    reply = await ada.post(path(world, "waits", "role"), form={"role": role})
    assert reply.status_code == 422 and b"waits for approval" in await reply.get_data()
    assert (await stored(world, "waits")).role == "member"
    assert (await waits.get("/console")).status_code == 403
    assert f'action="{path(world, "waits", "role")}"' not in await text_of(ada, path(world, "waits"))

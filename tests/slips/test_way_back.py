"""A way back for a member without an address: a slip from staff, shown once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.accounts.passwords import hash_password
from mathsoc.privacy import erasure
from mathsoc.slips.models import Slip
from tests.console.people import logged, path, staffed, stored, text_of
from tests.support.world import PASSWORD, World, already_signed_in

FRESH = "violet gravel pumpkin sonnet"


async def without_address(app: Quart, world: World, **given: object) -> dict[str, object]:
    await world.add_member("zoe", email=None, login_name="quiet-heron-04718", **given)
    return dict(await staffed(app, world))


async def made(client: object, address: str, **form: str) -> tuple[int, str]:
    reply = await client.post(address, form=form)  # type: ignore[attr-defined]
    page = (await reply.get_data()).decode()
    return reply.status_code, "".join(re.findall(r"<code>([\w-]+)</code>", page)) or page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("state", ["active", "pending"])
async def test_a_lead_hands_out_a_slip(app: Quart, world: World, state: str) -> None:
    clients = await without_address(app, world, state=state)
    page = await text_of(clients["lead"], path(world, "zoe"))  # type: ignore[arg-type]
    assert "Make a slip" in page and "reset-link" not in page and "quiet-heron-04718" in page
    status, first = await made(clients["lead"], path(world, "zoe", "slip"))
    assert status == 200
    status, second = await made(clients["lead"], path(world, "zoe", "slip"))
    assert status == 200 and first != second
    before = await already_signed_in(app, world, "zoe")
    visitor = app.test_client()
    assert (await visitor.post("/register", form={"code": first})).status_code == 422
    used = await visitor.post("/register/code", form={"code": second, "new_password": FRESH})
    assert used.headers["Location"] == "/profile?notice=password-set"
    assert (await before.get("/profile")).status_code == 303, "the old sessions have ended"
    given = {"email": "Quiet-Heron-04718", "password": FRESH}
    assert (await app.test_client().post("/login", form=given)).status_code == 303
    assert (await app.test_client().post("/register", form={"code": second})).status_code == 422
    assert "</a> made a slip for <a" in await text_of(clients["ada"], "/console/audit")  # type: ignore[arg-type]
    assert [entry.subject_id for entry, _ in await logged(world, "slips-made")] == [
        world.members["zoe"].id
    ] * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_may_and_for_whom(app: Quart, world: World) -> None:
    clients = await without_address(app, world)
    there = path(world, "zoe", "slip")
    for who, status in (("elsewhere", 404), ("alice", 403), ("carol", 403)):
        assert (await made(clients[who], there))[0] == status, who
    page = await text_of(clients["lead"], path(world, "alice"))  # type: ignore[arg-type]
    assert "Make a link" in page and "Make a slip" not in page
    assert (await made(clients["lead"], path(world, "alice", "slip")))[0] == 422
    assert (await made(clients["lead"], path(world, "zoe", "reset-link")))[0] == 422
    assert (await made(clients["lead"], path(world, "zoe", "suspension")))[0] == 303
    assert "Make a slip" not in await text_of(clients["lead"], path(world, "zoe"))  # type: ignore[arg-type]
    assert (await made(clients["lead"], there))[0] == 422
    async with world.database.reading() as session:
        assert (await session.scalars(select(Slip))).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_own_password_is_asked_for_again(app: Quart, world: World) -> None:
    clients = await without_address(app, world)
    async with world.database.writing() as session:
        lead = await session.merge(world.members["lead"], load=False)
        lead.password_hash = await hash_password(PASSWORD)
    with clock.moved_to(world.now + timedelta(hours=1)):
        there = path(world, "zoe", "slip")
        status, page = await made(clients["lead"], there)
        assert status == 422 and 'id="error-slip"' in page
        assert (await made(clients["lead"], there, your_password=PASSWORD))[0] == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("changed", [("zoe", "admin"), ("lead", "member")])
async def test_it_ends_with_the_rights_under_which_it_was_made(
    app: Quart, world: World, changed: tuple[str, str]
) -> None:
    """P6, as for links: else a lead could take over whatever the pupil has become."""
    clients = await without_address(app, world)
    _, code = await made(clients["lead"], path(world, "zoe", "slip"))
    who, role = changed
    assert (await made(clients["ada"], path(world, who, "role"), role=role))[0] == 303
    reply = await app.test_client().post("/register/code", form={"code": code, "new_password": FRESH})
    assert reply.status_code == 422 and (await stored(world, "zoe")).password_hash is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_ends_with_whoever_made_it(app: Quart, world: World) -> None:
    """As links do: a lead who has gone must not have a way into a pupil's account."""
    clients = await without_address(app, world)
    _, code = await made(clients["lead"], path(world, "zoe", "slip"))
    async with world.database.writing() as session:
        await erasure.erase(session, world.members["lead"].id, world.now, keeps_points=True)
    reply = await app.test_client().post("/register/code", form={"code": code, "new_password": FRESH})
    assert reply.status_code == 422 and (await stored(world, "zoe")).password_hash is None

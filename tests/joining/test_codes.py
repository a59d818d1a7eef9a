"""Joining by the code of a class or by a slip: which codes hold, how they may be written, who guesses."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart
from sqlalchemy import func, select, update

from mathsoc import app as application
from mathsoc import clock, ids
from mathsoc.config import Config
from mathsoc.jobs import Job
from mathsoc.joining import rules
from mathsoc.members.models import Member
from mathsoc.privacy import erasure
from mathsoc.school_admin import service as offices
from mathsoc.schools.models import SchoolClass
from mathsoc.slips import service as slips
from mathsoc.slips.models import Slip
from mathsoc.web import limits
from mathsoc.web.limits import BUCKETS
from tests.accounts.browsers import FAR, SCHOOL, strict
from tests.joining.ways import DETAILS, OTHER, PASSWORD, add_class, add_slip, newest, text
from tests.support.world import World

if TYPE_CHECKING:
    from quart import Response
    from quart.typing import TestClientProtocol

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLASS = "k7wq-m3xz"


async def count(world: World) -> int:
    async with world.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(Member)) or 0)


async def change(world: World, statement: Any) -> None:
    async with world.database.writing() as session:
        await session.execute(statement)


async def join(app: Quart, code: str, **more: str) -> Response:
    return await app.test_client().post("/register/code", form={**DETAILS, "code": code, **more})


async def same_answer(app: Quart, code: str) -> None:
    """At both doors, in one sentence that tells nothing about why."""
    for path in ("/register", "/register/code"):
        reply = await app.test_client().post(path, form={**OTHER, "code": code})
        body = await text(reply)
        assert reply.status_code == 422 and rules.CODE_FAILS in body, (path, code)


async def test_codes_that_cannot_be_used_are_told_nothing_apart(app: Quart, world: World) -> None:
    await add_class(world)
    used, old, returns = await add_slip(world), await add_slip(world), await add_slip(world)
    assert (await join(app, used)).status_code == 303
    members = await count(world)
    over = world.now - timedelta(seconds=1)
    await change(world, update(Slip).where(Slip.used_at.is_(None)).values(expires_at=over))
    for code in (used, old, returns, ids.spoken_code(), ids.spoken(ids.class_code())):
        await same_answer(app, code)
    await change(world, update(SchoolClass).values(code_until=over))
    await same_answer(app, CLASS)
    await change(world, update(SchoolClass).values(code_until=None, places=0))
    await same_answer(app, CLASS)
    assert await count(world) == members
    async with world.database.reading() as session:
        (slip,) = await session.scalars(select(Slip).where(Slip.used_at.is_not(None)))
        assert slip.member_id is not None and slip.real_name == ""


async def test_what_happens_while_the_form_is_filled_in(app: Quart, world: World) -> None:
    """The code is replaced, ends, or the last place goes, after the form was shown."""
    one = await add_class(world, places=1)
    client = app.test_client()
    assert "10a" in await text(await client.post("/register", form={"code": CLASS}))
    async with world.database.writing() as session:
        found = await session.get_one(SchoolClass, one.id)
        new = await offices.new_code(session, world.viewer("ada"), found, world.now, None, "")
    await same_answer(app, CLASS)
    assert (await join(app, new)).status_code == 303, "the last place"
    await same_answer(app, new)
    # Whoever is erased frees the place.
    async with world.database.writing() as session:
        await erasure.erase(session, (await newest(world)).id, world.now, keeps_points=True)
    assert (await join(app, new)).status_code == 303, "the name is free again as well"
    assert (await newest(world)).display_name == "Quiet Heron"


@pytest.mark.parametrize(
    "typed", [" K7WQ  m3xz ", "k7wq–m3xz", "k7wq—m3xz", "K7WQM3XZ", "ｋ７ｗｑ－ｍ３ｘｚ"]
)
async def test_a_code_may_be_written_as_hands_do(app: Quart, world: World, typed: str) -> None:
    await add_class(world)
    shown = await app.test_client().post("/register", form={"code": typed})
    assert shown.status_code == 200 and "10a" in await text(shown)
    assert (await join(app, typed)).status_code == 303


async def test_letters_that_no_code_has_are_named(app: Quart, world: World) -> None:
    await add_class(world)
    for typed, said in (("kOwq-m3xz", "no “o”"), ("k7wq-m3l0", "“l” and no “0”"), ("k7wq-m3x", "has 7")):
        body = await text(await app.test_client().post("/register", form={"code": typed}))
        assert said in body and f'value="{typed}"' in body


async def test_a_class_without_a_year_asks_for_it(app: Quart, world: World) -> None:
    await add_class(world, year=None)
    shown = await text(await app.test_client().post("/register", form={"code": CLASS}))
    assert 'name="year"' in shown
    assert (await join(app, CLASS, year="14")).status_code == 422, "no year of this society's"
    assert (await join(app, CLASS, year="13")).status_code == 303
    assert (await newest(world)).year == 13


async def test_a_form_sent_twice_makes_one_account(app: Quart, world: World) -> None:
    """A class's code may be used again and again, but not by one impatient thumb."""
    await add_class(world)
    members = await count(world)
    assert [(await join(app, CLASS)).status_code for _ in range(3)] == [303] * 3
    assert await count(world) == members + 1
    body = await text(await join(app, CLASS, new_password="violet gravel pumpkin sonnet"))
    assert "just taken this name" in body
    login = {"email": (await newest(world)).login_name, "password": PASSWORD}
    assert (await app.test_client().post("/login", form=login)).status_code == 303


async def test_a_way_back_is_not_a_way_in_for_a_suspended_member(app: Quart, world: World) -> None:
    member = await world.add_member("zoe", email=None, login_name="quiet-heron-00001", state="suspended")
    code = await add_slip(world, member_id=member.id, real_name="")
    await same_answer(app, code)
    async with world.database.reading() as session:
        assert (await session.get_one(Member, member.id)).password_hash is None
        assert await session.scalar(select(Slip.used_at)) is None


async def at(client: TestClientProtocol, where: str, code: str, path: str = "/register", **more: str) -> int:
    """The status of a code sent from an address."""
    reply = await client.post(path, form={"code": code, **more}, scope_base={"client": (where, 50_000)})
    return reply.status_code


async def test_a_class_with_slips_of_the_finger_gets_in_and_a_guesser_does_not(
    config: Config, world: World
) -> None:
    """Ten classes of thirty may mistype behind one address; a right code costs nothing.

    Of a guesser's many at once no more are looked up than may be, at whichever door.
    """
    await add_class(world)
    number, seconds = BUCKETS["join-code"]
    assert number >= 10 * 30 and number / seconds < 1
    wrong = ids.spoken(ids.class_code())
    async with strict(config) as app:
        async with app.app_context():
            for where in (SCHOOL, FAR):
                assert all([await limits.take("join-code", where) for _ in range(number - 6)])
        client = app.test_client()
        for _ in range(5):
            assert [await at(client, SCHOOL, code) for code in (wrong, CLASS, CLASS)] == [422, 200, 200]
        doors: tuple[tuple[str, dict[str, str]], ...] = (("/register", {}), ("/register/code", OTHER))
        seen = await asyncio.gather(*[at(client, FAR, wrong, path, **more) for path, more in doors * 10])
        assert (seen.count(422), seen.count(429)) == (6, 14)
        assert await at(client, FAR, CLASS) == 429, "not even the right one, for a while"
        assert await at(client, SCHOOL, CLASS) == 200


async def test_a_guesser_keeps_out_nobody_who_has_a_slip(config: Config, world: World) -> None:
    """Sixteen random letters and digits cannot be guessed, so they are not counted: one pupil's tries are not
    the end of the lesson for the others behind the same address."""
    code = await add_slip(world)
    number, _ = BUCKETS["join-code"]
    async with strict(config) as app:
        async with app.app_context():
            assert all([await limits.take("join-code", SCHOOL) for _ in range(number)])
        client = app.test_client()
        assert await at(client, SCHOOL, CLASS) == 429
        assert await at(client, SCHOOL, code) == 200
        assert await at(client, SCHOOL, code, "/register/code", **DETAILS) == 303


async def test_who_did_not_join_in_time_is_forgotten(world: World) -> None:
    """docs/privacy.md: a slip that nobody used is kept, with its name, for as long as it could be used."""
    await add_slip(world, real_name="Zqnever Zqjoined")
    await add_slip(world, real_name="Zqused", used_at=world.now, member_id=world.members["alice"].id)
    for days, left in ((59, {"Zqnever Zqjoined", "Zqused"}), (60.01, {"Zqused"})):
        with clock.moved_to(world.now + timedelta(days=days)):
            async with world.database.writing() as session:
                await application.JOBS[slips.FORGET](session, Job())
        async with world.database.reading() as session:
            assert set(await session.scalars(select(Slip.real_name))) == left
    assert slips.FORGET in application.STANDING

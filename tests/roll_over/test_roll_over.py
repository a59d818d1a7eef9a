"""The turn of the school year: previewed, confirmed as it was seen, done once."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from quart import Quart
from sqlalchemy import select, update

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.members.models import Member
from mathsoc.roll_over import queries, service
from mathsoc.schools.models import SchoolClass, Society
from mathsoc.slips.models import Slip
from tests.console.people import agree, logged, stored, text_of
from tests.support.world import World, already_signed_in

ZONE = ZoneInfo("Europe/London")
SEPTEMBER = datetime(2027, 9, 6, 9, tzinfo=UTC)
BEFORE, SINCE = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 8, 20, tzinfo=UTC)
PATH = "/console/roll-over"
YEARS = {"seven": 7, "nine": 9, "thirteen": 13}


async def school(world: World) -> None:
    """Pupils of last year in years 7, 9, 10, 10 and 13, one who has left, and one who joined since August."""
    async with world.database.writing() as session:
        await session.execute(update(Member).values(created_at=BEFORE))
    for name, year in YEARS.items():
        await world.add_member(name, year=year, created_at=BEFORE)
    await world.add_member("gone", year=11, created_at=BEFORE, left_at=BEFORE)
    await world.add_member("new", year=7, created_at=SINCE)
    northfield = world.schools["northfield"].id
    async with world.database.writing() as session:
        session.add(SchoolClass(school_id=northfield, name="10n", year=10))
        session.add_all(
            Slip(
                code_hash=str(year),
                school_id=northfield,
                year=year,
                created_at=SEPTEMBER - timedelta(days=40 if year else 1),
                expires_at=SEPTEMBER + timedelta(days=9),
            )
            for year in (8, 13, None)
        )


async def years(world: World) -> dict[str, int | None]:
    return {name: (await stored(world, name)).year for name in (*YEARS, "alice", "gone", "new", "ada")}


def fingerprint(page: str) -> str:
    (found,) = re.findall(r'name="fingerprint" value="(\w+)"', page)
    return str(found)


async def test_everybody_moves_up_once(app: Quart, world: World) -> None:
    await school(world)
    await world.give("alice", 5)
    with clock.moved_to(SEPTEMBER):
        ada, carol, alice = [await already_signed_in(app, world, name) for name in ("ada", "carol", "alice")]
        for client in (carol, alice):
            assert (await client.get(PATH)).status_code == 403
            assert (await client.post(PATH)).status_code == 403
        page = await text_of(ada, PATH)
        assert (
            "The school year 2027/28" in page and "1 pupil of the last year is noted as having left" in page
        )
        assert re.search(r"Year 9</th>.*?>1</td>.*?Year 10</td>.*?KS3 → <strong>KS4", page)
        assert re.search(r"Year 10</th>.*?>2</td>.*?Year 11</td>.*?>KS4</td>", page)
        assert "1 pupil joined since 1 Aug 2027" in page and "1 class code ends" in page
        before = await years(world)
        reply = await ada.post(PATH, form={"fingerprint": fingerprint(page)})
        assert reply.status_code == 303
        assert "2027/28 is the school year now" in await text_of(ada, f"{PATH}?done=yes")
        again = await ada.post(PATH, form={"fingerprint": fingerprint(page)})
        assert again.status_code == 422 and b"has begun here already" in await again.get_data()
    assert before == {"seven": 7, "nine": 9, "thirteen": 13, "alice": 10, "gone": 11, "new": 7, "ada": None}
    after = before | {"seven": 8, "nine": 10, "alice": 11}
    assert await years(world) == after
    assert (await stored(world, "thirteen")).left_at == SEPTEMBER
    assert (await stored(world, "gone")).left_at == BEFORE
    async with world.database.reading() as session:
        slips = {one.code_hash: one for one in await session.scalars(select(Slip))}
        one = (await session.scalars(select(SchoolClass))).one()
    assert slips["8"].year == 9 and slips["None"].year is None
    assert slips["13"].year == 13 and slips["13"].expires_at == SEPTEMBER
    assert one.code_until == SEPTEMBER
    ((_, detail),) = await logged(world, "rolled-over")
    assert detail is not None
    assert detail.after == {"school_year": "2027/28", "moved": 4, "left": 1, "slips": 2, "codes": 1}
    await agree(world)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_moved_meanwhile_is_shown_before_it_is_done(app: Quart, world: World) -> None:
    await school(world)
    with clock.moved_to(SEPTEMBER):
        ada = await already_signed_in(app, world, "ada")
        old = fingerprint(await text_of(ada, PATH))
        async with world.database.writing() as session:
            await session.execute(update(Member).where(Member.year == 9).values(year=12))
        reply = await ada.post(PATH, form={"fingerprint": old})
        page = (await reply.get_data()).decode()
        assert reply.status_code == 422 and "Something has changed since you looked" in page
        assert (await years(world))["seven"] == 7
        assert fingerprint(page) != old
        assert (await ada.post(PATH, form={"fingerprint": fingerprint(page)})).status_code == 303
        assert (await years(world))["nine"] == 13


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_not_before_august(app: Quart, world: World) -> None:
    await school(world)
    async with world.database.writing() as session:
        await session.execute(update(Society).values(school_year=2026))
    with clock.moved_to(datetime(2027, 7, 31, 22, 59, tzinfo=UTC)):
        ada = await already_signed_in(app, world, "ada")
        page = await text_of(ada, PATH)
        assert "2026/27 is the school year now" in page and "1 Aug 2027" in page and "fingerprint" not in page
        assert (await ada.post(PATH, form={"fingerprint": ""})).status_code == 422
    with clock.moved_to(datetime(2027, 7, 31, 23, 0, tzinfo=UTC)):
        assert "Begin 2027/28" in await text_of(ada, PATH), "midnight in London"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_password_is_asked_for_again(app: Quart, world: World) -> None:
    await school(world)
    with clock.moved_to(SEPTEMBER):
        ada = await already_signed_in(app, world, "ada")
    with clock.moved_to(SEPTEMBER + timedelta(minutes=20)):
        page = await text_of(ada, PATH)
        reply = await ada.post(PATH, form={"fingerprint": fingerprint(page), "your_password": "wrong"})
        assert reply.status_code == 422 and (await years(world))["seven"] == 7


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_who_confirm_at_once(world: World) -> None:
    """One does it; the other finds the year begun."""
    await school(world)
    async with world.database.reading() as session:
        seen = (await queries.preview(session, SEPTEMBER, ZONE)).fingerprint

    async def confirm() -> bool:
        async with world.database.writing() as session:
            try:
                await service.roll_over(session, world.viewer("ada"), seen, SEPTEMBER, ZONE, "")
            except Refused as error:
                assert "begun here already" in error.message
                return False
            return True

    done = await asyncio.gather(*(confirm() for _ in range(4)))
    assert sum(done) == 1
    assert (await years(world))["seven"] == 8 and len(await logged(world, "rolled-over")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_joined_late_by_last_years_slip_moves_too(world: World) -> None:
    """A list of June says the years of June, also of a pupil who uses the slip in September."""
    await school(world)
    northfield = world.schools["northfield"].id
    for name, made_at in (("late", SEPTEMBER - timedelta(days=50)), ("fresh", SINCE)):
        await world.add_member(name, year=7, created_at=SEPTEMBER, joined_by="slip")
        async with world.database.writing() as session:
            session.add(
                Slip(
                    code_hash=name,
                    school_id=northfield,
                    year=7,
                    member_id=world.members[name].id,
                    created_at=made_at,
                    expires_at=made_at + timedelta(days=60),
                    used_at=SEPTEMBER,
                )
            )
    now = SEPTEMBER + timedelta(days=1)
    async with world.database.writing() as session:
        found = await queries.preview(session, now, ZONE)
        await service.roll_over(session, world.viewer("ada"), found.fingerprint, now, ZONE, "")
    assert (found.moving, found.new) == (5, 2)
    assert ((await stored(world, "late")).year, (await stored(world, "fresh")).year) == (8, 7)

"""What nothing uses goes after thirty days, and a file without a row after one; nothing else ever does."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import delete, select

from mathsoc import clock, jobs
from mathsoc.errors import Busy
from mathsoc.jobs import Job, NotDone, Runner
from mathsoc.uploads import service, tidying
from mathsoc.uploads.admin import TEXTS
from mathsoc.uploads.models import Upload
from mathsoc.uploads.store import Folder
from mathsoc.writing.models import Draft, Region, RegionUpload
from tests.support.world import World, already_signed_in
from tests.uploads.files import pdf, picture

DAY = timedelta(days=1)


async def add(app: Quart, world: World, data: bytes) -> Upload:
    add = service.add_document if data.startswith(b"%PDF") else service.add_picture
    async with world.database.writing() as session:
        carol = world.members["carol"].id
        return await add(session, app.extensions["uploads"], data, "a", carol, clock.now())


async def left(world: World) -> set[str]:
    async with world.database.reading() as session:
        return set(await session.scalars(select(Upload.public_id)))


class Days:
    """A runner of this slice's jobs, in a world whose days pass when told."""

    def __init__(self, app: Quart, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store: Folder = app.extensions["uploads"]
        self.begin = clock.now()
        self.monkeypatch = monkeypatch
        self.world = world
        steps = {
            tidying.FORGET: tidying.forget(TEXTS),
            tidying.SWEEP: tidying.sweep(world.database, self.store),
        }
        self.runner = Runner(world.database, steps, {tidying.FORGET: DAY})

    async def come(self, day: int) -> None:
        """The jobs of so many days after the beginning."""
        now = self.begin + day * DAY
        self.monkeypatch.setattr(clock, "now", lambda: now)
        async with self.world.database.writing() as session:
            if day == 0:
                await session.execute(delete(Job))
            await jobs.keep(session, tidying.FORGET, now)
        await self.runner.run_due()
        await self.runner.outside_done()


@pytest.fixture
def days(app: Quart, world: World, monkeypatch: pytest.MonkeyPatch) -> Days:
    app.jobs._stopping.set()  # type: ignore[attr-defined]  # only ours run
    return Days(app, world, monkeypatch)


async def test_what_nothing_uses_goes_thirty_days_after_its_last_use(
    app: Quart, world: World, days: Days
) -> None:
    """Told in the list beforehand. Being used again begins the time anew."""
    unused, shown, drafted = [await add(app, world, picture()) for _ in range(3)]
    document = await add(app, world, pdf())
    challenge = await world.add_challenge("shows")
    async with world.database.writing() as session:
        statement, solution = (Region(challenge_id=challenge.id, field=f) for f in ("statement", "solution"))
        session.add_all([statement, solution])
        await session.flush()
        session.add(RegionUpload(region_id=statement.id, upload_id=shown.id))
        text = f'<img src="/uploads/{drafted.public_id}">'
        mine = {"member_id": world.members["carol"].id, "base": 0, "text": text, "saved_at": world.now}
        session.add(Draft(region_id=solution.id, **mine))
    everything = await left(world)
    await days.come(0)
    carol = await already_signed_in(app, world, "carol")
    page = (await (await carol.get("/console/uploads")).get_data()).decode()
    goes = days.begin + 30 * DAY
    assert page.count(f"goes on {goes.day} {goes:%b %Y}") == 2  # the picture and the PDF
    await days.come(20)
    assert await left(world) == everything
    async with world.database.writing() as session:
        await session.execute(delete(RegionUpload))
    await days.come(29)
    assert await left(world) == everything
    await days.come(31)
    assert await left(world) == {shown.public_id, drafted.public_id}
    assert not await days.store.exists(unused.public_id) and not await days.store.exists(document.public_id)
    await days.come(58)
    assert await left(world) == {shown.public_id, drafted.public_id}
    await days.come(60)
    assert await left(world) == {drafted.public_id} == set(os.listdir(days.store.path))


async def test_files_without_a_row_go_after_a_day(app: Quart, world: World, days: Days) -> None:
    kept = await add(app, world, picture())
    await days.store.put("bstray22222222222222", b"x")
    await days.come(0)
    assert len(os.listdir(days.store.path)) == 2  # its row may just be on its way
    await days.come(2)
    assert os.listdir(days.store.path) == [kept.public_id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_store_that_is_away_is_swept_later(
    world: World, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(days.store, "old", away)
    with pytest.raises(NotDone):
        await tidying._sweep(world.database, days.store)

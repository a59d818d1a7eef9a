"""The whole life of an account that is not used any more, with the clock moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from quart import Quart
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import app as application
from mathsoc import clock, jobs, mail
from mathsoc.app import Mathsoc
from mathsoc.jobs import Job, Runner
from mathsoc.mail import KeptMail
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.privacy import erasure, queries, service
from mathsoc.reports.models import Report
from tests.console.people import agree, logged, staffed, stored, text_of
from tests.support.asked import watch
from tests.support.world import PASSWORD, World, already_signed_in

DAY = timedelta(days=1)
LONG = 13 * 31 * DAY
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def no_mail(_session: AsyncSession, job: Job) -> None:
    job.payload = {}


async def run(world: World, at: datetime) -> None:
    """The jobs of retention come round at this moment, until nothing is due."""
    names = (service.RETAIN, service.ERASE)
    async with world.database.writing() as session:
        for name in names:
            await jobs.keep(session, name, at)
        await session.execute(update(Job).where(Job.name.in_(names)).values(due_at=at, tries=0))
    with clock.moved_to(at):
        runner = Runner(world.database, {**application.JOBS, mail.JOB: no_mail}, application.STANDING)
        await runner.run_due()


async def seen(world: World, at: datetime, *names: str) -> None:
    """These have signed in last at this moment."""
    ids = [world.members[name].id for name in names]
    async with world.database.writing() as session:
        await session.execute(update(Member).where(Member.id.in_(ids)).values(seen_at=at))


async def test_who_is_never_let_in_is_erased(world: World) -> None:
    """Pia and Zoe wait for approval; a lead lets Zoe in on the last day."""
    for name in ("pia", "zoe"):
        await world.add_member(name, state="pending")
    await run(world, world.now + 60 * DAY - timedelta(seconds=1))
    assert (await stored(world, "pia")).state == "pending"
    async with world.database.writing() as session:
        (await members.locked(session, world.members["zoe"].id)).state = "active"
    await run(world, world.now + 60 * DAY)
    states = {name: (await stored(world, name)).state for name in ("pia", "zoe", "alice")}
    assert states == {"pia": "erased", "zoe": "active", "alice": "active"}


async def test_away_told_erased(world: World) -> None:
    """Alice was never seen since she joined, Bob comes back in time; the administrator is never told."""
    told_at = world.now + LONG
    await seen(world, world.now + LONG - 300 * DAY, "carol")
    await run(world, told_at - 20 * DAY)
    assert (await stored(world, "alice")).told_at is None
    await run(world, told_at)
    told = {name: (await stored(world, name)).told_at for name in world.members}
    assert told == {"alice": told_at, "bob": told_at, "carol": None, "ada": None}
    async with world.database.writing() as session:
        bob = await members.locked(session, world.members["bob"].id)
        await members.start_session(session, bob, told_at + 29 * DAY)
    await run(world, told_at + 30 * DAY - timedelta(seconds=1))
    assert (await stored(world, "alice")).state == "active"
    await run(world, told_at + 30 * DAY)
    assert (await stored(world, "alice")).state == "erased"
    bob = await stored(world, "bob")
    assert (bob.state, bob.told_at) == ("active", None)
    await run(world, told_at + 29 * DAY + 12 * 31 * DAY)
    assert (await stored(world, "bob")).told_at is None
    await run(world, told_at + 29 * DAY + LONG)
    assert (await stored(world, "bob")).told_at is not None
    assert (await stored(world, "ada")).state == "active"


@ONCE
async def test_who_has_left_school_is_told_and_does_not_come_back(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    here = f"/console/members/{world.members['alice'].handle}"
    for name, status in (("alice", 403), ("carol", 403), ("elsewhere", 404), ("lead", 303)):
        assert (await clients[name].post(f"{here}/leaving")).status_code == status, name
    left = (await stored(world, "alice")).left_at
    assert left is not None and "They have left school" not in await text_of(clients["lead"], here)
    await run(world, left + 89 * DAY)
    assert (await stored(world, "alice")).told_at is None
    at = left + 91 * DAY
    await run(world, at)
    with clock.moved_to(at + DAY):
        again = app.test_client()
        await again.post("/login", form={"email": world.members["alice"].email, "password": PASSWORD})
        assert (await stored(world, "alice")).told_at == at, "signing in keeps no leaver"
        assert "since you have left school" in await text_of(again, "/profile")
    await run(world, at + 30 * DAY)
    assert (await stored(world, "alice")).state == "erased"
    await agree(world)
    (((entry, _)),) = await logged(world, "left")
    assert entry.actor_id == world.members["lead"].id


@ONCE
async def test_staff_keep_somebody(app: Quart, world: World) -> None:
    """For as long as if they had signed in then; no administrator leaves."""
    clients = await staffed(app, world)
    at = world.now + LONG
    await run(world, at)
    keep = "/console/retention/{}/keep"
    for name in ("alice", "carol"):
        assert (await clients[name].post(keep.format(world.members["alice"].handle))).status_code == 403
    with clock.moved_to(at + DAY):
        lead = await already_signed_in(app, world, "lead")
        for name, status in (("alice", 303), ("bob", 404)):
            assert (await lead.post(keep.format(world.members[name].handle))).status_code == status, name
    await run(world, at + 31 * DAY)
    assert [(await stored(world, name)).state for name in ("alice", "bob")] == ["active", "erased"]
    await run(world, at + 390 * DAY)
    assert (await stored(world, "alice")).told_at is None
    await run(world, at + 398 * DAY)
    assert (await stored(world, "alice")).told_at is not None
    reply = await clients["ada"].post(f"/console/members/{world.members['ada'].handle}/leaving")
    assert reply.status_code in (403, 422) and (await stored(world, "ada")).left_at is None


async def test_batches_go_on_until_all_are_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is killed in the middle leaves whole accounts, and is begun again where it was."""
    monkeypatch.setattr(service, "AT_ONCE", 2)
    for number in range(5):
        await world.add_member(f"away{number}")
    at = world.now + LONG
    await run(world, at)
    async with world.database.reading() as session:
        assert not (await session.scalars(queries.to_tell(at))).all()
    killed: list[int] = []
    real = erasure.erase

    async def third_is_killed(session: AsyncSession, member_id: int, *rest: object, **more: object) -> None:
        await real(session, member_id, *rest, **more)  # type: ignore[arg-type]
        killed.append(member_id)
        if len(killed) == 3:
            raise OSError("the power went")

    monkeypatch.setattr(service.erasure, "erase", third_is_killed)
    await run(world, at + 31 * DAY)
    async with world.database.reading() as session:
        states = list(await session.scalars(select(Member.state).where(Member.told_at.is_not(None))))
        assert states == ["active"] * 6, "of the eight who were told, two are erased and six wait"
    await run(world, at + 32 * DAY)
    async with world.database.reading() as session:
        assert not (await session.scalars(queries.to_erase(at + 32 * DAY))).all()
    assert len(set(killed)) == 8
    await agree(world)


async def test_the_preview(app: Quart, world: World) -> None:
    """It shows what the job would do, to staff theirs; looking changes nothing but the log."""
    clients = await staffed(app, world)
    for name, status in (("alice", 403), ("carol", 403), ("lead", 200), ("ada", 200)):
        assert (await clients[name].get("/console/retention")).status_code == status, name
    assert "Nobody’s account" in await text_of(clients["ada"], "/console/retention")
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        alice.left_at, alice.seen_at = world.now - 100 * DAY, world.now
        bob = await members.locked(session, world.members["bob"].id)
        bob.erase_at = world.now + 6 * DAY
    mine, all_of_them = [await text_of(clients[name], "/console/retention") for name in ("lead", "ada")]
    assert "Real Alice Name" in mine and "told at the next run" in mine and "Real Bob" not in mine
    assert "Real Bob Name" in all_of_them and "asked for it" in all_of_them
    assert "1 to be told at the next run, 0 told, 1 asked for it themselves<" in all_of_them
    assert (await stored(world, "alice")).told_at is None
    _, detail = (await logged(world, "members-viewed"))[-1]
    assert detail is not None and detail.after == {"list": "retention", "members": 2, "page": 1}
    assert (await clients["ada"].get("/console/retention?page=x")).status_code == 404
    bobs_page = await text_of(clients["ada"], f"/console/members/{world.members['bob'].handle}")
    assert "they asked for it themselves" in bobs_page


async def test_the_preview_has_who_left_school_before_they_are_told(app: Quart, world: World) -> None:
    """Each with the day on which the job tells them, and kept there; Bob was away for long before he left."""
    clients = await staffed(app, world)
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        alice.left_at, alice.seen_at = world.now - 10 * DAY, world.now
        bob = await members.locked(session, world.members["bob"].id)
        bob.left_at, bob.seen_at = world.now - 5 * DAY, world.now - 390 * DAY
    shown = await text_of(clients["ada"], "/console/retention")
    assert "0 told, 0 asked for it themselves, 2 left school and to be told later<" in shown
    for name, days in (("bob", 6), ("alice", 80)):
        at = world.now + timedelta(days=days)
        line = shown.partition(f"Real {name.title()} Name")[2].partition("</tr>")[0]
        assert f"told on {at.day} {at:%b %Y}" in line, (name, line)
        await run(world, at)
        assert (await stored(world, name)).told_at is None
        await run(world, at + timedelta(seconds=1))
        assert (await stored(world, name)).told_at is not None
        keep = f"/console/retention/{world.members[name].handle}/keep"
        # The jobs of that day have forgotten her session of today.
        ada = await already_signed_in(app, world, "ada")
        assert f'action="{keep}"' in line and (await ada.post(keep)).status_code == 303
    assert "Real Alice Name" not in await text_of(ada, "/console/retention")


@ONCE
async def test_the_letters_name_the_day_and_what_undoes_it(app: Quart, world: World) -> None:
    """And what was undone meanwhile is not told."""
    moment = datetime(2027, 8, 2, 12, tzinfo=world.now.tzinfo)
    delivery = app.jobs.steps[mail.JOB]  # type: ignore[attr-defined]
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        alice.erase_at = moment
        bob = await members.locked(session, world.members["bob"].id)
        bob.told_at = moment
        carol = await members.locked(session, world.members["carol"].id)
        carol.told_at = carol.left_at = moment
        for name, kind in (("alice", "erasure-asked"), ("bob", "retention"), ("carol", "retention")):
            await mail.queue(session, kind, {"member_id": world.members[name].id})
        await mail.queue(session, "erasure-asked", {"member_id": bob.id})
        await mail.queue(session, "retention", {"member_id": alice.id})
        await session.flush()
        for job in await session.scalars(select(Job).where(Job.name == mail.JOB)):
            await delivery(session, job)
    async with world.database.reading() as session:
        found = {one.recipient: one for one in await session.scalars(select(KeptMail))}
        assert len(found) == len(list(await session.scalars(select(KeptMail)))) == 3
    asked, away, left = (found[str(world.members[name].email)] for name in ("alice", "bob", "carol"))
    assert "2 Aug 2027" in asked.subject and "/profile/delete" in asked.body
    assert "1 Sep 2027" in away.subject and "sign in once before that day" in away.body
    assert "You have left school" in left.body and "sign in once" not in left.body
    assert "1 Sep 2027" in left.body and "/profile/export" in left.body


@ONCE
async def test_long_lists_come_in_pages_and_cost_no_more(app: Mathsoc, world: World) -> None:
    """Fifty-two to be told, and as many reports: two pages each, and as many statements as for one."""
    clients, asked = await staffed(app, world), watch(app.database).statements
    await text_of(clients["lead"], "/console")
    costs: dict[str, set[int]] = {"/console/retention": set(), "/console/reports": set()}
    for count in (1, 51):
        async with world.database.writing() as session:
            for number in range(count):
                one = Member(
                    display_name=f"Away {count} {number}", state="active", created_at=world.now - LONG
                )
                one.school_id = world.schools["northfield"].id
                session.add(one)
                await session.flush()
                alice = world.members["alice"].id
                about = {"subject_kind": "display-name", "shown": one.display_name}
                session.add(Report(**about, member_id=one.id, made_by_id=alice, created_at=world.now))
        for path, cost in costs.items():
            asked.clear()
            page = await text_of(clients["lead"], path)
            cost.add(sum(text.startswith("SELECT") for text in asked))
            assert page.count("<tr role") == 1 + min(50, count + (count > 1))
            assert ("Page 1 of 2" in page) is (count > 1)
    assert all(len(cost) == 1 for cost in costs.values()), costs
    assert (await text_of(clients["lead"], "/console/reports?page=2")).count("<tr role") == 3

"""A newsletter reaches everybody who asked, once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from mathsoc import clock, mail
from mathsoc.config import Config
from mathsoc.errors import Refused
from mathsoc.jobs import LEASE, Job
from mathsoc.mailings import rules, service
from mathsoc.mailings.models import Mailing
from mathsoc.members import service as members
from mathsoc.privacy import erasure
from mathsoc.publishing.models import Post
from tests.mailings.stage import (
    add_newsletter,
    add_readers,
    ask,
    begin,
    change,
    recipient,
    run,
    sends,
    states,
)
from tests.support.smtp import MailServer
from tests.support.world import World

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def ended(world: World) -> bool:
    async with world.database.reading() as session:
        return (await session.scalars(select(Mailing))).one().ended_at is not None


async def test_everybody_who_asked_gets_it_once(config: Config, world: World, smtp: MailServer) -> None:
    """In batches, with a small outbox; who may not have it, or did not ask, gets nothing."""
    readers = await add_readers(world, 120)
    await ask(world, "alice", "carol")
    for name, given in {
        "pending": {"state": "pending"},
        "suspended": {"state": "suspended"},
        "leaving": {"erase_at": clock.now() + timedelta(days=3)},
        "left": {"left_at": clock.now()},
        "nameless": {"email": None, "login_name": "quiet-heron-1"},
    }.items():
        await world.add_member(name, newsletters_since=clock.now(), **given)
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await asyncio.gather(begin(world, post), begin(world, post, "ada"))
    assert sum((await states(world)).values()) == 122, "pressed twice at once, written down once"
    await own._next()
    async with world.database.reading() as session:
        queued = select(func.count()).where(Job.name == mail.JOB, Job.done_at.is_(None))
        assert await session.scalar(queued) == rules.AT_ONCE
    await run(own)
    alice, carol = (world.members[name].email for name in ("alice", "carol"))
    assert Counter(smtp.recipients) == Counter([*readers, alice, carol])
    assert await states(world) == {"sent": 122} and await ended(world)
    await begin(world, post)
    await run(own, 3)
    assert len(smtp.mails) == 122, "and pressed again, nobody has it twice"


@ONCE
async def test_who_asks_later_gets_it_too(config: Config, world: World, smtp: MailServer) -> None:
    """While it is known who got it: for thirty days."""
    post, own = await add_newsletter(world), sends(config, world, smtp)
    with pytest.raises(Refused, match="Nobody"):
        await begin(world, post)
    await ask(world, "alice")
    await begin(world, post)
    await run(own, 3)
    await ask(world, "bob")
    await begin(world, post)
    await run(own, 3)
    assert smtp.recipients == [world.members[name].email for name in ("alice", "bob")]
    with clock.moved_to(clock.now() + rules.KEPT):
        await ask(world, "carol")
        async with world.database.writing() as session:
            await service.forget_old(session, None)  # type: ignore[arg-type]
        with pytest.raises(Refused, match="too long ago"):
            await begin(world, post)
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).where(Mailing.ended_at.is_not(None))) == 1
    assert await states(world) == {"sent": 2}


@ONCE
@pytest.mark.parametrize(
    "given",
    [
        {"audience": "staff"},
        {"publish_at": None},
        {"publish_at": clock.now() + timedelta(days=9)},
        {"archived_at": clock.now()},
        {"binned_at": clock.now()},
        {"kind": "article"},
    ],
)
async def test_only_what_all_members_may_read(world: World, given: dict[str, object]) -> None:
    await ask(world, "alice")
    post = await add_newsletter(world, **given)
    with pytest.raises(Refused, match="every member"):
        await begin(world, post)


async def test_what_changes_meanwhile(config: Config, world: World, smtp: MailServer) -> None:
    """An address, a wish, an account: each mail asks anew when it is made."""
    names = ("alice", "bob", "carol", "ada", "eve", "fay", "gus")
    for name in names[4:]:
        await world.add_member(name)
    await ask(world, *names)
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    smtp.answers["RCPT"] = ["450 later"] * len(names)
    await run(own, 1)
    assert await states(world) == {"again": 7} and not smtp.mails
    await change(world, "alice", email="new-alice@northfield.example")
    await change(world, "bob", newsletters_since=None)
    await change(world, "carol", state="suspended")
    async with world.database.writing() as session:
        await erasure.erase(session, world.members["ada"].id, clock.now(), keeps_points=True)
    await run(own, 4)
    assert Counter(smtp.mails[number]["To"] for number in range(len(smtp.mails))) == Counter(
        ["new-alice@northfield.example", *(f"{name}@northfield.example" for name in names[4:])]
    )
    assert await states(world) == {"sent": 4, "skipped": 3} and await ended(world)


@ONCE
async def test_no_address_gets_it_twice(config: Config, world: World, smtp: MailServer) -> None:
    """Bob takes the address that Alice had when it was sent to her."""
    await ask(world, "alice", "bob")
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    (address,) = [world.members["alice"].email]
    smtp.answers["RCPT"] = ["250 ok", "450 later"]
    await run(own, 1)
    assert smtp.recipients[:1] == [address] and await states(world) == {"sent": 1, "again": 1}
    await change(world, "alice", email="elsewhere@northfield.example")
    await change(world, "bob", email=address)
    await run(own, 4)
    assert len(smtp.mails) == 1 and (await recipient(world, "bob")).state == "skipped"


async def test_stopped_and_going_on(config: Config, world: World, smtp: MailServer) -> None:
    readers = await add_readers(world, 60)
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    await own._next()  # those of the first batch are in the outbox
    assert (await states(world))["planned"] == rules.AT_ONCE
    for what in (service.stop, service.stop):
        async with world.database.writing() as session:
            await what(session, world.viewer("carol"), post, clock.now(), "")
    await run(own, 3)
    assert not smtp.mails and await states(world) == {"waiting": 60}
    async with world.database.writing() as session:
        await service.resume(session, world.viewer("ada"), post, clock.now(), "")
    await run(own, 6)
    assert Counter(smtp.recipients) == Counter(readers) and await ended(world)


@ONCE
async def test_withdrawn_meanwhile(config: Config, world: World, smtp: MailServer) -> None:
    await add_readers(world, 60)
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    await own._next()
    async with world.database.writing() as session:
        await session.execute(update(Post).values(publish_at=None))
    await run(own, 3)
    async with world.database.reading() as session:
        assert (await session.scalars(select(Mailing.stopped))).one() == "withdrawn"
        again = await session.get_one(Post, post.id)
    assert not smtp.mails and await states(world) == {"waiting": 60}
    async with world.database.writing() as session:
        with pytest.raises(Refused, match="every member"):
            await service.resume(session, world.viewer("carol"), again, clock.now(), "")


@ONCE
async def test_nothing_is_sent_at_night(config: Config, world: World, smtp: MailServer) -> None:
    """What the evening did not see out goes on at seven in the morning, in the society's zone."""
    readers = await add_readers(world, 3)
    post, own = await add_newsletter(world), sends(config, world, smtp)
    evening = clock.now().astimezone(config.time_zone).replace(hour=19, minute=59, second=50)
    with clock.moved_to(evening):
        await begin(world, post)
        smtp.answers["RCPT"] = ["450 later"] * 3
        await run(own, 1)
    for hours in (1, 5, 10.9):
        with clock.moved_to(evening + timedelta(hours=hours)):
            await run(own, 2)
    assert not smtp.mails and await states(world) == {"waiting": 3}
    with clock.moved_to(evening + timedelta(hours=11, seconds=11)):
        await run(own, 2)
    assert Counter(smtp.recipients) == Counter(readers) and len(smtp.mails) == 3


@ONCE
async def test_refused_for_good_and_tried_again_by_hand(
    config: Config, world: World, smtp: MailServer
) -> None:
    await ask(world, "alice", "bob")
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    smtp.answers["RCPT"] = ["550 nobody alice@northfield.example"]
    await run(own, 3)
    failed = await recipient(world, "alice")
    assert (failed.state, failed.reason) == ("failed", "recipient refused, 550") and await ended(world)
    async with world.database.writing() as session:
        await service.repeat(session, world.viewer("carol"), post, "failed", clock.now(), "")
    await run(own, 3)
    assert await states(world) == {"sent": 2} and await ended(world)


@ONCE
async def test_it_is_given_up_after_some_days(config: Config, world: World, smtp: MailServer) -> None:
    """Though each morning's mail is a new one to the outbox, it is not tried for ever."""
    await ask(world, "alice")
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    smtp.answers["RCPT"] = ["450 later"] * 50
    await run(own, 200, seconds=1800)
    assert (await states(world)) == {"failed": 1} and await ended(world)
    assert smtp.commands.count("RCPT") == rules.MOST_TRIES


async def test_of_a_process_that_died_nobody_gets_it_twice(
    config: Config, world: World, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server has it and our process is gone: it is left to an officer whether it is sent again."""
    monkeypatch.setattr("mathsoc.jobs.STOP_WITHIN", 0)
    await ask(world, "alice")
    post, killed, other = (
        await add_newsletter(world),
        sends(config, world, smtp),
        sends(config, world, smtp),
    )
    await begin(world, post)
    smtp.answering.clear()
    await killed.run_due()
    await asyncio.wait_for(smtp.reached.wait(), 10)
    await killed.stop()
    smtp.answering.set()
    with clock.moved_to(clock.now() + LEASE + timedelta(seconds=1)):
        await run(other, 2)
        assert await states(world) == {"unsure": 1} and len(smtp.mails) <= 1
        numbers = {one["Message-ID"] for one in smtp.mails}
        async with world.database.writing() as session:
            await service.repeat(session, world.viewer("carol"), post, "unsure", clock.now(), "")
        await run(other, 2)
    assert await states(world) == {"sent": 1}
    assert {one["Message-ID"] for one in smtp.mails} >= numbers
    assert len({one["Message-ID"] for one in smtp.mails}) == 1, "a mail server that has it drops the copy"


@ONCE
async def test_erased_while_it_is_on_its_way(config: Config, world: World, smtp: MailServer) -> None:
    await ask(world, "alice")
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    smtp.answering.clear()
    await own.run_due()
    await asyncio.wait_for(smtp.reached.wait(), 10)
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        await erasure.erase(session, alice.id, clock.now(), keeps_points=True)
    smtp.answering.set()
    await own.outside_done()
    await run(own, 2)
    assert await states(world) == {"skipped": 1} and await ended(world)

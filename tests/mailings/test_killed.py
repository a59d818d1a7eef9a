"""A real process sends, is killed with kill -9 meanwhile, and the next one finishes: nobody has it twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from mathsoc import clock
from mathsoc.jobs import LEASE, MOST_OUTSIDE
from mathsoc.mailings import rules, service
from tests.live.fakes import true
from tests.mailings.stage import add_newsletter, add_readers, begin, states
from tests.support.serving import Server
from tests.support.smtp import MailServer
from tests.support.world import World

Start = Callable[..., Awaitable[Server]]
READERS, LATER = 16, 8


async def test_killed_and_begun_again(server: Start, world: World, smtp: MailServer, tmp_path: Path) -> None:
    """Whose mail was on its way at that moment is told to the officer, and sent again on their word."""
    readers, moment, file = await add_readers(world, READERS), clock.now(), tmp_path / "clock"
    _set(file, moment)
    settings = {
        "MATHSOC_CLOCK_FILE": str(file),
        "MAIL_URL": f"smtp://127.0.0.1:{smtp.port}?from=maths@northfield.example",
    }
    post = await add_newsletter(world)
    await begin(world, post)
    first = await server(world.database.url, **settings)
    await true(lambda: len(smtp.mails) >= 4, 30)
    smtp.reached.clear()
    smtp.answering.clear()
    await asyncio.wait_for(smtp.reached.wait(), 20)
    first.kill()
    smtp.answering.set()
    left = await states(world)
    assert left["planned"] and left["taken"], "it died in the midst of it"
    readers += await add_readers(world, LATER, "later")
    await begin(world, post)

    _set(file, moment + LEASE)
    await server(world.database.url, **settings)
    now = await _all_in(world, {"sent", "unsure"}, file, moment + LEASE)
    found = await states(world)
    assert found["sent"] + found["unsure"] == READERS + LATER and 1 <= found["unsure"] <= MOST_OUTSIDE
    assert max(Counter(smtp.recipients).values()) == 1, "nobody twice"
    arrived = {str(one["To"]) for one in smtp.mails}
    assert len(readers) - len(arrived) <= found["unsure"], "nobody forgotten without a word"

    with clock.moved_to(now):
        async with world.database.writing() as session:
            await service.repeat(session, world.viewer("carol"), post, "unsure", now, "")
    await _all_in(world, {"sent"}, file, now)
    assert {str(one["To"]) for one in smtp.mails} == set(readers)
    again = Counter(str(one["Message-ID"]) for one in smtp.mails)
    assert len(again) == READERS + LATER, "who had it gets the same mail, which mail servers drop as a copy"


def _set(file: Path, moment: datetime) -> None:
    """The server's time, at once: it reads it all the time."""
    file.with_suffix(".next").write_text(moment.isoformat())
    file.with_suffix(".next").replace(file)


async def _all_in(world: World, ends: set[str], file: Path, moment: datetime) -> datetime:
    """Wait until everybody is in one of these; returns the moment of the server.

    Time passes while nobody's mail is on its way, and only then: so nobody is taken for dead who is only
    slow, and it does not become night.
    """

    async def over() -> bool:
        nonlocal moment
        found = (await states(world)).keys()
        if found & {"waiting"} and not found & set(rules.ON_THE_WAY):
            moment += rules.PAUSE
            _set(file, moment)
        return not found - ends

    await true(over, 60)
    return moment

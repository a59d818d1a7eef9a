"""A real process sends, is killed with kill -9 meanwhile, and the next one finishes: nobody has it twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
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
READERS = 60


async def test_killed_and_begun_again(server: Start, world: World, smtp: MailServer, tmp_path: Path) -> None:
    """Whose mail was on its way at that moment is told to the officer, and sent again on their word."""
    readers, moment = await add_readers(world, READERS), clock.now()
    file = tmp_path / "clock"
    file.write_text(moment.isoformat())
    settings = {
        "MATHSOC_CLOCK_FILE": str(file),
        "MAIL_URL": f"smtp://127.0.0.1:{smtp.port}?from=maths@northfield.example",
    }
    post = await add_newsletter(world)
    await begin(world, post)
    first = await server(world.database.url, **settings)
    await true(lambda: len(smtp.mails) >= 8, 30)
    smtp.reached.clear()
    smtp.answering.clear()
    await asyncio.wait_for(smtp.reached.wait(), 20)
    first.kill()
    smtp.answering.set()

    await server(world.database.url, **settings)
    now = moment + LEASE

    async def over() -> bool:
        """Half a minute passes at each look, and it must not become night."""
        nonlocal now
        await asyncio.sleep(0.2)
        now += rules.PAUSE
        (tmp_path / "next").write_text(now.isoformat())
        (tmp_path / "next").replace(file)  # at once: the server reads it all the time
        return not (await states(world)).keys() - {"sent", "unsure"}

    await true(over, 60)
    found = await states(world)
    assert found["sent"] + found["unsure"] == READERS and 1 <= found["unsure"] <= MOST_OUTSIDE
    assert max(Counter(smtp.recipients).values()) == 1, "nobody twice"
    arrived = {str(one["To"]) for one in smtp.mails}
    assert len(readers) - len(arrived) <= found["unsure"], "nobody forgotten without a word"

    with clock.moved_to(now):
        async with world.database.writing() as session:
            await service.repeat(session, world.viewer("carol"), post, "unsure", now, "")

    async def all_sent() -> bool:
        return await states(world) == {"sent": READERS}

    await true(all_sent, 30)
    assert {str(one["To"]) for one in smtp.mails} == set(readers)
    again = Counter(str(one["Message-ID"]) for one in smtp.mails)
    assert len(again) == READERS, "who had it gets the same mail, which mail servers drop as a copy"

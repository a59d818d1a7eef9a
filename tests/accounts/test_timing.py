"""What seconds tell: signing in holds nobody else up, and its time does not say which accounts exist."""

from __future__ import annotations

import asyncio
import time
from statistics import median

import pytest
from quart import Quart

from tests.accounts.browsers import email, sign_in
from tests.support.world import World

pytestmark = [pytest.mark.timed, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

BEAT = 0.005  # seconds
MOST_LAG = 0.05  # seconds that the event loop may be late (P3)
APART = 0.015  # seconds between the medians (P5)
TRIES = 100


async def beats(during: asyncio.Future[object]) -> tuple[float, float]:
    """The most by which a beat of the event loop was late, and the most it computed in one, until then."""
    late = busy = 0.0
    while not during.done():
        began, computed = time.perf_counter(), time.thread_time()
        await asyncio.sleep(BEAT)
        late = max(late, time.perf_counter() - began - BEAT)
        busy = max(busy, time.thread_time() - computed)
    await during
    return late, busy


async def test_the_event_loop_goes_on_during_twenty_log_ins(app: Quart, world: World) -> None:
    """P3: hashing is done beside it, a few at a time.

    Of five rounds the best, since the machine may have other work: by how much a loop with nothing to do is
    late at the same time is allowed on top.
    """
    alice = email(world, "alice")
    await sign_in(app.test_client(), alice)
    rounds, idle = [], []
    for _ in range(5):
        together = [sign_in(app.test_client(), alice, "wrong password") for _ in range(20)]
        rounds.append(await beats(asyncio.gather(*together)))
        idle.append((await beats(asyncio.ensure_future(asyncio.sleep(0.5))))[0])
    assert min(busy for _, busy in rounds) < MOST_LAG, rounds
    assert min(late for late, _ in rounds) < MOST_LAG + max(idle), (rounds, idle)


async def timed(app: Quart, path: str, form: dict[str, str]) -> float:
    client = app.test_client()
    began = time.perf_counter()
    await client.post(path, form=form)
    return time.perf_counter() - began


async def gap(app: Quart, path: str, typed: list[str]) -> float:
    """Between the fastest and the slowest median of these addresses, tried in turn."""
    took: dict[str, list[float]] = {address: [] for address in typed}
    for _ in range(TRIES):
        for address in typed:
            took[address].append(await timed(app, path, {"email": address, "password": "a wrong password"}))
    medians = [median(seconds) for seconds in took.values()]
    return max(medians) - min(medians)


@pytest.mark.parametrize("path", ["/login", "/forgot-password"])
async def test_time_does_not_tell_who_has_an_account(app: Quart, world: World, path: str) -> None:
    """P5: known, unknown, suspended. What tells, tells in every round; other work of the machine does not."""
    await world.add_member("sue", state="suspended", password_hash=world.members["alice"].password_hash)
    typed = [email(world, "alice"), "nobody@northfield.example", email(world, "sue")]
    gaps = []
    while len(gaps) < 3 and min(gaps, default=APART) >= APART:
        gaps.append(await gap(app, path, typed))
    assert min(gaps) < APART, gaps

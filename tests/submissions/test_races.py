"""Real concurrency: many sends at once, on both databases. PostgreSQL is where an unguarded service fails."""

from __future__ import annotations

import asyncio
from collections import Counter

from quart import Quart
from sqlalchemy import func, select

from mathsoc.members.models import Member
from mathsoc.scoring import audit
from mathsoc.scoring.models import Award, FirstCompletion, Standing
from mathsoc.submissions.models import Attempt
from tests.support.world import World, already_signed_in, box_path

MEMBERS = 200


async def test_fifty_sends_at_once_store_exactly_three_attempts(app: Quart, world: World) -> None:
    """D25 of the predecessor: twelve parallel posts stored twelve attempts."""
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    replies = await asyncio.gather(
        *[alice.post(box_path(challenge), form={"answer": f"x+{n}"}) for n in range(50)]
    )
    assert Counter(reply.status_code for reply in replies) == {200: 3, 409: 47}
    async with world.database.reading() as session:
        numbers = await session.scalars(select(Attempt.number).order_by(Attempt.recorded_at))
        assert list(numbers) == [1, 2, 3]


async def test_one_send_repeated_with_its_token_counts_once(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    form = {"answer": "x^2/2", "token": "once"}
    replies = await asyncio.gather(*[alice.post(box_path(challenge), form=form) for _ in range(20)])
    assert {reply.status_code for reply in replies} == {200}
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Attempt)) == 1
        assert await session.scalar(select(func.sum(Award.points))) == 3


async def test_two_hundred_completing_at_once_have_one_first(app: Quart, world: World) -> None:
    """D26 of the predecessor: twelve at once all got 1 point and nobody the bonus."""
    challenge = await world.add_challenge("squares")
    async with world.database.writing() as session:
        for n in range(MEMBERS):
            world.members[f"m{n}"] = Member(
                display_name=f"M {n}", role="member", state="active", year=10, created_at=world.now
            )
        session.add_all(world.members[f"m{n}"] for n in range(MEMBERS))
    clients = [await already_signed_in(app, world, f"m{n}") for n in range(MEMBERS)]
    replies = await asyncio.gather(
        *[client.post(box_path(challenge), form={"answer": "x^2/2"}) for client in clients]
    )
    assert {reply.status_code for reply in replies} == {200}
    async with world.database.reading() as session:
        scores = Counter(await session.scalars(select(Standing.score)))
        assert scores == {3: 1, 1: MEMBERS - 1}
        (first,) = await session.scalars(select(FirstCompletion))
        earliest = await session.scalar(select(Attempt.member_id).order_by(Attempt.recorded_at).limit(1))
        assert first.member_id == earliest
        recorded = list(await session.scalars(select(Attempt.recorded_at).order_by(Attempt.id)))
        assert recorded == sorted(set(recorded)), "ledger order is time order, strictly"
        assert await audit.check(session) == []


async def test_many_boxes_by_many_members_at_once_never_lock_each_other_out(app: Quart, world: World) -> None:
    """Two challenges on one board, two boxes each, sent criss-cross: no deadlock, and the sums agree."""
    box = {"kind": "number", "key": "4"}
    challenges = [await world.add_challenge(f"c{n}", box, box) for n in range(2)]
    for n in range(20):
        await world.add_member(f"m{n}", email=None)
    clients = [await already_signed_in(app, world, f"m{n}") for n in range(20)]
    sends = [
        client.post(box_path(challenge, index), form={"answer": "4"})
        for client in clients
        for challenge in (challenges if clients.index(client) % 2 else challenges[::-1])
        for index in (0, 1)
    ]
    replies = await asyncio.gather(*sends)
    assert {reply.status_code for reply in replies} == {200}
    async with world.database.reading() as session:
        assert await session.scalar(select(func.sum(Award.points))) == 2 * (20 + 2)
        assert await audit.check(session) == []

"""The demonstration society: whole, invented, consistent with its ledger."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from mathsoc import clock, demo
from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.competitions.models import Competition
from mathsoc.db import Database
from mathsoc.marking import mark, read_key
from mathsoc.members.models import Member
from mathsoc.members.passwords import verify
from mathsoc.schools.models import School
from mathsoc.scoring import audit
from mathsoc.scoring.models import Standing
from mathsoc.submissions.queries import marking_scheme


async def test_the_demo_is_whole(database: Database) -> None:
    logins = await demo.load(database)
    assert [login.email for login in logins] == [
        f"{role}@demo.example" for role in ("admin", "editor", "lead", "member")
    ]
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(School)) == 3
        members = (await session.scalars(select(Member))).all()
        assert Counter(one.role for one in members) == {"member": 60, "admin": 1, "editor": 1, "lead": 1}
        assert len({one.display_name for one in members}) == 63, "display names are told apart"
        for login in logins:
            (member,) = [one for one in members if one.email == login.email]
            assert await verify(login.password, member.password_hash)
        public = {one.slug: one.visibility for one in await session.scalars(select(Competition))}
        assert public == {"autumn-ladder": "public", "three-rivers-cup": "members"}
        assert (await session.scalar(select(func.count()).select_from(Standing)) or 0) > 20
        assert await audit.check(session) == []


async def test_it_has_challenges_in_every_phase(database: Database) -> None:
    await demo.load(database)
    async with database.reading() as session:
        cards = await challenges.released(session, clock.now(), signed_in=True)
        phases = Counter(card.phase for card in cards)
        every = await session.scalar(select(func.count()).select_from(Challenge)) or 0
    assert every >= 12 and phases[Phase.OPEN] and phases[Phase.LOCKED] and phases[Phase.PRACTICE]
    assert every > len(cards), "some are scheduled"


async def test_every_key_of_the_demo_is_accepted(database: Database) -> None:
    await demo.load(database)
    async with database.reading() as session:
        for box_id in await session.scalars(select(AnswerBox.id)):
            box = await challenges.box_with_key(session, box_id)
            scheme = marking_scheme(box)
            assert mark(read_key(box.key, scheme).plain, scheme).outcome == "correct", box.label


async def test_loading_twice_changes_nothing(database: Database) -> None:
    await demo.load(database)
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert await demo.load(database) == demo.LOGINS
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(School)) == 3


async def test_a_real_society_is_left_alone(database: Database) -> None:
    from mathsoc.schools.models import Society

    async with database.writing() as session:
        session.add(Society(name="Real"))
    assert await demo.load(database) == ()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 0

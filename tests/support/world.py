"""A small society for tests: Alice competes, Bob is at another school, Carol is staff."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from quart import Quart
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts.passwords import hash_password
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions.models import Competition, CompetitionStage
from mathsoc.db import Database
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.schools.models import School, Society, Stage, YearStage
from mathsoc.scoring import service as scoring
from mathsoc.scoring.models import Award
from mathsoc.submissions.models import Attempt

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

PASSWORD = "correct horse battery staple"
HTMX = {"HX-Request": "true"}


@dataclass
class World:
    """What stands in the test's database; ids and handles, never attached rows."""

    database: Database
    now: datetime
    members: dict[str, Member] = field(default_factory=dict)
    competitions: dict[str, Competition] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)

    def viewer(self, name: str) -> Viewer:
        one = self.members[name]
        own = (one.id, one.handle, one.display_name, one.role, one.state, one.year, one.school_id)
        return Viewer(*own, session_id=0, session_seen_at=self.now)

    async def attempts_of(self, name: str) -> list[Attempt]:
        """What is stored of a member's sends, in order."""
        async with self.database.reading() as session:
            chosen = select(Attempt).where(Attempt.member_id == self.members[name].id).order_by(Attempt.id)
            return list(await session.scalars(chosen))

    async def give(
        self, name: str, points: int, *, competition: str = "ladder", stage: str = "ks4", minutes: int = 0
    ) -> None:
        """Points by hand, so many minutes from now."""
        award = Award(
            competition_id=self.competitions[competition].id,
            stage_id=self.stages[stage].id,
            member_id=self.members[name].id,
            kind="manual",
            reason="test",
            points=points,
            awarded_at=self.now + timedelta(minutes=minutes),
        )
        async with self.database.writing() as session:
            await scoring.add_to_ledger(session, [award])

    async def add_member(self, name: str, **given: Any) -> Member:
        member = Member(
            **{
                "email": f"{name}@northfield.example",
                "display_name": f"Display {name.title()}",
                "real_name": f"Real {name.title()} Name",
                "role": "member",
                "state": "active",
                "year": 10,
                "school_id": self.schools["northfield"].id,
                "created_at": self.now,
            }
            | given
        )
        async with self.database.writing() as session:
            session.add(member)
            await session.flush()
        self.members[name] = member
        return member

    async def add_challenge(self, slug: str, *boxes: dict[str, Any], **given: Any) -> Challenge:
        """A challenge with boxes; open since an hour for a day unless said otherwise."""
        competition = self.competitions[given.pop("competition", "ladder")]
        challenge = Challenge(
            **{
                "slug": slug,
                "competition_id": competition.id,
                "stage_id": self.stages[given.pop("stage", "ks4")].id,
                "title": slug.replace("-", " ").capitalize(),
                "statement": "<p>Statement</p>",
                "solution": "<p>Solution words</p>",
                "release_at": self.now - timedelta(hours=1),
                "lock_at": self.now + timedelta(days=1),
                "created_at": self.now,
            }
            | given
        )
        challenge.competition = competition
        rows = boxes or ({"key": "x^2/2", "kind": "expression", "options": {"variables": ["x"]}},)
        for position, box in enumerate(rows):
            challenge.boxes.append(AnswerBox(**{"position": position, "label": f"Box {position}"} | box))
        async with self.database.writing() as session:
            await session.merge(competition, load=False)
            session.add(challenge)
            await session.flush()
        return challenge


async def build(database: Database, now: datetime | None = None) -> World:
    """The society with its three people and an administrator; `now` is the present unless the clock moves."""
    world = World(database, now or clock.now())
    async with database.writing() as session:
        await _add_setting(session, world)
    hashed = await hash_of_password()
    await world.add_member("alice", password_hash=hashed)
    await world.add_member(
        "bob", email="bob@eastgate.example", school_id=world.schools["eastgate"].id, password_hash=hashed
    )
    await world.add_member("carol", role="editor", year=None, password_hash=hashed)
    # A society without an administrator shows nothing but its setup.
    await world.add_member("ada", role="admin", year=None, password_hash=hashed)
    return world


@cache
def hash_of_password() -> asyncio.Future[str]:
    """Made once in a process: hashing is slow by design, and nearly every test has a world."""
    return asyncio.ensure_future(hash_password(PASSWORD))


async def _add_setting(session: AsyncSession, world: World) -> None:
    session.add(Society(name="Test Society", staff_contact="staff@northfield.example"))
    for position, (slug, years) in enumerate({"ks3": (7, 8, 9), "ks4": (10, 11), "ks5": (12, 13)}.items()):
        world.stages[slug] = Stage(slug=slug, name=slug.upper(), position=position)
        session.add(world.stages[slug])
        await session.flush()
        session.add_all(YearStage(year=year, stage_id=world.stages[slug].id) for year in years)
    for slug in ("northfield", "eastgate"):
        world.schools[slug] = School(slug=slug, name=slug.title(), created_at=world.now)
        session.add(world.schools[slug])
    for slug, visibility, answers in (("ladder", "public", "any"), ("cup", "members", "own")):
        competition = Competition(
            slug=slug,
            name=slug.title(),
            starts_at=world.now - timedelta(days=30),
            ends_at=world.now + timedelta(days=30),
            visibility=visibility,
            answers=answers,
        )
        world.competitions[slug] = competition
        session.add(competition)
        await session.flush()
        session.add_all(
            CompetitionStage(competition_id=competition.id, stage_id=stage.id, position=stage.position)
            for stage in world.stages.values()
        )
    await session.flush()


async def signed_in(app: Quart, world: World, name: str) -> TestClientProtocol:
    """A client that has signed in through the real form."""
    client = app.test_client()
    reply = await client.post("/login", form={"email": world.members[name].email, "password": PASSWORD})
    assert reply.status_code == 303, await reply.get_data()
    return client


async def already_signed_in(app: Quart, world: World, name: str) -> TestClientProtocol:
    """A client with a session made by the service, for tests that need hundreds of members."""
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        token = await members.start_session(session, member, clock.now())
    client = app.test_client()
    (auth,) = app.extensions["QUART_AUTH"]
    client.set_cookie("localhost", auth.cookie_name, auth.dump_token(token, app))
    return client


def tokens(html: str) -> list[str]:
    """The tokens of the forms in a page, in order."""
    return re.findall(r'name="token" value="([^"]+)"', html)


def box_path(challenge: Challenge, index: int = 0, what: str = "attempts") -> str:
    """Where a box of a challenge is sent to, or read."""
    return f"/challenges/{challenge.slug}/boxes/{challenge.boxes[index].public_id}/{what}"


def noon(day: int = 1) -> datetime:
    """A fixed moment for tests that move the clock."""
    return datetime(2026, 11, day, 12, 0, tzinfo=UTC)

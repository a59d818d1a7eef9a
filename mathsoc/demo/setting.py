"""Society, schools, competitions and challenges, from society.toml beside this file."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.challenges import service as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions.models import Competition, CompetitionStage
from mathsoc.schools.models import School, SchoolDomain, Society, Stage, YearStage

Plan = dict[str, Any]


def read() -> Plan:
    return tomllib.loads((Path(__file__).parent / "society.toml").read_text("utf-8"))


async def add_society(session: AsyncSession, plan: Plan, now: datetime) -> None:
    session.add(Society(**plan["society"], demo=True))
    for position, row in enumerate(plan["stages"]):
        stage = Stage(slug=row["slug"], name=row["name"], position=position)
        session.add(stage)
        await session.flush()
        session.add_all(YearStage(year=year, stage_id=stage.id) for year in row["years"])
    for row in plan["schools"]:
        school = School(slug=row["slug"], name=row["name"], created_at=now)
        session.add(school)
        await session.flush()
        session.add_all(SchoolDomain(domain=domain, school_id=school.id) for domain in row["domains"])
    await session.flush()


async def add_competitions(session: AsyncSession, plan: Plan, now: datetime) -> None:
    stages = (await session.scalars(select(Stage).order_by(Stage.position))).all()
    for row in plan["competitions"]:
        competition = Competition(
            slug=row["slug"],
            name=row["name"],
            introduction=richtext.clean(row["introduction"]),
            starts_at=_on_the_hour(now, row["starts"]),
            ends_at=_on_the_hour(now, row["ends"]),
            visibility=row["visibility"],
            answers=row["answers"],
        )
        session.add(competition)
        await session.flush()
        session.add_all(
            CompetitionStage(competition_id=competition.id, stage_id=stage.id, position=stage.position)
            for stage in stages
        )
    await session.flush()


async def add_challenges(session: AsyncSession, plan: Plan, now: datetime, author_id: int) -> None:
    stages = {stage.slug: stage.id for stage in await session.scalars(select(Stage))}
    competitions = {one.slug: one.id for one in await session.scalars(select(Competition))}
    for row in plan["challenges"]:
        challenge = Challenge(
            slug=row["slug"],
            competition_id=competitions[row["competition"]],
            stage_id=stages[row["stage"]],
            author_id=author_id,
            title=row["title"],
            topic=row["topic"],
            difficulty=row["difficulty"],
            statement=richtext.clean(row["statement"]),
            solution=richtext.clean(row["solution"]),
            release_at=_on_the_hour(now, row["release"]),
            lock_at=_on_the_hour(now, row["lock"]) if "lock" in row else None,
            practice=row.get("practice", False),
            created_at=now,
        )
        session.add(challenge)
        await session.flush()
        session.add_all(
            AnswerBox(challenge_id=challenge.id, position=position, **box)
            for position, box in enumerate(row["boxes"])
        )
        await challenges.plan_announcements(session, challenge)
    await session.flush()


def _on_the_hour(now: datetime, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)

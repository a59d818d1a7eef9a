"""What changes about challenges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import jobs
from mathsoc.challenges.models import Challenge
from mathsoc.competitions.models import Competition
from mathsoc.jobs import Job
from mathsoc.live.service import announce

# What is open is shown live; a release and a lock change it without any write to the challenge.
OPEN_TOPIC = "challenges:open"
LIST_TOPIC = "challenges:list"
ANNOUNCE = "announce-open-challenges"


async def plan_announcements(session: AsyncSession, challenge: Challenge) -> None:
    """Plan what tells open pages of a release and a lock; call after changing a challenge's times.

    Members first see it when the competition has started too, and it locks with the competition's end.
    """
    own = Competition.id == challenge.competition_id
    season = await session.execute(select(Competition.starts_at, Competition.ends_at).where(own))
    starts_at, ends_at = season.one()
    release = challenge.release_at and max(challenge.release_at, starts_at)
    end = ends_at if release else None
    for what, moment in (("release", release), ("lock", challenge.lock_at), ("end", end)):
        if moment is not None:
            await jobs.plan(session, ANNOUNCE, f"{what}:{challenge.slug}", moment)


async def announce_open(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: what is open changed by the passing of time alone."""
    for topic in (LIST_TOPIC, OPEN_TOPIC):
        await announce(session, topic)
    return None

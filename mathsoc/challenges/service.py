"""What changes about challenges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import jobs
from mathsoc.challenges.models import Challenge
from mathsoc.jobs import Job
from mathsoc.live.service import announce

# What is open is shown live; a release and a lock change it without any write to the challenge.
OPEN_TOPIC = "challenges:open"
LIST_TOPIC = "challenges:list"
ANNOUNCE = "announce-open-challenges"


async def plan_announcements(session: AsyncSession, challenge: Challenge) -> None:
    """Plan what tells open pages of a release and a lock; call after changing a challenge's times."""
    for what, moment in (("release", challenge.release_at), ("lock", challenge.lock_at)):
        if moment is not None:
            await jobs.plan(session, ANNOUNCE, f"{what}:{challenge.slug}", moment)


async def announce_open(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: what is open changed by the passing of time alone."""
    for topic in (LIST_TOPIC, OPEN_TOPIC):
        await announce(session, topic)
    return None

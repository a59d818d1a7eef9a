"""What came by mail, for tests of what causes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import select

from mathsoc import clock, mail
from mathsoc.jobs import Job
from mathsoc.mail import KeptMail

if TYPE_CHECKING:
    from mathsoc.app import Mathsoc


async def arrived(app: Mathsoc) -> list[KeptMail]:
    """Have every queued mail delivered; then all that a development server keeps, oldest first."""
    waiting = select(Job.id).where(
        Job.name == mail.JOB, Job.done_at.is_(None), Job.tries == 0, Job.due_at <= clock.now()
    )
    async with asyncio.timeout(20):
        while True:
            await app.jobs.run_due()
            await app.jobs.outside_done()
            async with app.database.reading() as session:
                # The runner of the application itself may have one in hand.
                if await session.scalar(waiting.limit(1)) is None:
                    return list(await session.scalars(select(KeptMail).order_by(KeptMail.id)))

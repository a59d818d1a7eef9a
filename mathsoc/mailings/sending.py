"""The job that hands a newsletter to the outbox, some recipients at a time and none at night."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, mail
from mathsoc.jobs import Job, Step
from mathsoc.live.service import announce
from mathsoc.mailings import queries, rules
from mathsoc.mailings.models import Mailing, Recipient

KIND = "newsletter"


def step(zone: ZoneInfo) -> Step:
    """The job of a mailing. It comes round until nobody waits any more; each step is whole or not done."""

    async def send_on(session: AsyncSession, job: Job) -> datetime | None:
        found = select(Mailing).where(Mailing.public_id == job.subject).with_for_update()
        mailing = await session.scalar(found.execution_options(populate_existing=True))
        if mailing is None or mailing.stopped or mailing.ended_at is not None:
            return None
        now, post = clock.now(), await queries.post(session, mailing.post_id)
        if not queries.sendable(post, now):
            mailing.stopped = "withdrawn"
            again = None
        elif rules.quiet(now, zone):
            again = rules.opens(now, zone)
        else:
            again = await _some_more(session, mailing, now)
        await session.flush()
        await announce(session, queries.topic(post))
        return again

    return send_on


async def _some_more(session: AsyncSession, mailing: Mailing, now: datetime) -> datetime | None:
    await _what_the_outbox_lost(session, mailing, now)
    counted = await queries.numbers(session, mailing.id)
    if not counted.waiting:
        mailing.ended_at = now
        return None
    waiting = select(Recipient).where(Recipient.mailing_id == mailing.id, Recipient.state == "waiting")
    waiting = waiting.order_by(Recipient.id).limit(rules.how_many(counted)).with_for_update()
    for one in (await session.scalars(waiting)).all():
        one.state, one.changed_at = "planned", now
        # With the member's id, so that erasure finds it.
        payload = {"recipient": one.public_id, "member_id": one.member_id}
        await mail.queue(session, KIND, payload, one.public_id)
    return now + (rules.PAUSE if counted.of("waiting") else rules.LAST_PAUSE)


async def _what_the_outbox_lost(session: AsyncSession, mailing: Mailing, now: datetime) -> None:
    """Those whose mail the outbox has given up without a word, so that nobody waits for ever."""
    queued = exists().where(Job.name == mail.JOB, Job.subject == Recipient.public_id, Job.done_at.is_(None))
    for states, end in ((("planned", "again"), "failed"), (("taken",), "unsure")):
        lost = update(Recipient).where(
            Recipient.mailing_id == mailing.id, Recipient.state.in_(states), ~queued
        )
        await session.execute(lost.values(state=end, reason="given up", changed_at=now))

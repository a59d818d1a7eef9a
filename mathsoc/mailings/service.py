"""What changes about newsletters by mail: who asks for them, and the sending of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, ids, jobs
from mathsoc.audit import Action
from mathsoc.db import insert_all_ignoring, insert_ignoring
from mathsoc.errors import Missing, Refused
from mathsoc.jobs import Job
from mathsoc.live.service import announce
from mathsoc.mailings import queries, rules
from mathsoc.mailings.models import Mailing, Recipient
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.publishing.models import Post

JOB, FORGET = "mailing", "forget-recipients"
NO_ADDRESS = "Add an e-mail address first: newsletters go there."
NOT_READABLE = "Only a newsletter that every member can read now can be sent."
NOBODY = "Nobody has asked for newsletters by mail yet."
TOO_LATE = "It was sent too long ago: nobody knows any more who got it."


async def choose(session: AsyncSession, viewer: Viewer, now: datetime, address: str, *, wanted: bool) -> None:
    """Get newsletters by mail from now on, or no more; where it is so already, does nothing.

    Raises Refused where there is no address to send them to.
    """
    member = await members.locked(session, viewer.id)
    if wanted and member.email is None:
        raise Refused(NO_ADDRESS)
    await _choose(session, member, now, wanted=wanted, actor_id=viewer.id, address=address)


async def no_more(session: AsyncSession, handle: str, now: datetime, address: str) -> None:
    """The link in a mail was used. Used again, or by nobody's handle, does nothing."""
    found = await session.scalar(select(Member.id).where(Member.handle == handle))
    if found is not None:
        member = await members.locked(session, found)
        await _choose(session, member, now, wanted=False, address=address)


async def begin(session: AsyncSession, viewer: Viewer, post: Post, now: datetime, address: str) -> None:
    """Have a newsletter sent to everybody who has asked; begun before, to those who have asked since.

    Everybody is written down here, once. Raises Refused where it cannot be sent to all members.
    """
    _must_be_readable(post, now)
    values = {"post_id": post.id, "title": post.title, "begun_at": now, "stopped": ""}
    new = await insert_ignoring(session, Mailing, values | {"public_id": ids.public_id()}, ["post_id"])
    mailing = await _locked(session, post)
    if not rules.kept(mailing.begun_at, now):
        raise Refused(TOO_LATE)
    added = await _write_down(session, mailing, now)
    if not added and new:
        raise Refused(NOBODY)
    if added:
        await _go_on(session, viewer, post, mailing, Action.MAILING_BEGUN, now, address, {"members": added})


async def stop(session: AsyncSession, viewer: Viewer, post: Post, now: datetime, address: str) -> None:
    """Send no more of it until somebody has it go on; what is on its way arrives."""
    mailing = await _locked(session, post)
    if mailing.stopped or mailing.ended_at is not None:
        return
    mailing.stopped = "officer"
    await session.flush()
    await _note(session, viewer, post, Action.MAILING_STOPPED, now, address)
    await announce(session, queries.topic(post))


async def resume(session: AsyncSession, viewer: Viewer, post: Post, now: datetime, address: str) -> None:
    """Go on where it was stopped; where it was not, does nothing."""
    mailing = await _locked(session, post)
    if not mailing.stopped:
        return
    _must_be_readable(post, now)
    await _go_on(session, viewer, post, mailing, Action.MAILING_RESUMED, now, address)


async def repeat(
    session: AsyncSession, viewer: Viewer, post: Post, state: str, now: datetime, address: str
) -> None:
    """Send it again to those who are `failed`, or `unsure`: these may then have it twice."""
    mailing = await _locked(session, post)
    _must_be_readable(post, now)
    if not rules.kept(mailing.begun_at, now):
        raise Refused(TOO_LATE)
    theirs = (Recipient.mailing_id == mailing.id, Recipient.state == state, Recipient.member_id.is_not(None))
    again = update(Recipient).where(*theirs).values(state="waiting", tries=0, reason="", changed_at=now)
    count = len((await session.execute(again.returning(Recipient.id))).all())
    if count:
        after = {"members": count}
        await _go_on(session, viewer, post, mailing, Action.MAILING_RESUMED, now, address, after)


async def forget(session: AsyncSession, member_id: int, now: datetime) -> None:
    """Their account goes: nothing is sent to them any more, and nobody knows what was."""
    theirs = update(Recipient).where(Recipient.member_id == member_id)
    await session.execute(
        theirs.where(Recipient.state.in_(rules.OPEN)).values(state="skipped", changed_at=now)
    )
    await session.execute(theirs.values(member_id=None, address_key=None))


async def forget_old(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: who got a newsletter a month ago is nobody's business; that so many did stays."""
    now = clock.now()
    old = select(Mailing.id).where(Mailing.begun_at <= now - rules.KEPT)
    theirs = update(Recipient).where(Recipient.mailing_id.in_(old), Recipient.member_id.is_not(None))
    late = {"state": "failed", "reason": "too late", "changed_at": now}
    await session.execute(theirs.where(Recipient.state.in_(rules.OPEN)).values(late))
    await session.execute(theirs.values(member_id=None, address_key=None))
    over = update(Mailing).where(Mailing.id.in_(old), Mailing.ended_at.is_(None))
    await session.execute(over.values(ended_at=now, stopped=""))
    return None


async def _choose(
    session: AsyncSession,
    member: Member,
    now: datetime,
    *,
    wanted: bool,
    actor_id: int | None = None,
    address: str,
) -> None:
    if (member.newsletters_since is not None) is wanted:
        return
    member.newsletters_since = now if wanted else None
    await session.flush()
    await audit.record(
        session,
        Action.NEWSLETTERS_CHOSEN,
        now,
        actor_id=actor_id,
        member_id=member.id,
        address=address,
        after={"newsletters": "yes" if wanted else "no"},
    )


async def _locked(session: AsyncSession, post: Post) -> Mailing:
    # Its job comes first, as where that runs: else an officer and the job would each wait for the other.
    job = select(Job.id).join(Mailing, Mailing.public_id == Job.subject).where(Job.name == JOB)
    await session.execute(job.where(Mailing.post_id == post.id).with_for_update(of=Job))
    found = select(Mailing).where(Mailing.post_id == post.id).with_for_update()
    mailing = await session.scalar(found.execution_options(populate_existing=True))
    if mailing is None:
        raise Missing
    return mailing


async def _write_down(session: AsyncSession, mailing: Mailing, now: datetime) -> int:
    """Everybody who gets newsletters and is not written down for this one; returns how many were added."""
    rows: list[dict[str, Any]] = [
        {
            "public_id": ids.public_id(20),
            "mailing_id": mailing.id,
            "member_id": member_id,
            "address_key": rules.address_key(mailing.public_id, email or ""),
            "state": "waiting",
            "tries": 0,
            "reason": "",
            "changed_at": now,
        }
        for member_id, email in await session.execute(
            select(Member.id, Member.email).where(queries.asks()).order_by(Member.id)
        )
    ]
    added = await insert_all_ignoring(session, Recipient, rows)
    # Who asked for no more before it came to them, and has asked again.
    back = select(Member.id).where(queries.asks())
    again = update(Recipient).where(
        Recipient.mailing_id == mailing.id, Recipient.state == "skipped", Recipient.member_id.in_(back)
    )
    changed = await session.execute(again.values(state="waiting", changed_at=now).returning(Recipient.id))
    return added + len(changed.all())


async def _go_on(
    session: AsyncSession,
    viewer: Viewer,
    post: Post,
    mailing: Mailing,
    action: Action,
    now: datetime,
    address: str,
    after: dict[str, Any] | None = None,
) -> None:
    mailing.stopped, mailing.ended_at = "", None
    await session.flush()
    await jobs.plan(session, JOB, mailing.public_id, now)
    await _note(session, viewer, post, action, now, address, after)
    await announce(session, queries.topic(post))


async def _note(
    session: AsyncSession,
    viewer: Viewer,
    post: Post,
    action: Action,
    now: datetime,
    address: str,
    after: dict[str, Any] | None = None,
) -> None:
    subject = ("post", post.id)
    await audit.record(
        session, action, now, actor_id=viewer.id, subject=subject, address=address, after=after
    )


def _must_be_readable(post: Post, now: datetime) -> None:
    if not queries.sendable(post, now):
        raise Refused(NOT_READABLE)

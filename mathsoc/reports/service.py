"""What changes about reports: each is made once, and decided once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.errors import Missing, Refused
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.reports import queries, rules
from mathsoc.reports.models import Report
from mathsoc.scoring import service as scoring

DECIDED = "This report is decided already."
TAKEN = "Somebody has just taken the new name. Decide again: there are many others."


async def make(
    session: AsyncSession, viewer: Viewer, member: Member, reason: str, now: datetime, address: str
) -> None:
    """Report a member's display name as it is now; while that waits to be decided, does nothing.

    The caller's transaction holds the viewer's row. Raises Missing for oneself.
    """
    if member.id == viewer.id:
        raise Missing
    if await queries.is_open(session, viewer, member):
        return
    session.add(
        Report(
            subject_kind=rules.DISPLAY_NAME,
            shown=member.display_name,
            member_id=member.id,
            made_by_id=viewer.id,
            reason=reason,
            created_at=now,
        )
    )
    await session.flush()
    await audit.record(
        session, Action.REPORTED, now, actor_id=viewer.id, member_id=member.id, address=address
    )


async def decide(
    session: AsyncSession,
    viewer: Viewer,
    report: Report,
    member: Member,
    now: datetime,
    address: str,
    *,
    new_name: str | None,
) -> None:
    """Let what was reported stand, or have the member shown as `new_name` at once. `member` is held.

    All open reports of the same words are decided with it. A name that was changed since is left alone.
    Raises Refused where somebody else has decided meanwhile, or has just taken the new name.
    """
    alike = select(Report).where(
        Report.member_id == member.id,
        Report.subject_kind == report.subject_kind,
        Report.shown == report.shown,
        Report.decided_at.is_(None),
    )
    waiting = (await session.scalars(alike.execution_options(populate_existing=True))).all()
    if report not in waiting:
        raise Refused(DECIDED)
    outcome = "kept" if new_name is None else "removed"
    for one in waiting:
        one.decided_at, one.decided_by_id, one.outcome = now, viewer.id, outcome
    await session.flush()
    log = partial(audit.record, session, actor_id=viewer.id, member_id=member.id, address=address)
    await log(Action.REPORT_DECIDED, now, after={"outcome": outcome})
    if new_name is not None and member.display_name == report.shown:
        before = member.display_name
        await _rename(session, member, new_name)
        after = {"display_name": new_name}
        await log(Action.NAME_CHANGED, now, before={"display_name": before}, after=after)
        # Last, since it takes the locks of topics.
        await scoring.announce_boards_of(session, member.id)


async def _rename(session: AsyncSession, member: Member, name: str) -> None:
    try:
        async with session.begin_nested():
            member.display_name = name
    except IntegrityError as clash:
        raise Refused(TAKEN) from clash

"""The turn of the school year, in one transaction."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.roll_over import queries, rules
from mathsoc.roll_over.queries import Preview
from mathsoc.schools.models import SchoolClass, Society
from mathsoc.slips.models import Slip

NOT_YET = "The school year {this} has begun here already. {next} begins on 1 August {year}."
MOVED = "Something has changed since you looked. This is how it would be now; nothing was changed."


async def roll_over(
    session: AsyncSession, viewer: Viewer, seen: str, now: datetime, zone: ZoneInfo, address: str
) -> Preview:
    """Begin the next school year: pupils and unused slips move up, the last year leaves, class codes end.

    `seen` is the fingerprint of the preview that was confirmed. Points, standings and entries stay. Returns
    what was done. Raises Refused when the year has begun already, or the preview is another one by now.
    """
    # Of two who confirm at once the second one waits here, and then finds the year begun.
    society = (await session.scalars(select(Society).with_for_update(key_share=True))).one()
    found = await queries.preview(session, now, zone, locked=True)
    if not found.possible:
        words = {"this": rules.in_words(found.year - 1), "next": rules.in_words(found.year)}
        raise Refused(NOT_YET.format(**words, year=found.year))
    if found.fingerprint != seen:
        raise Refused(MOVED)
    await _move(session, found, now, zone)
    society.school_year = found.year
    await session.flush()
    await audit.record(
        session,
        Action.ROLLED_OVER,
        now,
        actor_id=viewer.id,
        subject=("society", society.id),
        address=address,
        after={
            "school_year": rules.in_words(found.year),
            "moved": found.moving,
            "left": found.leaving,
            "slips": found.slips,
            "codes": found.codes,
        },
    )
    return found


async def _move(session: AsyncSession, found: Preview, now: datetime, zone: ZoneInfo) -> None:
    begins = rules.begins(found.year, zone)
    pupils, slips = queries.pupils(begins), queries.slips(begins, now)
    up = update(Member).where(pupils).values(year=Member.year + 1)
    slips_up = update(Slip).where(slips).values(year=Slip.year + 1)
    if found.last is not None:
        # Before the others move into the last year.
        await _set(session, update(Member).where(pupils, Member.year >= found.last).values(left_at=now))
        await _set(session, update(Slip).where(slips, Slip.year >= found.last).values(expires_at=now))
        up, slips_up = up.where(Member.year < found.last), slips_up.where(Slip.year < found.last)
    await _set(session, up)
    await _set(session, slips_up)
    await _set(session, update(SchoolClass).where(queries.codes(now)).values(code_until=now))


async def _set(session: AsyncSession, statement: Update) -> None:
    await session.execute(statement, execution_options={"synchronize_session": False})

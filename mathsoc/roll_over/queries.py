"""What the turn of the school year would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.roll_over import rules
from mathsoc.roll_over.rules import Move
from mathsoc.schools.models import SchoolClass, Society, Stage, YearStage
from mathsoc.slips.models import Slip


@dataclass(frozen=True)
class Preview:
    """The turn to a school year as it would be now; the fingerprint tells whether that has moved since."""

    year: int
    possible: bool
    last: int | None
    moves: Sequence[Move]
    # Pupils who joined in the new school year already, with the year they are in: they stay in it.
    new: int
    slips: int
    codes: int
    fingerprint: str

    @property
    def moving(self) -> int:
        return sum(one.pupils for one in self.moves if one.to is not None)

    @property
    def leaving(self) -> int:
        return sum(one.pupils for one in self.moves if one.to is None)


def pupils(begins: datetime) -> ColumnElement[bool]:
    """Who moves: pupils with a year that they had before the school year began, who have not left.

    A slip says the year of when it was made, so who has joined by an old one since then moves too.
    """
    by_old_slip = exists().where(
        Slip.member_id == Member.id, Slip.year.is_not(None), Slip.created_at < begins
    )
    return and_(_pupil(), or_(Member.created_at < begins, by_old_slip))


def slips(begins: datetime, now: datetime) -> ColumnElement[bool]:
    """The slips that wait to be used, with a year of the school year before."""
    waiting = and_(Slip.used_at.is_(None), Slip.member_id.is_(None), Slip.expires_at > now)
    return and_(waiting, Slip.year.is_not(None), Slip.created_at < begins)


def codes(now: datetime) -> ColumnElement[bool]:
    """The classes whose code still lets somebody in."""
    return or_(SchoolClass.code_until.is_(None), SchoolClass.code_until > now)


async def preview(session: AsyncSession, now: datetime, zone: ZoneInfo, *, locked: bool = False) -> Preview:
    """What the next turn would do. With `locked` every pupil it moves is held until the transaction ends."""
    today = now.astimezone(zone).date()
    year = rules.next_to_begin(await _known(session), await _first_joined(session, zone), today)
    begins = rules.begins(year, zone)
    chosen = select(Member.id, Member.year).where(pupils(begins)).order_by(Member.id)
    if locked:
        chosen = chosen.with_for_update(key_share=True)
    moving = [(row.id, row.year) for row in await session.execute(chosen)]
    waiting = select(Slip.id, Slip.year).where(slips(begins, now)).order_by(Slip.id)
    on_slips = [(row.id, row.year) for row in await session.execute(waiting)]
    ending = select(SchoolClass.id, SchoolClass.year).where(codes(now)).order_by(SchoolClass.id)
    open_codes = [(row.id, row.year) for row in await session.execute(ending)]
    new = select(func.count()).select_from(Member).where(_pupil(), ~pupils(begins))
    stages = await _stages(session)
    return Preview(
        year=year,
        possible=rules.has_come(year, today),
        last=max(stages, default=None),
        moves=rules.moves(rules.count_years(moving), stages),
        new=await session.scalar(new) or 0,
        slips=len(on_slips),
        codes=len(open_codes),
        fingerprint=rules.fingerprint(year, moving, on_slips, open_codes, stages.items()),
    )


def _pupil() -> ColumnElement[bool]:
    return and_(
        Member.role == "member",
        Member.state != "erased",
        Member.year.is_not(None),
        Member.left_at.is_(None),
    )


async def _known(session: AsyncSession) -> int | None:
    return await session.scalar(select(Society.school_year))


async def _first_joined(session: AsyncSession, zone: ZoneInfo) -> date | None:
    first = await session.scalar(select(func.min(Member.created_at)).where(_pupil()))
    return first.astimezone(zone).date() if first is not None else None


async def _stages(session: AsyncSession) -> dict[int, str]:
    """The name of the stage of each year that the society's map has."""
    found = await session.execute(
        select(YearStage.year, Stage.name).join(Stage, Stage.id == YearStage.stage_id)
    )
    return {year: name for year, name in found}

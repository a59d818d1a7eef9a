"""Reading for the console: members through the viewer, the audit log, kept mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.console import rules
from mathsoc.errors import Missing
from mathsoc.mail import KeptMail
from mathsoc.members import rules as member_rules
from mathsoc.members.models import LoginSession, Member
from mathsoc.members.rules import Viewer

ROWS = 50
_SCHOOL = (joinedload(Member.school), joinedload(Member.school_class))


@dataclass(frozen=True)
class Wanted:
    """What a list of members is narrowed to; empty for all."""

    text: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True)
class Found:
    """One page of members, and how many there are on all of them."""

    members: Sequence[Member]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


@dataclass(frozen=True)
class Line:
    """One entry of the audit log; `detail` while it is kept."""

    entry: AuditEntry
    actor: Member | None
    subject: Member | None
    detail: AuditDetail | None


@dataclass(frozen=True)
class Log:
    lines: Sequence[Line]
    # Where the next page begins; None on the last.
    before: datetime | None


async def members(session: AsyncSession, viewer: Viewer, wanted: Wanted, page: int) -> Found:
    """The members that this viewer has and asked for; pages count from 1."""
    chosen = _chosen(viewer, wanted)
    total = await session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = await session.scalars(_listed(chosen).limit(ROWS).offset((page - 1) * ROWS))
    return Found(rows.all(), total, page)


async def all_members(session: AsyncSession, viewer: Viewer, wanted: Wanted) -> Sequence[Member]:
    """As `members`, on one page, for the export."""
    return (await session.scalars(_listed(_chosen(viewer, wanted)))).all()


async def member(session: AsyncSession, viewer: Viewer, handle: str, *, locked: bool = False) -> Member:
    """The member behind a handle with the school and the class; Missing unless this viewer has them.

    With `locked` the row is held, as it is now, until the transaction ends.
    """
    chosen = select(Member).where(Member.handle == handle).options(*_SCHOOL)
    if locked:
        chosen = chosen.with_for_update(of=Member, key_share=True).execution_options(populate_existing=True)
    found = await session.scalar(chosen)
    if found is None or not rules.may_see(
        viewer, role=found.role, state=found.state, school_id=found.school_id
    ):
        raise Missing
    return found


async def sessions_of(session: AsyncSession, member: Member, now: datetime) -> int:
    """How many browsers a member is signed in with."""
    rows = await session.scalars(
        select(LoginSession).where(
            LoginSession.member_id == member.id,
            LoginSession.ended_at.is_(None),
            LoginSession.waits_for_code.is_(False),
        )
    )
    staff = member.role in member_rules.STAFF
    return sum(
        member_rules.session_alive(
            staff=staff, created_at=one.created_at, seen_at=one.seen_at, ended=False, now=now
        )
        for one in rows
    )


async def is_empty(session: AsyncSession) -> bool:
    """Whether there is nobody but one administrator."""
    return await session.scalar(select(func.count()).select_from(Member)) == 1


async def log(session: AsyncSession, *, action: str, who: str, before: datetime | None) -> Log:
    """A page of the audit log, newest first: of one kind of action, about some members, before a moment.

    `who` is a handle or an e-mail, or else a part of a name, which several may have.
    Entries of one moment are never torn apart, so the next page may begin by the moment alone.
    """
    chosen = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if action:
        chosen = chosen.where(AuditEntry.action == action)
    if who:
        chosen = chosen.where(_about(await _meant(session, who)))
    if before is not None:
        chosen = chosen.where(AuditEntry.at < before)
    entries = list(await session.scalars(chosen.limit(ROWS + 1)))
    more = len(entries) > ROWS
    if more:
        last = entries[ROWS - 1].at
        entries = list(await session.scalars(chosen.where(AuditEntry.at >= last)))
        more = await session.scalar(chosen.where(AuditEntry.at < last).limit(1)) is not None
    return Log(await _lines(session, entries), entries[-1].at if more else None)


async def kept_mail(session: AsyncSession) -> Sequence[KeptMail]:
    """The messages that a development server keeps, newest first."""
    return (await session.scalars(select(KeptMail).order_by(KeptMail.id.desc()))).all()


async def kept_message(session: AsyncSession, public_id: str) -> KeptMail:
    """One of them; raises Missing."""
    found = await session.scalar(select(KeptMail).where(KeptMail.public_id == public_id))
    if found is None:
        raise Missing
    return found


def _chosen(viewer: Viewer, wanted: Wanted) -> Select[Member]:
    chosen = select(Member).where(seen_by(viewer))
    if wanted.role:
        chosen = chosen.where(Member.role == wanted.role)
    if wanted.state:
        chosen = chosen.where(Member.state == wanted.state)
    if wanted.text:
        columns = (Member.display_name, Member.real_name, Member.email)
        chosen = chosen.where(or_(*(one.icontains(wanted.text, autoescape=True) for one in columns)))
    return chosen


def _listed(chosen: Select[Member]) -> Select[Member]:
    return chosen.options(*_SCHOOL).order_by(Member.real_name, Member.display_name, Member.id)


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """`rules.may_see`, asked of the database."""
    if viewer.role == "admin":
        return Member.state != "erased"
    if viewer.role != "lead" or viewer.school_id is None:
        return ~true()
    return and_(Member.state != "erased", Member.role == "member", Member.school_id == viewer.school_id)


async def _meant(session: AsyncSession, who: str) -> Select[int]:
    """The ids of the members that `who` means; one who has left is found by the handle alone."""
    exactly = select(Member.id).where(
        or_(Member.handle == who, Member.email == member_rules.normal_email(who))
    )
    if await session.scalar(exactly.limit(1)) is not None:
        return exactly
    names = (Member.display_name, Member.real_name)
    return select(Member.id).where(
        Member.state != "erased", or_(*(one.icontains(who, autoescape=True) for one in names))
    )


def _about(members: Select[int]) -> ColumnElement[bool]:
    return or_(
        AuditEntry.actor_id.in_(members),
        and_(AuditEntry.subject_kind == "member", AuditEntry.subject_id.in_(members)),
    )


async def _lines(session: AsyncSession, entries: Sequence[AuditEntry]) -> list[Line]:
    details = {
        one.entry_id: one
        for one in await session.scalars(
            select(AuditDetail).where(AuditDetail.entry_id.in_([entry.id for entry in entries]))
        )
    }
    subjects = {one.id: one.subject_id for one in entries if one.subject_kind == "member"}
    ids = {one.actor_id for one in entries} | set(subjects.values())
    people = {one.id: one for one in await session.scalars(select(Member).where(Member.id.in_(ids)))}
    return [
        Line(
            one,
            people.get(one.actor_id or 0),
            people.get(subjects.get(one.id) or 0),
            details.get(one.id),
        )
        for one in entries
    ]

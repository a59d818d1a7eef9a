"""Erasing a member: who it was goes, from every table; the ledger stays, and agrees with its standings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids, mail
from mathsoc.accounts.models import MailToken
from mathsoc.audit import Action
from mathsoc.challenges.models import AnswerBox
from mathsoc.jobs import Job
from mathsoc.mail import KeptMail
from mathsoc.mailings import service as mailings
from mathsoc.members import service as members
from mathsoc.members.models import LoginSession, Member
from mathsoc.privacy import rules, scrub, writings
from mathsoc.reports import rules as report_rules
from mathsoc.reports.models import Report
from mathsoc.scoring import service as scoring
from mathsoc.scoring.models import Award
from mathsoc.second_factor.models import RecoveryCode
from mathsoc.slips import service as slips
from mathsoc.slips.models import Slip
from mathsoc.submissions.models import Attempt

BY_HAND = "Points by hand."
DELETED = "The account was deleted."


@dataclass(frozen=True)
class Known:
    """What somebody was known by: names and addresses as a whole, now and as far back as anything says."""

    wholes: frozenset[str]
    addresses: frozenset[str]

    @property
    def parts(self) -> set[str]:
        return rules.names_of(*self.wholes)


async def erase(
    session: AsyncSession, member_id: int, now: datetime, *, keeps_points: bool, actor_id: int | None = None
) -> None:
    """Erase a member at once and for good. The row stays, with nothing in it, for what refers to it.

    Points stay in the ledger without a name, or are reversed. The member stands on no board either way.
    """
    member = await members.locked(session, member_id)
    known = await _known(session, member)
    await _mails(session, member_id, known)
    await _ways_in(session, member_id)
    await _answers(session, member_id, known.parts)
    await _words(session, member_id, known)
    await mailings.forget(session, member_id, now)
    await writings.forget(session, member, known.wholes)
    await audit.erase_details_of(session, member_id)
    await audit.erase_details_that(session, partial(rules.logged_about, wholes=known.wholes))
    _empty(member)
    await session.flush()
    await audit.record(session, Action.ERASED, now, actor_id=actor_id, member_id=member_id)
    await scrub.plan(session, now)
    # Last, since these take the locks of boards and topics: each in the order of the boards.
    await scoring.set_listed(session, member)
    if not keeps_points:
        await _reverse(session, member_id, now)


async def _known(session: AsyncSession, member: Member) -> Known:
    """From the account, its links, and what the log still has of names and addresses before."""
    addresses = set(await session.scalars(select(MailToken.address).where(MailToken.member_id == member.id)))
    names = {member.display_name, member.real_name, member.wished_name, member.login_name or ""}
    for values in await audit.values_about(session, member.id):
        names |= {str(values[key]) for key in ("display_name", "wished_name", "real_name") if key in values}
        addresses |= {str(values["email"])} if values.get("email") else set()
    # One that was only asked for, or given up since, may be somebody else's.
    others = select(Member.email).where(Member.email.in_(addresses), Member.id != member.id)
    addresses -= set(await session.scalars(others))
    if member.email is not None:
        addresses.add(member.email)
    return Known(frozenset((names | addresses) - {""}), frozenset(addresses))


def _empty(member: Member) -> None:
    member.handle = ids.public_id()
    member.email = member.login_name = member.password_hash = None
    member.display_name, member.real_name, member.wished_name = rules.FORMER, "", ""
    member.year = member.class_id = member.school_id = None
    member.totp_secret = member.totp_new_secret = member.totp_since = member.totp_step = None
    member.role, member.state, member.joined_by = "member", "erased", ""
    member.seen_at = member.left_at = member.told_at = member.kept_at = member.erase_at = None
    member.hidden, member.keeps_points, member.keeps_credit = False, True, False
    member.newsletters_since = None


async def _ways_in(session: AsyncSession, member_id: int) -> None:
    for table in (LoginSession, RecoveryCode, Slip):
        await session.execute(delete(table).where(table.member_id == member_id))
    await session.execute(
        delete(MailToken).where(or_(MailToken.member_id == member_id, MailToken.made_by_id == member_id))
    )
    # Ways back that a lead has made into others' accounts go too; slips of approved lists go on being good.
    await slips.end_ways_back(session, member_id)
    await session.execute(update(Slip).where(Slip.made_by_id == member_id).values(made_by_id=None))


async def _mails(session: AsyncSession, member_id: int, known: Known) -> None:
    """Messages to the member, kept or queued, whether the job knows them by id or by address."""
    await session.execute(delete(KeptMail).where(KeptMail.recipient.in_(known.addresses)))
    await session.execute(delete(MailToken).where(MailToken.address.in_(known.addresses)))
    waiting = select(Job).where(Job.name == mail.JOB, Job.done_at.is_(None))
    for job in (await session.scalars(waiting)).all():
        if job.payload.get("member_id") == member_id or job.payload.get("email") in known.addresses:
            await session.delete(job)


async def _answers(session: AsyncSession, member_id: int, names: set[str]) -> None:
    """Answers are mathematics and stay, but for words of one's own and what has a name in it."""
    chosen = (
        select(Attempt.id, Attempt.answer, Attempt.reason, AnswerBox.kind)
        .join(AnswerBox, AnswerBox.id == Attempt.box_id)
        .where(Attempt.member_id == member_id)
    )
    for attempt_id, answer, reason, kind in (await session.execute(chosen)).all():
        if kind == "text" or rules.tells(answer, names) or rules.tells(reason, names):
            emptied = update(Attempt).where(Attempt.id == attempt_id).values(answer="", reason="")
            await session.execute(emptied)
    await session.execute(
        update(Attempt).where(Attempt.member_id == member_id).values(token=Attempt.public_id)
    )


async def _words(session: AsyncSession, member_id: int, known: Known) -> None:
    """What others wrote about them, and they about others: reports, and reasons for points by hand."""
    await session.execute(update(Report).where(Report.member_id == member_id).values(shown="", reason=""))
    await session.execute(update(Report).where(Report.made_by_id == member_id).values(reason=""))
    for report in await session.scalars(select(Report).where(Report.reason != "")):
        if rules.tells(report_rules.said(report.reason), map(rules.folded, known.wholes)):
            report.reason = ""
    given = select(Award).where(Award.member_id == member_id, Award.kind == "manual")
    for award in await session.scalars(given):
        award.reason = BY_HAND


async def _reverse(session: AsyncSession, member_id: int, now: datetime) -> None:
    """Take every line of theirs back that has not been taken back, board by board."""
    reversed_ids = select(Award.reverses_id).where(Award.reverses_id.is_not(None))
    lines = await session.scalars(
        select(Award)
        .where(Award.member_id == member_id, Award.kind != "reversal", Award.id.not_in(reversed_ids))
        .order_by(Award.competition_id, Award.stage_id, Award.id)
    )
    boards: dict[tuple[int, int], list[Award]] = {}
    for line in lines.all():
        back = Award(
            competition_id=line.competition_id,
            stage_id=line.stage_id,
            school_id=line.school_id,
            member_id=member_id,
            challenge_id=line.challenge_id,
            kind="reversal",
            points=-line.points,
            reason=DELETED,
            reverses_id=line.id,
            awarded_at=now,
        )
        boards.setdefault((line.competition_id, line.stage_id), []).append(back)
    for awards in boards.values():
        await scoring.add_to_ledger(session, awards)

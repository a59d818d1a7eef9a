"""Reading what a member has solved and sent. Every question is a few statements, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.scoring.models import Award, Completion
from mathsoc.submissions import rules
from mathsoc.submissions.models import Attempt

ROWS = 50


@dataclass(frozen=True)
class About:
    """The challenge that something is about; no title or address once it may not be seen any more."""

    title: str
    slug: str
    competition: str


@dataclass(frozen=True)
class Solved:
    about: About
    points: int
    at: datetime


@dataclass(frozen=True)
class Sent:
    """One own attempt. `label` and `letter` are the box's."""

    label: str
    letter: str
    number: int | None
    answer: str
    outcome: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Together:
    """Attempts at one challenge, with none at another between them; `points` once it is complete."""

    about: About
    points: int | None
    sent: list[Sent] = field(default_factory=list)


@dataclass(frozen=True)
class Sendings:
    """One page of own attempts, newest first."""

    groups: Sequence[Together]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


async def solved(session: AsyncSession, member_id: int, now: datetime, *, limit: int) -> list[Solved]:
    """The challenges that a member completed last, newest first."""
    points = (
        select(func.coalesce(func.sum(Award.points), 0))
        .where(Award.member_id == Completion.member_id, Award.challenge_id == Completion.challenge_id)
        .correlate(Completion)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Challenge, Completion.completed_at, points)
        .join(Completion, Completion.challenge_id == Challenge.id)
        .where(Completion.member_id == member_id)
        .options(joinedload(Challenge.competition))
        .order_by(Completion.completed_at.desc(), Challenge.id.desc())
        .limit(limit)
    )
    return [Solved(_about(challenge, now), brought, at) for challenge, at, brought in rows]


async def sendings(session: AsyncSession, member_id: int, now: datetime, *, page: int) -> Sendings:
    """A page of a member's attempts, each as it was told at the time and without any key; from page 1."""
    own = select(func.count()).select_from(Attempt).where(Attempt.member_id == member_id)
    total = await session.scalar(own) or 0
    rows = await session.execute(
        select(Attempt, AnswerBox, Challenge)
        .join(AnswerBox, AnswerBox.id == Attempt.box_id)
        .join(Challenge, Challenge.id == Attempt.challenge_id)
        .where(Attempt.member_id == member_id)
        .options(joinedload(Challenge.competition), selectinload(Challenge.boxes))
        .order_by(Attempt.recorded_at.desc(), Attempt.id.desc())
        .limit(ROWS)
        .offset((page - 1) * ROWS)
    )
    found = rows.all()
    points = await _points(session, member_id, {challenge.id for _, _, challenge in found})
    groups: list[Together] = []
    before: Challenge | None = None
    for attempt, box, challenge in found:
        if challenge is not before:
            groups.append(Together(_about(challenge, now), points.get(challenge.id)))
            before = challenge
        groups[-1].sent.append(_sent(attempt, box, challenge, seen=bool(groups[-1].about.slug)))
    return Sendings(groups, total, page)


async def _points(session: AsyncSession, member_id: int, challenge_ids: set[int]) -> dict[int, int]:
    """What each of these challenges brought; nothing for those that are not complete."""
    rows = await session.execute(
        select(Award.challenge_id, func.sum(Award.points))
        .join(
            Completion,
            (Completion.challenge_id == Award.challenge_id) & (Completion.member_id == Award.member_id),
        )
        .where(Award.member_id == member_id, Award.challenge_id.in_(challenge_ids))
        .group_by(Award.challenge_id)
    )
    return {challenge_id: points for challenge_id, points in rows if challenge_id is not None}


def _about(challenge: Challenge, now: datetime) -> About:
    if not challenges.window(challenge).phase(now).released:
        return About("", "", challenge.competition.name)
    return About(challenge.title, challenge.slug, challenge.competition.name)


def _sent(attempt: Attempt, box: AnswerBox, challenge: Challenge, *, seen: bool) -> Sent:
    several = len(challenge.boxes) > 1
    return Sent(
        label=box.label if seen else "",
        letter=rules.letter(challenge.boxes.index(box)) if several else "",
        number=attempt.number,
        answer=attempt.answer,
        outcome=attempt.outcome,
        reason=attempt.reason if attempt.outcome == "incorrect" else "",
        at=attempt.recorded_at,
    )

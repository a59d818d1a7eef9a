"""Reading attempts, and the boxes of a challenge as one member sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.competitions import queries as competitions
from mathsoc.marking import Reading, Scheme, read
from mathsoc.members.rules import Viewer
from mathsoc.schools import queries as schools
from mathsoc.scoring.models import Completion
from mathsoc.submissions import rules
from mathsoc.submissions.models import Attempt


@dataclass(frozen=True)
class Given:
    """An own attempt as it is shown again."""

    number: int | None
    answer: str
    reading: Reading
    outcome: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True)
class BoxView:
    """A box as a member sees it: everything the fragment shows, and no key."""

    id: str
    label: str
    hint: str
    kind: str
    scheme: Scheme
    letter: str
    state: rules.BoxState
    given: Sequence[Given]


async def boxes(
    session: AsyncSession, challenge: Challenge, viewer: Viewer | None, now: datetime
) -> list[BoxView]:
    """All boxes of a challenge for this viewer."""
    attempts: defaultdict[int, list[Attempt]] = defaultdict(list)
    if viewer is not None:
        for attempt in await of_challenge(session, challenge.id, viewer.id):
            attempts[attempt.box_id].append(attempt)
    counts = await competes(session, challenge, viewer)
    phase = challenges.window(challenge).phase(now)
    return [box_view(challenge, box, attempts[box.id], phase, counts) for box in challenge.boxes]


def box_view(
    challenge: Challenge, box: AnswerBox, attempts: Sequence[Attempt], phase: Phase, counts: bool
) -> BoxView:
    """The box as the member who made these attempts sees it."""
    scheme = reading_scheme(box)
    sent = [rules.Sent(one.outcome, one.number, one.sends) for one in attempts]
    return BoxView(
        id=box.public_id,
        label=box.label,
        hint=box.hint,
        kind=box.kind,
        scheme=scheme,
        letter=rules.letter(challenge.boxes.index(box)) if len(challenge.boxes) > 1 else "",
        state=rules.box_state(phase, limit_of(challenge, box), sent, competes=counts),
        given=[
            Given(one.number, one.answer, read(one.answer, scheme), one.outcome, one.reason, one.recorded_at)
            for one in attempts
        ],
    )


def limit_of(challenge: Challenge, box: AnswerBox) -> int:
    return box.attempt_limit or challenge.competition.attempt_limit


def reading_scheme(box: AnswerBox) -> Scheme:
    """What is needed to read an answer; the key stays in the database."""
    return Scheme(kind=box.kind, options=box.options)


def marking_scheme(box: AnswerBox) -> Scheme:
    """What is needed to mark an answer; the box must have been loaded with its key."""
    return Scheme(
        kind=box.kind, key=box.key, options={**box.options, **({"also": list(box.also)} if box.also else {})}
    )


async def competes(session: AsyncSession, challenge: Challenge, viewer: Viewer | None) -> bool:
    """Whether this viewer's answers to the challenge count for points."""
    if viewer is None or not viewer.may_score:
        return False
    own = await _own_stage(session, challenge.competition_id, viewer)
    return rules.competes(
        may_score=True, answers=challenge.competition.answers, own_stage_id=own, stage_id=challenge.stage_id
    )


async def not_for(session: AsyncSession, cards: Sequence[challenges.Card], viewer: Viewer | None) -> set[str]:
    """Slugs of the challenges that this member may not answer: each is for another stage alone."""
    if viewer is None or not viewer.may_score:
        return set()
    limited = [card for card in cards if card.own_stage_only]
    stages = {
        one: await _own_stage(session, one, viewer) for one in {card.competition_id for card in limited}
    }
    return {card.slug for card in limited if card.stage_id != stages[card.competition_id]}


async def _own_stage(session: AsyncSession, competition_id: int, viewer: Viewer) -> int | None:
    """The stage that the member entered the competition in, and before that the stage of their year."""
    entry = await competitions.entry(session, competition_id, viewer.id)
    return entry.stage_id if entry else await schools.stage_of_year(session, viewer.year)


async def by_token(session: AsyncSession, member_id: int, token: str) -> Attempt | None:
    return await session.scalar(select(Attempt).where(Attempt.member_id == member_id, Attempt.token == token))


async def last_recorded(session: AsyncSession, challenge_id: int) -> datetime | None:
    return await session.scalar(
        select(func.max(Attempt.recorded_at)).where(Attempt.challenge_id == challenge_id)
    )


async def members_answered(session: AsyncSession, challenge_id: int) -> int:
    """How many members have sent an answer to a challenge."""
    chosen = select(func.count(Attempt.member_id.distinct())).where(Attempt.challenge_id == challenge_id)
    return await session.scalar(chosen) or 0


async def solved_slugs(session: AsyncSession, member_id: int) -> set[str]:
    """Slugs of the challenges that the member has completed, for ticks in lists."""
    found = await session.scalars(
        select(Challenge.slug)
        .join(Completion, Completion.challenge_id == Challenge.id)
        .where(Completion.member_id == member_id)
    )
    return set(found)


async def of_challenge(session: AsyncSession, challenge_id: int, member_id: int) -> Sequence[Attempt]:
    """A member's attempts at a challenge, in order."""
    return (
        await session.scalars(
            select(Attempt)
            .where(Attempt.challenge_id == challenge_id, Attempt.member_id == member_id)
            .order_by(Attempt.id)
        )
    ).all()

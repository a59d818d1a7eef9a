"""What sending an answer changes: the attempt, and on completion the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions import service as competitions
from mathsoc.competitions.models import Entry
from mathsoc.errors import MathsocError, Refused
from mathsoc.marking import Scheme, Verdict
from mathsoc.members.rules import Viewer
from mathsoc.scoring import service as scoring
from mathsoc.submissions import queries, rules
from mathsoc.submissions.models import Attempt


class KeyMoved(MathsocError):
    """The key was corrected while the answer was being marked; mark again and record that."""


@dataclass(frozen=True)
class Question:
    """What the first, reading unit of work takes along to the marking."""

    competition_id: int
    challenge_id: int
    box_id: int
    key_revision: int
    scheme: Scheme


@dataclass(frozen=True)
class Answer:
    """What a member sent, when it arrived, and the token of the form it came with."""

    text: str
    token: str
    received_at: datetime


@dataclass(frozen=True)
class Recorded:
    """What became of a sent answer; `repeated`: `attempt` is an earlier one, and speaks for this send too."""

    attempt: Attempt
    completed: scoring.Completed | None = None
    repeated: bool = False


async def question(session: AsyncSession, challenge: Challenge, box: AnswerBox) -> Question:
    """The box with its key, for marking with no transaction held."""
    keyed = await challenges.box_with_key(session, box.id)
    return Question(
        competition_id=challenge.competition_id,
        challenge_id=challenge.id,
        box_id=box.id,
        key_revision=keyed.key_revision,
        scheme=queries.marking_scheme(keyed),
    )


async def record(
    session: AsyncSession, viewer: Viewer, question: Question, answer: Answer, verdict: Verdict
) -> Recorded:
    """Store a marked, readable answer as an attempt and award what it completes.

    Locks entry, challenge and board, in that order. The same token again gives the same attempt.
    Raises KeyMoved when the key changed since it was read, Refused when the answer may not count.
    """
    entry = await competitions.enter_and_lock(session, question.competition_id, viewer.id, answer.received_at)
    repeated = await queries.by_token(session, viewer.id, answer.token)
    if repeated is not None and repeated.box_id == question.box_id:
        return Recorded(repeated, repeated=True)
    if repeated is not None:
        raise Refused("This form was used before, for another answer. Reload the page and send again.")
    challenge = await _locked_challenge(session, question.challenge_id)
    box = next(one for one in challenge.boxes if one.id == question.box_id)
    if box.key_revision != question.key_revision:
        raise KeyMoved
    attempts = await queries.of_challenge(session, challenge.id, viewer.id)
    state = _state(viewer, entry, challenge, box, attempts, answer.received_at)
    if (reason := rules.refusal(state)) is not None:
        raise Refused(reason, "answer")
    if verdict.outcome == "undecided" and (waiting := _waiting(attempts, box)) is not None:
        waiting.sends += 1
        return Recorded(waiting, repeated=True)
    attempt = await _add_attempt(session, viewer, box, answer, verdict, number=state.used + 1)
    completed = None
    solved = {one.box_id for one in [*attempts, attempt] if one.outcome == "correct"}
    if attempt.outcome == "correct" and solved >= {one.id for one in challenge.boxes}:
        completed = await scoring.complete(
            session, challenge.competition, entry, challenge.id, challenge.stage_id, attempt.recorded_at
        )
    return Recorded(attempt, completed)


def _waiting(attempts: Sequence[Attempt], box: AnswerBox) -> Attempt | None:
    return next((one for one in attempts if one.box_id == box.id and one.outcome == "undecided"), None)


async def _locked_challenge(session: AsyncSession, challenge_id: int) -> Challenge:
    """The challenge with its boxes and competition, as it is under its lock."""
    chosen = (
        select(Challenge)
        .where(Challenge.id == challenge_id)
        .options(joinedload(Challenge.competition), selectinload(Challenge.boxes))
        .with_for_update(key_share=True, of=Challenge)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(chosen)).one()


def _state(
    viewer: Viewer,
    entry: Entry,
    challenge: Challenge,
    box: AnswerBox,
    attempts: Sequence[Attempt],
    received_at: datetime,
) -> rules.BoxState:
    counts = rules.competes(
        may_score=viewer.may_score,
        answers=challenge.competition.answers,
        own_stage_id=entry.stage_id,
        stage_id=challenge.stage_id,
    )
    own = [rules.Sent(one.outcome, one.number, one.sends) for one in attempts if one.box_id == box.id]
    phase = challenges.window(challenge).phase(received_at)
    return rules.box_state(phase, queries.limit_of(challenge, box), own, competes=counts)


async def _add_attempt(
    session: AsyncSession, viewer: Viewer, box: AnswerBox, answer: Answer, verdict: Verdict, *, number: int
) -> Attempt:
    last = await queries.last_recorded(session, box.challenge_id)
    attempt = Attempt(
        member_id=viewer.id,
        challenge_id=box.challenge_id,
        box_id=box.id,
        number=None if verdict.outcome == "undecided" else number,
        token=answer.token,
        answer=answer.text,
        outcome=verdict.outcome,
        method=verdict.method,
        # That the value differs is what "incorrect" says already; other classes help the next try.
        reason="" if verdict.reason_class == "value" else verdict.reason[:500],
        key_revision=box.key_revision,
        received_at=answer.received_at,
        recorded_at=rules.next_recorded(clock.now(), last),
    )
    session.add(attempt)
    await session.flush()
    return attempt

"""What sending an answer changes: the attempt, and on completion the points."""

from __future__ import annotations

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
    """What became of a sent answer."""

    attempt: Attempt
    completed: scoring.Completed | None


async def question(session: AsyncSession, challenge: Challenge, box: AnswerBox) -> Question:
    """The box with its key, for marking with no transaction held."""
    keyed = await challenges.box_with_key(session, box.id)
    return Question(challenge.id, box.id, keyed.key_revision, queries.marking_scheme(keyed))


async def record(
    session: AsyncSession, viewer: Viewer, question: Question, answer: Answer, verdict: Verdict
) -> Recorded:
    """Store a marked, readable answer as an attempt and award what it completes.

    Locks entry, challenge and board, in that order. The same token again gives the same attempt.
    Raises KeyMoved when the key changed since it was read, Refused when the answer may not count.
    """
    challenge = await _challenge(session, question.challenge_id)
    entry = await competitions.enter_and_lock(
        session, challenge.competition_id, viewer.id, answer.received_at
    )
    repeated = await queries.by_token(session, viewer.id, answer.token)
    if repeated is not None:
        return Recorded(repeated, None)
    await _lock(session, challenge)
    box = await _box(session, question)
    await _refuse_unless_open(session, viewer, entry, challenge, box, answer, verdict)
    attempt = await _add_attempt(session, viewer, challenge, box, answer, verdict)
    completed = None
    if attempt.outcome == "correct":
        solved = await queries.solved_boxes(session, viewer.id, challenge.id)
        if solved >= {one.id for one in challenge.boxes}:
            completed = await scoring.complete(
                session, challenge.competition, entry, challenge.id, challenge.stage_id, attempt.recorded_at
            )
    return Recorded(attempt, completed)


async def _challenge(session: AsyncSession, challenge_id: int) -> Challenge:
    chosen = (
        select(Challenge)
        .where(Challenge.id == challenge_id)
        .options(joinedload(Challenge.competition), selectinload(Challenge.boxes))
    )
    return (await session.scalars(chosen)).one()


async def _lock(session: AsyncSession, challenge: Challenge) -> None:
    """Take the challenge's lock and read its times again under it."""
    await session.refresh(
        challenge,
        ["release_at", "lock_at", "locked_at", "practice", "stage_id"],
        with_for_update={"key_share": True},
    )


async def _box(session: AsyncSession, question: Question) -> AnswerBox:
    box = (
        await session.scalars(
            select(AnswerBox).where(AnswerBox.id == question.box_id).execution_options(populate_existing=True)
        )
    ).one()
    if box.key_revision != question.key_revision:
        raise KeyMoved
    return box


async def _refuse_unless_open(
    session: AsyncSession,
    viewer: Viewer,
    entry: Entry,
    challenge: Challenge,
    box: AnswerBox,
    answer: Answer,
    verdict: Verdict,
) -> None:
    attempts = await queries.of_box(session, viewer.id, box.id)
    counts = rules.competes(
        may_score=viewer.may_score,
        answers=challenge.competition.answers,
        own_stage_id=entry.stage_id,
        stage_id=challenge.stage_id,
    )
    state = rules.box_state(
        challenges.window(challenge).phase(answer.received_at),
        queries.limit_of(challenge, box),
        [rules.Sent(one.outcome, one.number) for one in attempts],
        competes=counts,
    )
    if (reason := rules.refusal(state, verdict.outcome)) is not None:
        raise Refused(reason, "answer")


async def _add_attempt(
    session: AsyncSession,
    viewer: Viewer,
    challenge: Challenge,
    box: AnswerBox,
    answer: Answer,
    verdict: Verdict,
) -> Attempt:
    used = sum(one.number is not None for one in await queries.of_box(session, viewer.id, box.id))
    attempt = Attempt(
        member_id=viewer.id,
        challenge_id=challenge.id,
        box_id=box.id,
        number=None if verdict.outcome == "undecided" else used + 1,
        token=answer.token,
        answer=answer.text,
        outcome=verdict.outcome,
        method=verdict.method,
        # That the value differs is what "incorrect" says already; other classes help the next try.
        reason="" if verdict.reason_class == "value" else verdict.reason[:500],
        key_revision=box.key_revision,
        received_at=answer.received_at,
        recorded_at=rules.next_recorded(clock.now(), await queries.last_recorded(session, challenge.id)),
    )
    session.add(attempt)
    await session.flush()
    return attempt

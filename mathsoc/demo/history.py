"""What the demonstration's members have answered so far, sent through the same service as a real answer."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.marking import mark, read_key
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.schools import queries as schools
from mathsoc.submissions import rules, service

COMPLETIONS_EACH = 9  # members who complete a challenge, at most
WRONG = {"equation": "x=1", "inequality": "x<1", "interval": "(0, 1)", "matrix": "[[1, 1]]"}


async def play(session: AsyncSession, members: list[Member], now: datetime) -> None:
    """Let some members answer every challenge that has been open, in order of time."""
    choose = random.Random(7)  # noqa: S311 - invented history, the same at every start
    chosen = select(Challenge).options(selectinload(Challenge.boxes), joinedload(Challenge.competition))
    for challenge in (await session.scalars(chosen.order_by(Challenge.release_at, Challenge.id))).all():
        window = challenges.window(challenge)
        released = window.released_at
        if released is None or window.phase(released) is not Phase.OPEN or released > now:
            continue
        end = min(window.locks_at or now, now)
        able = [
            one for one in members[1:] if one.state == "active" and await _may_answer(session, challenge, one)
        ]
        solvers = choose.sample(able, min(len(able), COMPLETIONS_EACH))
        moments = sorted(released + (end - released) * choose.random() for _ in solvers)
        for member, moment in zip(solvers, moments, strict=True):
            await _answer_all(session, challenge, member, moment, errs=choose.random() < 0.3)


async def _may_answer(session: AsyncSession, challenge: Challenge, member: Member) -> bool:
    own = await schools.stage_of_year(session, member.year)
    return rules.competes(may_score=True, answers="own", own_stage_id=own, stage_id=challenge.stage_id)


async def _answer_all(
    session: AsyncSession, challenge: Challenge, member: Member, moment: datetime, *, errs: bool
) -> None:
    viewer = Viewer(
        member.id,
        member.handle,
        member.display_name,
        member.role,
        member.state,
        member.year,
        member.school_id,
        0,
        moment,
    )
    for box in challenge.boxes:
        question = await service.question(session, challenge, box)
        right = read_key(question.scheme.key, question.scheme).plain
        texts = [WRONG.get(box.kind, "7"), right] if errs else [right]
        for text in texts:
            moment += timedelta(seconds=20)
            with clock.moved_to(moment):
                answer = service.Answer(text, f"demo-{box.id}-{moment.timestamp():.0f}", moment)
                await service.record(session, viewer, question, answer, mark(text, question.scheme))

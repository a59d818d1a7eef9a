"""The answer box: reading while typing, and sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from quart import Blueprint, Response, g
from sqlalchemy.exc import DBAPIError, IntegrityError

from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.challenges.views import challenge_context, new_token, shown_challenge
from mathsoc.errors import Busy, Refused
from mathsoc.marking import Verdict, read
from mathsoc.marking.pool import mark_bounded
from mathsoc.submissions import queries, rules, service
from mathsoc.submissions.models import Attempt
from mathsoc.web.forms import sent
from mathsoc.web.pages import page
from mathsoc.web.turns import members_turn
from mathsoc.web.unit_of_work import database, reads_only, release, session, writing

blueprint = Blueprint("submissions", __name__)

LONGEST_TOKEN = 64
TRIES_TO_RECORD = 4
OUR_FAULT = ("busy", "stopped")  # methods of a verdict that nobody came to


@blueprint.post("/challenges/<slug>/boxes/<box_id>/reading")
@reads_only
async def reading(slug: str, box_id: str) -> Response:
    """How an answer is read. The key is loaded only where right and wrong may be told."""
    answer = (await sent()).get("answer", "")
    asked = await _asked(slug, box_id)
    challenge, view = asked.challenge, asked.view
    verdict = None
    if view.state.phase.tells_right_from_wrong:
        question = await service.question(await session(), challenge, asked.box)
        await release()
        verdict = await _mark(question, service.Answer(answer, "", g.received_at))
    unread = verdict is not None and not verdict.reading.ok  # it may come to light in marking only
    found = verdict.reading if verdict and unread else read(answer, view.scheme)
    return await page(
        "submissions/reading.html",
        fragment="submissions/_reading.html",
        challenge=challenge,
        box=view,
        answer=answer,
        reading=found,
        practice=verdict,
        token=new_token(),
    )


@blueprint.post("/challenges/<slug>/boxes/<box_id>/attempts")
@reads_only
async def send(slug: str, box_id: str) -> Response:
    """Two units of work with the marking between them, so that no lock waits for mathematics."""
    fields = await sent()
    answer = service.Answer(
        fields.get("answer", ""), (fields.get("token") or new_token())[:LONGEST_TOKEN], g.received_at
    )
    asked = await _asked(slug, box_id)
    state = asked.view.state
    if any(one.token == answer.token for one in asked.attempts):
        return await _shown(slug, box_id)
    practice = state.phase.tells_right_from_wrong
    if not practice and (reason := rules.refusal(state)) is not None:
        return await _shown(slug, box_id, refused=reason, answer=answer.text, status=409)
    question = await service.question(await session(), asked.challenge, asked.box)
    await release()
    verdict = await _mark(question, answer)
    if practice:
        return await _shown(slug, box_id, answer=answer.text, verdict=verdict)
    try:
        verdict, recorded = await _record(question, answer, verdict)
    except Refused as refused:
        return await _shown(slug, box_id, refused=refused.message, answer=answer.text, status=409)
    if recorded is None:
        return await _shown(slug, box_id, answer=answer.text, verdict=verdict, status=422)
    if recorded.repeated:
        # Only what was recorded is told: a verdict on this text would be a guess that cost nothing.
        return await _shown(slug, box_id, answer=answer.text)
    return await _shown(slug, box_id, answer=answer.text, verdict=verdict, completed=recorded.completed)


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the challenge, the box, and the box as the viewer sees it."""

    challenge: Challenge
    box: AnswerBox
    attempts: Sequence[Attempt]
    view: queries.BoxView


async def _asked(slug: str, box_id: str) -> Asked:
    challenge = await shown_challenge(slug)
    box = challenges.box_of(challenge, box_id)
    db = await session()
    attempts = await queries.of_challenge(db, challenge.id, g.viewer.id)
    counts = await queries.competes(db, challenge, g.viewer)
    phase = challenges.window(challenge).phase(g.received_at)
    own = [one for one in attempts if one.box_id == box.id]
    return Asked(challenge, box, attempts, queries.box_view(challenge, box, own, phase, counts))


async def _mark(question: service.Question, answer: service.Answer) -> Verdict:
    """The verdict; one answer of a member at a time, so that nobody fills the workers alone."""
    async with members_turn():
        verdict = await mark_bounded(answer.text, question.scheme)
    if verdict.method in OUR_FAULT:
        raise Busy("The marking is very busy. Nothing was counted; please send it again in a moment.")
    return verdict


async def _record(
    question: service.Question, answer: service.Answer, verdict: Verdict
) -> tuple[Verdict, service.Recorded | None]:
    """The writing unit; again after a race on a unique key or a key corrected meanwhile.

    Nothing is recorded of what cannot be read.
    """
    for _ in range(TRIES_TO_RECORD):
        if verdict.outcome == "unreadable":
            return verdict, None
        try:
            async with writing() as db:
                return verdict, await service.record(db, g.viewer, question, answer, verdict)
        except service.KeyMoved:
            async with database().reading() as db:
                keyed = await challenges.box_with_key(db, question.box_id)
            question = replace(
                question, key_revision=keyed.key_revision, scheme=queries.marking_scheme(keyed)
            )
            verdict = await _mark(question, answer)
        except (IntegrityError, DBAPIError) as error:
            if not _passing(error):
                raise
    raise Busy("Many answers came at once. Nothing was counted; please send it again.")


def _passing(error: DBAPIError) -> bool:
    """Whether trying again may help: a unique key met in a race, or a deadlock the database broke up."""
    code = getattr(error.orig, "sqlstate", None)
    return isinstance(error, IntegrityError) or code in ("40001", "40P01")


async def _shown(
    slug: str,
    box_id: str,
    *,
    answer: str = "",
    status: int = 200,
    verdict: Verdict | None = None,
    **context: Any,
) -> Response:
    """The box after a send, in place for htmx, on the whole challenge page without it."""
    challenge = await shown_challenge(slug)
    shown = await challenge_context(challenge)
    (box,) = [one for one in shown["boxes"] if one.id == box_id]
    return await page(
        "challenges/show.html",
        fragment="submissions/sent.html",
        status=status,
        box=box,
        outcome={"box": box_id, "answer": answer, "verdict": verdict, **context},
        **shown,
    )

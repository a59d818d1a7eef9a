"""The answer box: reading while typing, and sending."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response, g
from sqlalchemy.exc import DBAPIError, IntegrityError

from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.challenges.views import challenge_context, new_token, shown_challenge
from mathsoc.errors import MathsocError, Refused
from mathsoc.marking import Verdict, read
from mathsoc.marking.pool import mark_bounded
from mathsoc.submissions import queries, rules, service
from mathsoc.web.forms import sent
from mathsoc.web.pages import page
from mathsoc.web.unit_of_work import database, reads_only, release, session

blueprint = Blueprint("submissions", __name__)

LONGEST_TOKEN = 64
TRIES_TO_RECORD = 4


class Busy(MathsocError):
    """The answer could not be recorded in several tries; nothing was counted."""


@blueprint.post("/challenges/<slug>/boxes/<box_id>/reading")
@reads_only
async def reading(slug: str, box_id: str) -> Response:
    """How an answer is read. The key is loaded only where right and wrong may be told."""
    answer = (await sent()).get("answer", "")
    challenge, box = await _asked(slug, box_id)
    view = await queries.box(await session(), challenge, box, g.viewer, g.received_at)
    verdict = None
    if view.state.phase.tells_right_from_wrong:
        question = await service.question(await session(), challenge, box)
        await release()
        verdict = await mark_bounded(answer, question.scheme)
    found = verdict.reading if verdict else read(answer, view.scheme)
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
    challenge, box = await _asked(slug, box_id)
    db = await session()
    view = await queries.box(db, challenge, box, g.viewer, g.received_at)
    repeated = await queries.by_token(db, g.viewer.id, answer.token)
    if repeated is not None:
        return await _shown(slug, box_id, attempt=repeated)
    practice = view.state.phase.tells_right_from_wrong
    if not practice and (reason := rules.refusal(view.state)) is not None:
        return await _shown(slug, box_id, refused=reason, answer=answer.text, status=409)
    question = await service.question(db, challenge, box)
    await release()
    verdict = await mark_bounded(answer.text, question.scheme)
    if practice or verdict.outcome == "unreadable":
        return await _shown(
            slug, box_id, verdict=verdict, answer=answer.text, status=200 if practice else 422
        )
    try:
        recorded = await _record(question, answer, verdict)
    except Refused as refused:
        return await _shown(slug, box_id, refused=refused.message, answer=answer.text, status=409)
    return await _shown(
        slug,
        box_id,
        answer=answer.text,
        attempt=recorded.attempt,
        verdict=verdict,
        completed=recorded.completed,
    )


async def _asked(slug: str, box_id: str) -> tuple[Challenge, AnswerBox]:
    challenge = await shown_challenge(slug)
    return challenge, challenges.box_of(challenge, box_id)


async def _record(question: service.Question, answer: service.Answer, verdict: Verdict) -> service.Recorded:
    """The writing unit; again after a race on a unique key or a key corrected meanwhile."""
    for _ in range(TRIES_TO_RECORD):
        try:
            async with database().writing() as db:
                return await service.record(db, g.viewer, question, answer, verdict)
        except service.KeyMoved:
            async with database().reading() as db:
                keyed = await challenges.box_with_key(db, question.box_id)
                question = service.Question(
                    question.challenge_id, question.box_id, keyed.key_revision, queries.marking_scheme(keyed)
                )
            verdict = await mark_bounded(answer.text, question.scheme)
        except (IntegrityError, DBAPIError) as error:
            if not _passing(error):
                raise
    raise Busy


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
    challenge, box = await _asked(slug, box_id)
    outcome = {"box": box_id, "answer": answer, "verdict": verdict, **context}
    response = await page(
        "challenges/show.html",
        fragment="submissions/sent.html",
        status=status,
        box=await queries.box(await session(), challenge, box, g.viewer, g.received_at),
        outcome=outcome,
        **await challenge_context(challenge),
    )
    if context.get("completed"):
        response.headers["HX-Trigger"] = "mathsoc:sent"
    return response

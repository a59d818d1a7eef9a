"""Challenges: the list, and the page with its answer boxes."""

from __future__ import annotations

import secrets
from typing import Any

from quart import Blueprint, Response, current_app, g
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.challenges import queries
from mathsoc.challenges.models import Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.competitions import queries as competitions
from mathsoc.marking import Reading, Scheme, read_key
from mathsoc.members.rules import SEES_KEYS
from mathsoc.publishing import queries as posts
from mathsoc.publishing.rules import audience_of
from mathsoc.scoring import queries as scoring
from mathsoc.submissions import queries as submissions
from mathsoc.web.pages import page
from mathsoc.web.texts import Text, text
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("challenges", __name__)


@blueprint.get("/challenges")
async def index() -> Response:
    db = await session()
    now = clock.now()
    listed = queries.by_phase(await queries.released(db, now, signed_in=g.viewer is not None))
    return await page(
        "challenges/index.html",
        open=listed["open"],
        practice=listed["practice"],
        locked=listed["locked"],
        solved=await submissions.solved_slugs(db, g.viewer.id) if g.viewer else set(),
        not_for=await submissions.not_for(db, listed["open"], g.viewer),
        strip=await posts.strip(db, audience_of(g.viewer), now),
    )


@blueprint.get("/challenges/<slug>")
async def show(slug: str) -> Response:
    challenge, version = await _shown(slug)
    return await page("challenges/show.html", outcome=None, **await challenge_context(challenge, version))


async def shown_challenge(slug: str) -> Challenge:
    """The challenge of this address for the viewer, at the moment the request arrived."""
    return (await _shown(slug))[0]


async def _shown(slug: str) -> tuple[Challenge, int]:
    return await queries.shown_and_version(
        await session(),
        slug,
        g.received_at,
        signed_in=g.viewer is not None,
        sees_keys=g.viewer is not None and g.viewer.role in SEES_KEYS,
    )


async def challenge_context(challenge: Challenge, version: int | None = None) -> dict[str, Any]:
    """What the challenge page shows; keys and solution only once the challenge is locked.

    `version` is of its texts, where it was read with the challenge.
    """
    db = await session()
    window = queries.window(challenge)
    phase = window.phase(g.received_at)
    revealed = phase is Phase.LOCKED
    sees_keys = g.viewer is not None and g.viewer.role in SEES_KEYS
    return {
        "challenge": challenge,
        "statement": await _statement(db, challenge, version),
        "window": window,
        "phase": phase.value,
        "scoring": competitions.scoring_rule(challenge.competition),
        "boxes": await submissions.boxes(db, challenge, g.viewer, g.received_at),
        "points": await scoring.points_for(db, g.viewer.id, challenge.id) if g.viewer else None,
        "accepted": await _accepted(challenge) if revealed else {},
        "solution": await queries.solution(db, challenge.id) if revealed or sees_keys else "",
        "revealed": revealed,
        "sees_keys": sees_keys,
        "new_token": new_token,
    }


async def _statement(db: AsyncSession, challenge: Challenge, version: int | None) -> Text:
    kept, topic, id = current_app.extensions["kept"], queries.topic(challenge.slug), challenge.id
    return await text(kept, db, "challenges/statement", topic, version, lambda: queries.statement(db, id))


def new_token() -> str:
    """The token of one rendered form; a send repeated with it counts once."""
    return secrets.token_urlsafe(18)


async def _accepted(challenge: Challenge) -> dict[str, list[Reading]]:
    """The accepted answers of each box as the engine reads them, the key first."""
    keys = await queries.accepted_answers(await session(), challenge.id)
    schemes = {box.public_id: Scheme(kind=box.kind, options=box.options) for box in challenge.boxes}
    return {
        box_id: [read_key(text, schemes[box_id]) for text in (key, *also)]
        for box_id, (key, also) in keys.items()
    }

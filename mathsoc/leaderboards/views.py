"""Leaderboards: the list, a board, and one's own place on it."""

from __future__ import annotations

from quart import Blueprint, Quart, Response, current_app, g, request

from mathsoc.competitions import queries as competitions
from mathsoc.competitions.models import Competition
from mathsoc.leaderboards import drawing, queries, rules
from mathsoc.schools.models import Stage
from mathsoc.web.pages import fragment, page, page_number
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("leaderboards", __name__)


@blueprint.get("/leaderboards")
async def index() -> Response:
    return await page(
        "leaderboards/index.html",
        competitions=await competitions.visible(await session(), signed_in=g.viewer is not None),
    )


@blueprint.get("/leaderboards/<slug>")
async def show(slug: str) -> Response:
    competition, stage = await _asked(slug)
    db = await session()
    audience = rules.audience(g.viewer.role if g.viewer else None)
    app: Quart = current_app._get_current_object()  # type: ignore[attr-defined]
    board = await drawing.board(app, db, competition, stage, audience, page=page_number())
    own = await queries.own_place(db, competition, stage, g.viewer) if g.viewer else None
    return await page(
        "leaderboards/show.html",
        fragment="leaderboards/_board.html",
        board=board,
        competition=competition,
        scoring=competitions.scoring_rule(competition),
        own=own,
        place_rule=rules.PLACE_RULE,
    )


@blueprint.get("/leaderboards/<slug>/place")
async def own_place(slug: str) -> Response:
    """The pinned line `You: 14th`: private, so it is fetched and never pushed."""
    competition, stage = await _asked(slug)
    own = None
    if g.viewer is not None:
        own = await queries.own_place(await session(), competition, stage, g.viewer)
    return await fragment("leaderboards/_place.html", own=own, competition=competition, stage_slug=stage.slug)


async def _asked(slug: str) -> tuple[Competition, Stage]:
    db = await session()
    competition = await competitions.by_slug(db, slug, signed_in=g.viewer is not None)
    wanted = request.args.get("stage")
    if wanted:
        return competition, queries.stage_of(competition, wanted)
    return competition, await queries.default_stage(db, competition, g.viewer)

"""Competitions: list and page with rules, dates and boards."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.competitions import queries, rules
from mathsoc.web.pages import page
from mathsoc.web.texts import text
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("competitions", __name__)


@blueprint.get("/competitions")
async def index() -> Response:
    now = clock.now()
    found = await queries.visible(await session(), signed_in=g.viewer is not None)
    return await page(
        "competitions/index.html",
        running=[one for one in found if rules.running(one.starts_at, one.ends_at, now)],
        others=[one for one in found if not rules.running(one.starts_at, one.ends_at, now)],
    )


@blueprint.get("/competitions/<slug>")
async def show(slug: str) -> Response:
    db = await session()
    competition = await queries.by_slug(db, slug, signed_in=g.viewer is not None)
    return await page(
        "competitions/show.html",
        competition=competition,
        introduction=await text(
            current_app.extensions["kept"],
            db,
            "competitions/introduction",
            queries.topic(competition.slug),
            None,
            lambda: queries.introduction(db, competition.id),
        ),
        scoring=queries.scoring_rule(competition),
        cards=await challenges.released(
            db, clock.now(), signed_in=g.viewer is not None, competition_id=competition.id
        ),
    )

"""The home page: what is open, and the top of the board."""

from __future__ import annotations

from quart import Blueprint, Quart, Response, current_app, g

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.competitions import queries as competitions
from mathsoc.competitions import rules as competition_rules
from mathsoc.leaderboards import drawing, rules
from mathsoc.leaderboards import queries as boards
from mathsoc.web.pages import page
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("home", __name__)

TOP = 5


@blueprint.get("/")
async def show() -> Response:
    db, now, signed_in = await session(), clock.now(), g.viewer is not None
    visible = await competitions.visible(db, signed_in=signed_in)
    running = [one for one in visible if competition_rules.running(one.starts_at, one.ends_at, now)]
    board = None
    if running and running[-1].boards:
        stage = await boards.default_stage(db, running[-1], g.viewer)
        audience = rules.audience(g.viewer.role if g.viewer else None)
        app: Quart = current_app._get_current_object()  # type: ignore[attr-defined]
        board = await drawing.board(app, db, running[-1], stage, audience, rows=TOP)
    cards = await challenges.open_now(db, now, signed_in=signed_in)
    return await page(
        "home/show.html",
        cards=cards,
        others=not cards and await challenges.any_released(db, now, signed_in=signed_in),
        board=board,
        place_rule=rules.PLACE_RULE,
    )

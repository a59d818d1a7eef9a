"""The home page: what is open, the top of the board, the latest writing and the next dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quart import Blueprint, Quart, Response, current_app, g

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.competitions import queries as competitions
from mathsoc.competitions import rules as competition_rules
from mathsoc.competitions.models import Competition
from mathsoc.leaderboards import drawing, rules
from mathsoc.leaderboards import queries as boards
from mathsoc.publishing import queries as posts
from mathsoc.publishing.live import latest_writing
from mathsoc.publishing.rules import audience_of
from mathsoc.web.pages import page
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("home", __name__)

TOP = 5
DATES = 4


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
        strip=await posts.strip(db, audience_of(g.viewer), now),
        latest=await latest_writing(db, audience_of(g.viewer), now),
        dates=next_dates(cards, visible, now),
    )


@dataclass(frozen=True)
class Date:
    """Something that comes: what happens to what, and when."""

    at: datetime
    path: str
    title: str
    what: str


def next_dates(cards: Sequence[challenges.Card], visible: Sequence[Competition], now: datetime) -> list[Date]:
    """What this viewer may know of that locks, begins or ends, the next first."""
    found = [
        Date(card.locks_at, f"/challenges/{card.slug}", card.title, "locks")
        for card in cards
        if card.locks_at is not None
    ]
    for one in visible:
        for at, what in ((one.starts_at, "begins"), (one.ends_at, "ends")):
            if at is not None and at > now:
                found.append(Date(at, f"/competitions/{one.slug}", one.name, what))
    return sorted(found, key=lambda date: (date.at, date.title))[:DATES]

"""One's own data: all of it at one press, or none of it any more; and the notice for everybody."""

from __future__ import annotations

import asyncio
from datetime import datetime

from quart import Blueprint, Response, current_app, g

from mathsoc import audit, clock
from mathsoc.accounts import confirm
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.members.models import Member
from mathsoc.privacy import export, queries, rules, service
from mathsoc.publishing import queries as published
from mathsoc.publishing import views as posts
from mathsoc.schools import queries as schools
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, session, writing

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
async def notice() -> Response:
    """What holds everywhere, and beneath it what the society itself says."""
    own = await published.own_page(await session(), "privacy", g.viewer, clock.now())
    return await page("privacy/notice.html", **(await posts.context(own) if own else {"post": None}))


@blueprint.get("/profile/export")
async def about_export() -> Response:
    return await page("privacy/export.html")


@blueprint.post("/profile/export")
@reads_only
async def download() -> Response:
    """A file to keep: `format` is html or json. It is made now and kept nowhere.

    Nothing is held while it is written, and others are answered meanwhile: it may have thousands of lines.
    """
    wanted, now = (await sent()).get("format", "html"), clock.now()
    async with writing() as db:
        own = {"actor_id": g.viewer.id, "member_id": g.viewer.id}
        await audit.record(db, Action.DATA_EXPORTED, now, address=client_address(), **own)
    async with database().reading() as db:
        copy = await export.everything(db, g.viewer.id, now)
        known = await schools.society(db)
    if wanted == "json":
        return _file(await asyncio.to_thread(export.as_json, copy), "json", now)
    return _file(await asyncio.to_thread(_readable, copy, known.name if known else ""), "html", now)


def _readable(copy: export.Copy, society: str) -> str:
    zone = current_app.settings.time_zone  # type: ignore[attr-defined]
    template = current_app.jinja_env.get_template("privacy/copy.html")
    return template.render(sheets=export.as_sheets(copy, zone), made_at=copy.made_at, society=society)


def _file(text: str, kind: str, now: datetime) -> Response:
    types = {"json": "application/json", "html": "text/html; charset=utf-8"}
    response = Response(text.encode(), content_type=types[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/profile/delete")
async def about_deletion() -> Response:
    return await _deletion(None)


@blueprint.post("/profile/delete")
@reads_only
async def delete() -> Response:
    fields = await sent()
    try:
        await confirm.confirmed(fields)
        async with writing() as db:
            keeps = {
                "keeps_points": fields.get("points", "keep") != "remove",
                "keeps_credit": fields.get("credit") == "keep",
            }
            await service.ask_for_erasure(db, g.viewer, clock.now(), client_address(), **keeps)
    except Refused as error:
        return await _deletion(error)
    return see("/profile/delete")


@blueprint.post("/profile/delete/undo")
async def undo() -> Response:
    await service.undo_erasure(await session(), g.viewer, clock.now(), client_address())
    return see("/profile?notice=kept")


async def _deletion(error: Refused | None) -> Response:
    db = await session()
    me = await db.get_one(Member, g.viewer.id)
    return await page(
        "privacy/delete.html",
        me=me,
        writes=await queries.writes(db, g.viewer),
        days=rules.UNDO_WITHIN.days,
        asks=confirm.asks(),
        error=error,
        status=422 if error else 200,
    )

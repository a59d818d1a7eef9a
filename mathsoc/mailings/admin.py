"""Sending a newsletter by mail: who would get it, what it looks like, and how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from quart import Blueprint, Response, current_app, g, request
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, mail
from mathsoc.errors import Refused
from mathsoc.mailings import letters, queries, rules, service
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.publishing import queries as publishing
from mathsoc.publishing.models import Post
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import only_read_from_here, session

blueprint = Blueprint("mailings", __name__)

NO_SERVER = "No mail leaves this server: MAIL_URL is not set."
DONE = {
    "begun": "It is on its way.",
    "stopped": "Stopped. What was on its way arrives; nobody else gets it until it goes on.",
    "resumed": "It goes on.",
}
Change = Callable[[AsyncSession, Viewer, Post, datetime, str], Awaitable[None]]


@blueprint.get("/newsletters/<slug>/mailing")
async def show(slug: str) -> Response:
    return await _page(slug)


@blueprint.post("/newsletters/<slug>/mailing")
async def begin(slug: str) -> Response:
    return await _change(slug, service.begin, "begun")


@blueprint.post("/newsletters/<slug>/mailing/stop")
async def stop(slug: str) -> Response:
    return await _change(slug, service.stop, "stopped")


@blueprint.post("/newsletters/<slug>/mailing/continuation")
async def resume(slug: str) -> Response:
    return await _change(slug, service.resume, "resumed")


@blueprint.post("/newsletters/<slug>/mailing/repetition")
async def repeat(slug: str) -> Response:
    """`state` is failed or unsure: whose mail is tried again."""
    state = (await sent()).get("state", "")

    async def again(db: AsyncSession, viewer: Viewer, post: Post, now: datetime, address: str) -> None:
        if state in ("failed", "unsure"):
            await service.repeat(db, viewer, post, state, now, address)

    return await _change(slug, again, "begun")


async def _change(slug: str, change: Change, done: str) -> Response:
    db = await session()
    post = await publishing.find(db, "newsletter", slug)
    try:
        if not mail.sends(current_app.settings):  # type: ignore[attr-defined]
            raise Refused(NO_SERVER)
        await change(db, g.viewer, post, clock.now(), client_address())
    except Refused as error:
        await only_read_from_here()
        return await _page(slug, error)
    return see(f"/newsletters/{post.slug}/mailing?done={done}")


async def _page(slug: str, error: Refused | None = None) -> Response:
    db, now, settings = await session(), clock.now(), current_app.settings  # type: ignore[attr-defined]
    post = await publishing.find(db, "newsletter", slug)
    progress = await queries.progress(db, post.id)
    opens = rules.opens(now, settings.time_zone)
    me = await db.get_one(Member, g.viewer.id)
    message = await letters.letter_to(db, settings, post, me)
    delivery: mail.Delivery = current_app.extensions["mail"]
    subject, text = delivery.text(message)
    kept = progress is None or rules.kept(progress.mailing.begun_at, now)
    return await page(
        "mailings/show.html",
        post=post,
        progress=progress,
        topic=queries.topic(post),
        asked=await queries.asked(db, progress.mailing if progress else None) if kept else None,
        sendable=queries.sendable(post, now),
        opens=None if opens == now else opens,
        subject=subject,
        text=text,
        html=message.context["html"],
        error=error,
        done=DONE.get(request.args.get("done", "")),
        status=422 if error else 200,
    )

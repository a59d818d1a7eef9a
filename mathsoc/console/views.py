"""The console's front page, the audit log, and the mail that a development server keeps."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g, request

from mathsoc import audit, mail
from mathsoc.audit import Action
from mathsoc.config import Config
from mathsoc.console import queries, rules, waiting
from mathsoc.console.noting import note_view
from mathsoc.errors import Missing
from mathsoc.reports import queries as reports
from mathsoc.web.pages import page
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("console", __name__)

LONGEST_SEARCH = 100


@blueprint.get("/console")
async def index() -> Response:
    """An administrator of a society with nobody else in it is told why there is no way to change that."""
    db = await session()
    empty = g.viewer.role == "admin" and await queries.is_empty(db)
    waits = await waiting.counts(db, g.viewer)
    reported = await reports.open_count(db, queries.seen_by(g.viewer))
    return await page(
        "console/index.html", keeps_mail=_keeps_mail(), empty=empty, waits=waits, open_reports=reported
    )


@blueprint.get("/console/audit")
async def log() -> Response:
    """Newest first; to read the log is no entry in it, or it would be full of that."""
    asked = request.args.get("before", "")
    before = rules.from_cursor(asked)
    if asked and before is None:
        raise Missing
    action, who = request.args.get("action", ""), request.args.get("member", "").strip()[:LONGEST_SEARCH]
    found = await queries.log(
        await session(),
        action=action if action in list(Action) else "",
        who=who,
        before=before,
    )
    return await page(
        "console/audit.html",
        log=found,
        next=rules.cursor(found.before) if found.before else None,
        action=action,
        who=who,
        kinds=rules.AS_NOUNS,
        did=rules.did,
        told=rules.told,
        kept_days=audit.DETAILS_KEPT.days,
    )


@blueprint.get("/console/mail")
async def kept() -> Response:
    _needs_kept_mail()
    messages = await queries.kept_mail(await session())
    await note_view(Action.MAIL_VIEWED, after={"messages": len(messages)})
    return await page("console/mail.html", messages=messages)


@blueprint.get("/console/mail/<public_id>")
async def kept_message(public_id: str) -> Response:
    _needs_kept_mail()
    message = await queries.kept_message(await session(), public_id)
    await note_view(Action.MAIL_VIEWED, subject=("mail", message.id))
    return await page("console/message.html", message=message)


def _needs_kept_mail() -> None:
    """Where mail is sent there is nothing to read, and in production there never is."""
    if not _keeps_mail():
        raise Missing


def _keeps_mail() -> bool:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    return mail.keeps(config)

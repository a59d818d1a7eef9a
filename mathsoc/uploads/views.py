"""Sending files, and reading them."""

from __future__ import annotations

from datetime import datetime

from quart import Blueprint, Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.errors import Busy, Missing, Refused
from mathsoc.members.rules import SEES_KEYS, Viewer
from mathsoc.publishing import queries as posts
from mathsoc.publishing.models import Post
from mathsoc.uploads import queries, rules, service
from mathsoc.uploads.admin import listed
from mathsoc.uploads.models import Upload
from mathsoc.uploads.receiving import received, store
from mathsoc.web.limits import client_address
from mathsoc.web.pages import fragment, see, wants_fragment
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, release, session, writing
from mathsoc.writing.queries import readers_of

blueprint = Blueprint("uploads", __name__)
blueprint.add_app_template_filter(rules.in_megabytes, "megabytes")

SERVED_WITHIN = 600  # seconds for a slow line to take a file
# Whatever is in a file, opened by itself it is of no site, runs nothing and asks for nothing.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
IN_A_FRAME = "default-src 'none'; sandbox; frame-ancestors 'self'"


@blueprint.post("/console/uploads")
@reads_only
@body_limit(rules.BODY, within=rules.BODY_WITHIN)
async def send() -> Response:
    """The picture as a text shows it, or what is wrong with the file; to a plain form the list of files."""
    try:
        async with received() as prepared, writing() as db:
            made = await service.enter(db, prepared, g.viewer.id, clock.now(), client_address())
    except (Refused, Busy) as error:
        status = 422 if isinstance(error, Refused) else 503
        if _by_script():
            return await fragment("uploads/refused.html", status=status, message=str(error))
        return await listed(error=str(error), status=status)
    if _by_script():
        return await fragment("uploads/sent.html", upload=made)
    return see("/console/uploads?done=added")


@blueprint.get("/uploads/<public_id>")
async def show(public_id: str) -> Response:
    """The file, inline; with `?download=1` to be saved. Nobody else learns whether there is one."""
    db = await session()
    upload = await queries.upload(db, public_id)
    known = upload.media_type in rules.ENDINGS
    if not known or not await _may_read(db, upload, g.get("viewer"), clock.now()):
        raise Missing
    await release()
    response = await _reply(upload)
    response.vary.add("Cookie")
    # To be asked for each time: the page that shows it may be withdrawn.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = IN_A_FRAME if upload.kind == "document" else ALONE
    response.set_etag(upload.sha256[:32])
    return response


async def _reply(upload: Upload) -> Response:
    if request.if_none_match.contains(upload.sha256[:32]):
        return Response("", status=304, mimetype=upload.media_type)
    body = b"" if request.method == "HEAD" else await store().read(upload.public_id)
    response = Response(body, mimetype=upload.media_type)
    response.headers["Content-Length"] = str(upload.size)
    response.timeout = SERVED_WITHIN
    download = request.args.get("download") == "1"
    response.headers["Content-Disposition"] = rules.disposition(upload.name, download=download)
    return response


async def _may_read(db: AsyncSession, upload: Upload, viewer: Viewer | None, now: datetime) -> bool:
    """Its owner, staff who see keys, and whoever may read something that shows it."""
    if viewer is not None and (viewer.role in SEES_KEYS or viewer.id == upload.owner_id):
        return True
    documents = await queries.documents_of(db, upload.id)
    of_a_post = select(Post.id).where(Post.document_id.in_(documents), posts.readable(viewer, now)).limit(1)
    if await db.scalar(of_a_post) is not None:
        return True
    return await readers_of(db, current_app.extensions["shelves"], upload.id, viewer, now)


def _by_script() -> bool:
    """Whether the reply goes into a part of a page: htmx asked, or the editor's `fetch`."""
    return wants_fragment() or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"

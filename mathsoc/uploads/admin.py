"""The society's files, for those who edit: what there is, where it is used, what goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from quart import Blueprint, Response, g, request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.challenges.models import Challenge
from mathsoc.competitions.models import Competition
from mathsoc.errors import Refused
from mathsoc.publishing.models import Post
from mathsoc.publishing.queries import path as post_path
from mathsoc.uploads import queries, rules, service, tidying
from mathsoc.uploads.receiving import store
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, page_number, see
from mathsoc.web.unit_of_work import reads_only, release, session, writing
from mathsoc.writing.models import Draft, Region, RegionUpload, Revision

blueprint = Blueprint("files", __name__)

DONE = {"added": "Added.", "deleted": "Deleted."}
# Where a file may be named besides what readers see: drafts, and versions that may be brought back.
TEXTS: queries.Texts = (
    Draft.text,
    Revision.text,
    Post.body,
    Challenge.statement,
    Challenge.solution,
    Competition.introduction,
)
Uses = dict[int, list[tuple[str, str]]]  # a file's row → where it is used: title and address


@blueprint.get("/console/uploads")
async def index() -> Response:
    return await listed(done=DONE.get(request.args.get("done", "")))


@blueprint.post("/console/uploads/<public_id>/removal")
@reads_only
async def removal(public_id: str) -> Response:
    """The row first, then the file: no row is ever without one."""
    try:
        async with writing() as db:
            upload = await queries.upload(db, public_id)
            names = await service.remove(db, upload, TEXTS, clock.now(), g.viewer, client_address())
    except Refused as error:
        return await listed(error=error.message, status=422)
    await service.let_go(store(), names)
    return see("/console/uploads?done=deleted")


async def listed(*, done: str | None = None, error: str | None = None, status: int = 200) -> Response:
    """The list, with what became of the last wish."""
    await release()
    db = await session()
    found = await queries.page_of(db, page_number())
    used = await queries.used_bytes(db)
    return await page(
        "uploads/index.html",
        found=found,
        uses=await _uses(db, [one.upload.id for one in found.files]),
        goes=await tidying.goes_on(db),
        used=used,
        quota=rules.QUOTA,
        size=rules.in_megabytes,
        rules=rules,
        done=done,
        error=error,
        status=status,
    )


async def _uses(db: AsyncSession, ids: Sequence[int]) -> Uses:
    """What shows these files to readers, or will when it is published."""
    in_texts = await db.execute(
        select(
            RegionUpload.upload_id,
            Post.title,
            Post.kind,
            Post.slug,
            Challenge.title,
            Challenge.slug,
            Competition.name,
            Competition.slug,
        )
        .join(Region, Region.id == RegionUpload.region_id)
        .outerjoin(Post, Post.id == Region.post_id)
        .outerjoin(Challenge, Challenge.id == Region.challenge_id)
        .outerjoin(Competition, Competition.id == Region.competition_id)
        .where(RegionUpload.upload_id.in_(ids))
        .order_by(RegionUpload.region_id)
    )
    as_documents = await db.execute(
        select(Post.document_id, Post.title, Post.kind, Post.slug)
        .where(Post.document_id.in_(ids))
        .order_by(Post.id)
    )
    uses: Uses = defaultdict(list)
    for upload_id, title, kind, slug, challenge, challenge_slug, competition, competition_slug in in_texts:
        if title is not None:
            uses[upload_id].append((title, post_path(kind, slug)))
        elif challenge is not None:
            uses[upload_id].append((challenge, f"/challenges/{challenge_slug}"))
        else:
            uses[upload_id].append((competition, f"/competitions/{competition_slug}"))
    for document_id, title, kind, slug in as_documents:
        if document_id is not None:
            uses[document_id].append((title, post_path(kind, slug)))
    return uses

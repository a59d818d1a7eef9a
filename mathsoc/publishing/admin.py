"""What editors do with posts: begin them, let readers have them, take them back, the bin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from quart import Blueprint, Response, current_app, g, request
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, moments
from mathsoc.config import Config
from mathsoc.errors import Busy, Refused
from mathsoc.publishing import queries, rules, service
from mathsoc.publishing.forms import KINDS, NewForm
from mathsoc.publishing.models import Post
from mathsoc.publishing.rules import State
from mathsoc.publishing.service import By
from mathsoc.publishing.views import shown
from mathsoc.uploads import rules as upload_rules
from mathsoc.uploads import service as uploads
from mathsoc.uploads.receiving import received
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, page_number, see
from mathsoc.web.security import body_limit
from mathsoc.web.unit_of_work import reads_only, release, session, writing

blueprint = Blueprint("posts", __name__)

# Noun → what it does, and what is said after it.
STEPS: dict[str, tuple[Callable[[AsyncSession, By, Post], Awaitable[None]], str]] = {
    "withdrawal": (service.withdraw, "withdrawn"),
    "archive": (service.archive, "archived"),
    "restoration-from-archive": (service.unarchive, "back"),
    "restoration-from-bin": (service.unbin, "back"),
}
_NOUNS = ", ".join(f'"{noun}"' for noun in STEPS)
STEP = f"{rules.POST}/<any({_NOUNS}):noun>"


@blueprint.get("/console/publishing")
async def index() -> Response:
    state = request.args.get("state", "")
    # "bin" is what the place is called, "binned" what stands in it.
    wanted = State.BINNED if state == "bin" else state if state in set(State) else ""
    found = await queries.for_staff(await session(), clock.now(), wanted, page_number())
    return await page("publishing/console.html", found=found, state=wanted, states=list(State), kinds=KINDS)


@blueprint.get("/console/publishing/new")
async def new_form() -> Response:
    kind = request.args.get("kind", "")
    return await _new(NewForm(data={"kind": kind if kind in KINDS else "article"}))


@blueprint.post("/console/publishing")
async def make() -> Response:
    form = NewForm(await sent())
    if not form.validate():
        return await _new(form, 422)
    post = await service.create(await session(), _by(), form.kind.data, form.title.data)
    return _back_to(post, "made")


@blueprint.post(f"{rules.POST}/publication")
async def publish(shelf: str, slug: str) -> Response:
    """Now; or with `when=later` from the moment `publish_at` on."""
    fields, by = await sent(), _by()
    db, later = await session(), fields.get("when") == "later"
    post = await service.held(db, rules.KIND_OF[shelf], slug)
    try:
        meant = _moment(fields.get("publish_at", ""), by) if later else None
        await service.publish(db, by, post, meant.at if meant else None)
    except Refused as error:
        return await _refused(shelf, slug, error, fields.get("publish_at", "")[:40])
    return _back_to(post, "published" if meant is None else "first" if meant.note else "scheduled")


@blueprint.post(STEP)
async def step(shelf: str, slug: str, noun: str) -> Response:
    change, said = STEPS[noun]
    db = await session()
    post = await service.held(db, rules.KIND_OF[shelf], slug)
    await change(db, _by(), post)
    return _back_to(post, said)


@blueprint.post(f"{rules.POST}/bin")
async def bin(shelf: str, slug: str) -> Response:
    """Into the bin; the list it stood in offers to undo that."""
    db = await session()
    post = await service.held(db, rules.KIND_OF[shelf], slug)
    await service.bin(db, _by(), post)
    if post.kind == "page":
        return see(queries.path(post.kind, post.slug))
    return see(f"/{shelf}?binned={post.slug}")


@blueprint.post("/newsletters/<slug>/document")
@reads_only
@body_limit(upload_rules.BODY, within=upload_rules.BODY_WITHIN)
async def document(slug: str) -> Response:
    """The newsletter's PDF, in the field `file`; it takes the place of the one before."""
    try:
        async with received("document") as prepared, writing() as db:
            by = _by()
            post = await service.held(db, "newsletter", slug)
            made = await uploads.enter(db, prepared, g.viewer.id, by.now, by.address)
            await service.set_document(db, by, post, made.id)
    except (Refused, Busy) as error:
        refused = error if isinstance(error, Refused) else Refused(str(error))
        return await _refused("newsletters", slug, refused, "")
    return _back_to(post, "saved")


@blueprint.post("/newsletters/<slug>/document/removal")
async def remove_document(slug: str) -> Response:
    db = await session()
    post = await service.held(db, "newsletter", slug)
    try:
        await service.set_document(db, _by(), post, None)
    except Refused as error:
        return await _refused("newsletters", slug, error, "")
    return _back_to(post, "saved")


def _by() -> By:
    return By(g.viewer, clock.now(), client_address())


def _moment(typed: str, by: By) -> moments.Typed:
    """When it is to appear, as it was typed in the society's zone."""
    config: Config = current_app.settings  # type: ignore[attr-defined]
    meant = moments.typed(typed, config.time_zone, "publish_at")
    if meant is None:
        raise Refused("Say when it is to appear.", "publish_at")
    moments.must_be_ahead(meant.at, by.now, config.time_zone, "publish_at")
    return meant


def _back_to(post: Post, done: str) -> Response:
    return see(f"{queries.path(post.kind, post.slug)}?done={done}")


async def _new(form: NewForm, status: int = 200) -> Response:
    if status >= 400:
        await release()
    return await page("publishing/new.html", form=form, status=status)


async def _refused(shelf: str, slug: str, error: Refused, typed: str) -> Response:
    await release()
    found = await queries.head(await session(), rules.KIND_OF[shelf], slug)
    return await shown(found, error=error, typed=typed)

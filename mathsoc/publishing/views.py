"""Reading what officers publish: lists, one post, and the society's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quart import Blueprint, Quart, Response, current_app, g, redirect, request
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.challenges import queries as challenges
from mathsoc.errors import Missing, Refused
from mathsoc.mailings import queries as mailings
from mathsoc.publishing import drawing, queries, rules
from mathsoc.publishing.models import Post
from mathsoc.publishing.queries import Found
from mathsoc.publishing.rules import State
from mathsoc.uploads import queries as uploads
from mathsoc.web.pages import page, page_number
from mathsoc.web.security import with_frames
from mathsoc.web.unit_of_work import session
from mathsoc.writing import queries as writing

blueprint = Blueprint("publishing", __name__)

MOST_PAGES = 50  # of the society's own, that the page about it names
DONE = {
    "made": "Draft created. Only editors see it until it is published.",
    "published": "Published.",
    "scheduled": "Scheduled.",
    "first": "Scheduled. That hour comes twice, since the clocks go back: the first one is taken.",
    "withdrawn": "Withdrawn: it is a draft again.",
    "archived": "Archived: readers do not find it any more.",
    "back": "It is back.",
    "saved": "Saved.",
}


@blueprint.get(rules.LISTS)
async def index(shelf: str) -> Response:
    kind, tag, number, now = rules.KIND_OF[shelf], _tag(), page_number(), clock.now()
    db, seen_as = await session(), looks_as()
    audience = seen_as or rules.audience_of(g.viewer)
    found = await queries.cards_as(db, audience, now, (kind,), number, tag)
    if number > 1 and not found.cards:
        raise Missing
    return await page(
        "publishing/index.html",
        kind=kind,
        shelf=shelf,
        found=found,
        tag=tag,
        strip=await queries.strip(db, audience, now),
        # What is pushed is the whole first page; nobody who has gone on to another is sent back.
        topics=[f"posts:{kind}", "posts:strip"]
        if number == 1 and not tag and not seen_as
        else ["posts:strip"],
        seen_as=seen_as,
        edits=rules.edits(g.viewer) and not seen_as,
        binned=await _binned(kind),
        undo_within=rules.UNDO_WITHIN,
    )


async def show(shelf: str, slug: str) -> Response:
    kind = rules.KIND_OF[shelf]
    found = await queries.one(await session(), kind, slug, g.viewer, clock.now())
    path = queries.path(kind, found.post.slug)
    if request.path != path:
        asked = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{asked}" if asked else path, 301)  # type: ignore[return-value]
    return await shown(found)


# Rules of their own, since a text is posted to the same addresses.
for _shelf in rules.KIND_OF:
    blueprint.add_url_rule(f"/{_shelf}/<slug>", "show", show, methods=["GET"], defaults={"shelf": _shelf})


@blueprint.get("/about")
async def about() -> Response:
    """What the society says about itself, and the way to its other pages."""
    db, now = await session(), clock.now()
    found = await queries.own_page(db, "about", g.viewer, now)
    audience = looks_as() or rules.audience_of(g.viewer)
    listed = await queries.cards_as(db, audience, now, ("page",), rows=MOST_PAGES)
    others = [card for card in listed.cards if card.slug != "about"]
    return await (shown(found, pages=others) if found else page("publishing/about.html", pages=others))


async def shown(
    found: Found, *, error: Refused | None = None, typed: str = "", pages: Sequence[queries.Card] = ()
) -> Response:
    """The page of a post, for those who edit with what they can do about it."""
    related = await _related(found.post)
    about_it = await context(found) | {"error": error, "typed": typed, "related": related, "pages": pages}
    reply = await page("publishing/show.html", **about_it, status=422 if error else 200)
    return with_frames(reply) if about_it["pdf"] else reply


async def context(found: Found) -> dict[str, Any]:
    """What `_tools.html` and `_post.html` show; nothing of a post that is not for whom it is asked."""
    db, post, now, seen_as = await session(), found.post, clock.now(), looks_as()
    edits = rules.edits(g.viewer) and seen_as is None
    app: Quart = current_app._get_current_object()  # type: ignore[attr-defined]
    audience, state = seen_as or rules.audience_of(g.viewer), queries.state(post, now)
    # An open editor is not swapped away by what somebody else saves; readers have no editor.
    lives = state is State.PUBLISHED and not edits and not seen_as
    return {
        "post": post,
        "text": await drawing.text(app, db, found, now),
        "shelf": rules.SHELVES[post.kind],
        "state": state.value,
        "for_them": edits or post.audience in rules.reads(audience),
        "gone": False,
        "pdf": await document_of(db, post),
        "now": now,
        "seen_as": seen_as,
        "edits": edits,
        "drafted": edits and await writing.drafted(db, "post_id", post.id, g.viewer),
        "mailed": await _mailed(db, post) if edits else None,
        "topics": [f"post:{post.kind}/{post.slug}"] if lives else [],
        "done": DONE.get(request.args.get("done", "")) if edits else None,
        "binned_until": post.binned_at + rules.BINNED_FOR if post.binned_at else None,
        "audiences": rules.AUDIENCES,
    }


async def document_of(db: AsyncSession, post: Post) -> uploads.Shown | None:
    """A newsletter's PDF with its words."""
    return await uploads.document(db, post.document_id) if post.document_id is not None else None


async def _mailed(db: AsyncSession, post: Post) -> datetime | None:
    """When the sending of a newsletter by mail was begun."""
    mailing = await mailings.of_post(db, post.id) if post.kind == "newsletter" else None
    return mailing.begun_at if mailing is not None else None


def looks_as() -> str | None:
    """With whose eyes an editor looks at this page."""
    return rules.narrowed(g.viewer, request.args.get("as", ""))


def _tag() -> str:
    given = rules.tags_of(request.args.get("tag", "")[: 2 * rules.LONGEST_TAG].replace("\x00", ""))
    return given[0] if given else ""


async def _binned(kind: str) -> Post | None:
    """What an editor has just put into the bin, to undo it."""
    slug = request.args.get("binned", "")
    if not slug or not rules.edits(g.viewer):
        return None
    try:
        post = await queries.find(await session(), kind, slug)
    except Missing:
        return None
    return post if post.binned_at is not None else None


async def _related(post: Post) -> list[challenges.Card]:
    tags = [one.tag for one in post.tags]
    if post.kind != "article" or not tags:
        return []
    db, signed_in = await session(), g.viewer is not None
    return await challenges.on_topics(db, clock.now(), tags, signed_in=signed_in)

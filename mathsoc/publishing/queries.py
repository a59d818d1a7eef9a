"""Reading posts, through the viewer: the thing, or Missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer, joinedload, undefer

from mathsoc import richtext
from mathsoc.errors import Missing
from mathsoc.live.models import LiveTopic
from mathsoc.members.rules import Viewer
from mathsoc.publishing import rules
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.uploads.models import Upload

ROWS = 20
STAFF_ROWS = 50
STRIP = 3
# How much of a text is read for the first words of a card.
OPENING_READ = 1_200
OPENING_SHOWN = 180
_BETWEEN = "\x1f"  # tags, on their way from the database in one column


@dataclass(frozen=True)
class Card:
    """A post as lists show it."""

    kind: str
    slug: str
    title: str
    summary: str
    credit: str
    publish_at: datetime | None
    expires_at: datetime | None
    tags: tuple[str, ...]
    audience: str
    # The picture of a newsletter's first page: its public id.
    picture: str | None
    state: rules.State

    @property
    def path(self) -> str:
        return path(self.kind, self.slug)

    @property
    def id(self) -> str:
        """Of its element in a page."""
        return f"card-{self.kind}-{self.slug}"


@dataclass(frozen=True)
class Cards:
    """One page of a list, the newest first, and whether older ones follow."""

    cards: Sequence[Card]
    page: int
    more: bool


def path(kind: str, slug: str) -> str:
    """Where a post is read."""
    return f"/{slug}" if kind == "page" and slug in rules.FIXED else f"/{rules.SHELVES[kind]}/{slug}"


def readable(viewer: Viewer | None, now: datetime) -> ColumnElement[bool]:
    """The condition for posts that this viewer may read now."""
    return readable_as(rules.audience_of(viewer), now)


def readable_as(audience: str, now: datetime) -> ColumnElement[bool]:
    """The same for whoever is of this audience: published, not over, neither archived nor in the bin."""
    return and_(
        Post.publish_at <= now,
        or_(Post.expires_at.is_(None), Post.expires_at > now),
        Post.archived_at.is_(None),
        Post.binned_at.is_(None),
        Post.audience.in_(rules.reads(audience)),
    )


def state(post: Post, now: datetime) -> rules.State:
    return rules.state(post.publish_at, post.expires_at, post.archived_at, post.binned_at, now)


def may_read(post: Post, audience: str, now: datetime) -> bool:
    """`readable_as` of a post that is loaded."""
    return state(post, now) is rules.State.PUBLISHED and post.audience in rules.reads(audience)


async def cards(
    session: AsyncSession, viewer: Viewer | None, now: datetime, kind: str, page: int = 1, tag: str = ""
) -> Cards:
    """One page of what this viewer may read of a kind."""
    return await cards_as(session, rules.audience_of(viewer), now, (kind,), page, tag)


async def cards_as(
    session: AsyncSession,
    audience: str,
    now: datetime,
    kinds: Sequence[str],
    page: int = 1,
    tag: str = "",
    rows: int = ROWS,
) -> Cards:
    """The same for whoever is of this audience, in one statement; the index gives the order."""
    chosen = _card_rows().where(Post.kind.in_(kinds), readable_as(audience, now))
    if tag:
        chosen = chosen.where(Post.id.in_(select(PostTag.post_id).where(PostTag.tag == tag)))
    return await _page(session, chosen, (Post.publish_at.desc(), Post.id.desc()), now, page, rows)


async def for_staff(session: AsyncSession, now: datetime, state: str = "", page: int = 1) -> Cards:
    """Posts in one state, or in every one but the bin; what was changed last comes first."""
    order = (Post.updated_at.desc(), Post.id.desc())
    return await _page(session, _card_rows().where(_in(state, now)), order, now, page, STAFF_ROWS)


def _in(state: str, now: datetime) -> ColumnElement[bool]:
    """`rules.state` as a condition."""
    if state == rules.State.BINNED:
        return Post.binned_at.is_not(None)
    kept = Post.binned_at.is_(None)
    if state == rules.State.ARCHIVED:
        return and_(kept, Post.archived_at.is_not(None))
    live = and_(kept, Post.archived_at.is_(None))
    over = and_(Post.expires_at.is_not(None), Post.expires_at <= now)
    found: dict[str, ColumnElement[bool]] = {
        rules.State.DRAFT: and_(live, Post.publish_at.is_(None)),
        rules.State.SCHEDULED: and_(live, Post.publish_at > now),
        rules.State.PUBLISHED: and_(live, Post.publish_at <= now, not_(over)),
        rules.State.OVER: and_(live, Post.publish_at <= now, over),
    }
    return found.get(state, kept)


async def strip(session: AsyncSession, audience: str, now: datetime) -> Sequence[Card]:
    """Pinned announcements for the top of pages."""
    chosen = _card_rows().where(Post.kind == "announcement", Post.pinned, readable_as(audience, now))
    order = (Post.publish_at.desc(), Post.id.desc())
    return (await _page(session, chosen, order, now, 1, STRIP)).cards


@dataclass(frozen=True)
class Found:
    """A post without its text, which is mostly drawn already, and how often its topic was announced then."""

    post: Post
    version: int


async def one(session: AsyncSession, kind: str, slug: str, viewer: Viewer | None, now: datetime) -> Found:
    """A post by its slug, the present or a former one, with its tags.

    Those that are not for readers are there for those who edit, and otherwise missing like any unknown slug.
    """
    found = await head(session, kind, slug)
    if not rules.edits(viewer) and not may_read(found.post, rules.audience_of(viewer), now):
        raise Missing
    return found


async def head(session: AsyncSession, kind: str, slug: str) -> Found:
    """The same for the house itself, whatever its state; raises Missing."""
    chosen = (
        select(Post, func.coalesce(LiveTopic.version, 0))
        .join(PostSlug, PostSlug.post_id == Post.id)
        .outerjoin(LiveTopic, LiveTopic.topic == literal(f"post:{kind}/").concat(Post.slug))
        .where(PostSlug.kind == kind, PostSlug.slug == slug)
        .options(defer(Post.body, raiseload=True), joinedload(Post.tags))
    )
    row = (await session.execute(chosen)).unique().one_or_none()
    if row is None:
        raise Missing
    return Found(row[0], row[1])


async def text(session: AsyncSession, post_id: int) -> str:
    """The text as it is stored now, whatever was loaded before."""
    return await session.scalar(select(Post.body).where(Post.id == post_id)) or ""


async def find(session: AsyncSession, kind: str, slug: str) -> Post:
    """The post with its text and tags, for those who change it; raises Missing."""
    chosen = (
        select(Post)
        .join(PostSlug, PostSlug.post_id == Post.id)
        .where(PostSlug.kind == kind, PostSlug.slug == slug)
        .options(*_whole())
        .execution_options(populate_existing=True)
    )
    post = (await session.scalars(chosen)).unique().one_or_none()
    if post is None:
        raise Missing
    return post


async def by_public_id(session: AsyncSession, public_id: str) -> Post | None:
    """The whole post of this id, for jobs."""
    chosen = select(Post).where(Post.public_id == public_id).options(*_whole())
    return (await session.scalars(chosen)).unique().one_or_none()


async def own_page(session: AsyncSession, slug: str, viewer: Viewer | None, now: datetime) -> Found | None:
    """The society's own page of this slug, where it has one for this viewer."""
    try:
        return await one(session, "page", slug, viewer, now)
    except Missing:
        return None


async def any_readable(
    session: AsyncSession, post_ids: Sequence[int], viewer: Viewer | None, now: datetime
) -> bool:
    """Whether this viewer may read any of these posts now."""
    chosen = select(Post.id).where(Post.id.in_(post_ids), readable(viewer, now)).limit(1)
    return await session.scalar(chosen) is not None


def _whole() -> tuple[Any, ...]:
    return (undefer(Post.body), joinedload(Post.tags))


def _card_rows() -> Select[Any]:
    """Everything that cards show, in one row each."""
    document, picture = aliased(Upload), aliased(Upload)
    tags = (
        select(func.aggregate_strings(PostTag.tag, _BETWEEN))
        .where(PostTag.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )
    return (
        select(
            Post.kind,
            Post.slug,
            Post.title,
            Post.summary,
            func.substr(Post.body, 1, OPENING_READ).label("opening"),
            Post.credit,
            Post.publish_at,
            Post.expires_at,
            Post.archived_at,
            Post.binned_at,
            Post.audience,
            tags.label("tags"),
            picture.public_id.label("picture"),
        )
        .outerjoin(document, document.id == Post.document_id)
        .outerjoin(picture, picture.id == document.picture_id)
    )


async def _page(
    session: AsyncSession,
    chosen: Select[Any],
    order: tuple[ColumnElement[Any], ...],
    now: datetime,
    page: int,
    rows: int,
) -> Cards:
    # One more than is shown says whether there is another page; to count all would cost more than to read.
    found = (await session.execute(chosen.order_by(*order).limit(rows + 1).offset((page - 1) * rows))).all()
    return Cards([_card(row, now) for row in found[:rows]], page, len(found) > rows)


def _card(row: Row[Any], now: datetime) -> Card:
    values = row._asdict()
    archived_at, binned_at, opening = (values.pop(n) for n in ("archived_at", "binned_at", "opening"))
    tags = sorted((values.pop("tags") or "").split(_BETWEEN))
    values["summary"] = values["summary"] or _opening(opening or "")
    return Card(
        **values,
        tags=tuple(tag for tag in tags if tag),
        state=rules.state(values["publish_at"], values["expires_at"], archived_at, binned_at, now),
    )


@lru_cache(maxsize=512)
def _opening(beginning: str) -> str:
    """The first words of a text, from its beginning, which may end within a tag."""
    whole = beginning if len(beginning) < OPENING_READ else beginning.rpartition("<")[0]
    return richtext.plain(whole, OPENING_SHOWN)

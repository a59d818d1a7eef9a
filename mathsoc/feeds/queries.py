"""What feeds, calendar and sitemap have in them: some bounded statements, whatever there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from mathsoc.challenges.models import Challenge
from mathsoc.challenges.rules import Window
from mathsoc.competitions.models import Competition
from mathsoc.publishing import queries as publishing
from mathsoc.publishing.models import Post
from mathsoc.schools.models import Stage
from mathsoc.uploads.models import Upload

ENTRIES = 20
# How far back a calendar goes, and how many releases and locks it has at most.
PAST = timedelta(days=120)
MOST_DATES = 500
# What a sitemap may have.
MOST_PAGES = 40_000


@dataclass(frozen=True)
class Entry:
    """A post as feeds show it."""

    kind: str
    public_id: str
    path: str
    title: str
    summary: str
    body: str
    credit: str
    created_at: datetime
    published_at: datetime
    updated_at: datetime
    # The PDF of a newsletter: its public id and size.
    document: str | None
    document_size: int | None


@dataclass(frozen=True)
class Dated:
    """A challenge, with its moments."""

    slug: str
    title: str
    stage: str
    opens_at: datetime
    closes_at: datetime | None
    created_at: datetime
    revision: int


@dataclass(frozen=True)
class Season:
    """A competition, with its moments."""

    slug: str
    name: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Place:
    """A page of the sitemap."""

    path: str
    changed_at: datetime | None = None


async def newest(session: AsyncSession, kinds: Sequence[str], now: datetime) -> tuple[Entry, ...]:
    """The newest posts that everybody may read now."""
    document = aliased(Upload)
    columns = (
        *(Post.kind, Post.public_id, Post.slug, Post.title, Post.summary, Post.body, Post.credit),
        *(Post.created_at, Post.publish_at, Post.updated_at),
        *(document.public_id.label("document"), document.size.label("document_size")),
    )
    order = (Post.publish_at.desc(), Post.id.desc())
    # First which, then their texts: nothing large is sorted.
    newest = select(Post.id).where(Post.kind.in_(kinds), publishing.readable(None, now))
    newest = newest.order_by(*order).limit(ENTRIES)
    chosen = (
        select(*columns)
        .outerjoin(document, document.id == Post.document_id)
        .where(Post.id.in_(newest))
        .order_by(*order)
    )
    return tuple(_entry(row) for row in await session.execute(chosen))


async def dates(session: AsyncSession, now: datetime, *, signed_in: bool) -> tuple[Dated, ...]:
    """Challenges that are out, with a release or a lock that is to come or not long ago."""
    recent = now - PAST
    moments = (Challenge.release_at, Challenge.lock_at, Challenge.locked_at)
    chosen = (
        select(Challenge, Competition, Stage.name)
        .join(Competition, Competition.id == Challenge.competition_id)
        .join(Stage, Stage.id == Challenge.stage_id)
        .where(_listed(signed_in=signed_in), Challenge.release_at <= now, Competition.starts_at <= now)
        .where(or_(*(moment >= recent for moment in moments)))
        .options(defer(Challenge.statement))
        .order_by(Challenge.release_at.desc(), Challenge.id.desc())
        .limit(MOST_DATES)
    )
    found = []
    for challenge, competition, stage in await session.execute(chosen):
        window = _window(challenge, competition)
        assert window.released_at is not None
        found.append(
            Dated(
                slug=challenge.slug,
                title=challenge.title,
                stage=stage,
                opens_at=window.released_at,
                closes_at=None if challenge.practice else window.locks_at,
                created_at=challenge.created_at,
                revision=challenge.revision,
            )
        )
    return tuple(found)


async def competitions(session: AsyncSession, now: datetime, *, signed_in: bool) -> tuple[Season, ...]:
    """Competitions that this viewer sees and that are not long over."""
    over = or_(Competition.ends_at.is_(None), Competition.ends_at >= now - PAST)
    columns = (Competition.slug, Competition.name, Competition.starts_at, Competition.ends_at)
    chosen = select(*columns).where(_listed(signed_in=signed_in), over)
    order = (Competition.starts_at.desc(), Competition.id.desc())
    return tuple(Season(*row) for row in await session.execute(chosen.order_by(*order).limit(MOST_DATES)))


async def public_pages(session: AsyncSession, now: datetime) -> list[Place]:
    """Every post, challenge and competition that everybody may read now, the newest first."""
    posts = (
        select(Post.kind, Post.slug, Post.updated_at)
        .where(publishing.readable(None, now))
        .order_by(Post.publish_at.desc(), Post.id.desc())
        .limit(MOST_PAGES)
    )
    found = [Place(publishing.path(kind, slug), at) for kind, slug, at in await session.execute(posts)]
    released = and_(Challenge.release_at <= now, Competition.starts_at <= now)
    challenges = (
        select(Challenge.slug)
        .join(Competition, Competition.id == Challenge.competition_id)
        .where(_listed(signed_in=False), released)
        .order_by(Challenge.release_at.desc(), Challenge.id.desc())
        .limit(MOST_PAGES)
    )
    found += [Place(f"/challenges/{slug}") for slug in await session.scalars(challenges)]
    listed = select(Competition.slug).where(_listed(signed_in=False)).order_by(Competition.id)
    found += [Place(f"/competitions/{slug}") for slug in await session.scalars(listed)]
    return found[:MOST_PAGES]


def _listed(*, signed_in: bool) -> ColumnElement[bool]:
    seen = true() if signed_in else Competition.visibility == "public"
    return and_(Competition.archived_at.is_(None), seen)


def _window(challenge: Challenge, competition: Competition) -> Window:
    return Window(
        release_at=challenge.release_at,
        lock_at=challenge.lock_at,
        locked_at=challenge.locked_at,
        practice=challenge.practice,
        opens_at=competition.starts_at,
        closes_at=competition.ends_at,
    )


def _entry(row: Any) -> Entry:
    values = row._asdict()
    published_at, slug = values.pop("publish_at"), values.pop("slug")
    # What was written before it appeared is new to readers when it appears.
    values["updated_at"] = max(values["updated_at"], published_at)
    return Entry(**values, path=publishing.path(row.kind, slug), published_at=published_at)

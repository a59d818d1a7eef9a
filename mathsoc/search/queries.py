"""Searching, through the viewer: what they may not read now is neither found, nor counted, nor quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mathsoc.challenges.models import Challenge
from mathsoc.challenges.rules import Phase, Window
from mathsoc.competitions.models import Competition
from mathsoc.members.rules import SEES_KEYS, Viewer
from mathsoc.publishing import queries as publishing
from mathsoc.publishing import rules as publishing_rules
from mathsoc.publishing.models import Post
from mathsoc.schools.models import Stage
from mathsoc.search import rules
from mathsoc.search.matching import Matching, for_dialect
from mathsoc.search.models import SearchEntry

ROWS = 20
MOST = 400  # things that one search finds

# The competition of a challenge; a competition that is itself found is `Competition`.
Holder = aliased(Competition)


@dataclass(frozen=True)
class Hit:
    """Something found: title and excerpt in pieces, each with whether it is what was looked for."""

    kind: str
    path: str
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]
    # Where it belongs: a stage and a competition.
    about: str
    # What staff should know of what others do not see: "draft", "scheduled".
    note: str
    # When it appeared, or will.
    at: datetime | None


@dataclass(frozen=True)
class Found:
    """One page of hits, and how many there are on all of them."""

    hits: Sequence[Hit]
    total: int
    page: int
    # Whether there are more than a search gives.
    more: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


async def search(
    session: AsyncSession, query: rules.Query, viewer: Viewer | None, now: datetime, page: int = 1
) -> Found:
    """What this viewer may read now and the query is found in, the best first; pages count from 1.

    Two statements, however much there is; each of them asks the things themselves who may read them.
    """
    if not query.phrases:
        return Found((), 0, page, more=False)
    matching = for_dialect(session.get_bind().dialect.name, query)
    seen = visible(viewer, now)
    # Of what is in half of all texts only the newest are weighed, so that a search stays quick.
    entry = select(SearchEntry.id, matching.score().label("score"))
    newest = _things(entry, matching).where(seen).order_by(matching.newest_first()).limit(MOST + 1).subquery()
    best = select(newest.c.id).order_by(newest.c.score, newest.c.id.desc())
    found = (await session.scalars(best)).all()
    wanted = found[:MOST][(page - 1) * ROWS : page * ROWS]
    rows: Sequence[Row[Any]] = ()
    if wanted:
        shown = _shown(matching).where(seen, SearchEntry.id.in_(wanted))
        rows = (await session.execute(shown)).all()
    by_id = {row.id: _hit(row, now) for row in rows}
    hits = [by_id[one] for one in wanted if one in by_id]
    return Found(hits, min(len(found), MOST), page, more=len(found) > MOST)


def visible(viewer: Viewer | None, now: datetime) -> ColumnElement[bool]:
    """The condition for entries that this viewer may find now, over the joins of `_things`.

    Those who edit find everything but what is in the bin.
    """
    if viewer is not None and viewer.role in SEES_KEYS:
        return or_(SearchEntry.post_id.is_(None), Post.binned_at.is_(None))
    everywhere = true() if viewer is not None else false()
    theirs = and_(
        or_(everywhere, Holder.visibility == "public"),
        Holder.archived_at.is_(None),
        Holder.starts_at <= now,
        Challenge.release_at <= now,
    )
    locked = or_(*(end <= now for end in (Challenge.lock_at, Challenge.locked_at, Holder.ends_at)))
    told = or_(SearchEntry.part == "text", and_(Challenge.practice.is_(False), locked))
    return or_(
        and_(SearchEntry.post_id.is_not(None), publishing.readable(viewer, now)),
        and_(SearchEntry.challenge_id.is_not(None), theirs, told),
        and_(
            SearchEntry.competition_id.is_not(None),
            or_(everywhere, Competition.visibility == "public"),
            Competition.archived_at.is_(None),
        ),
    )


def _things(chosen: Select[Any], matching: Matching) -> Select[Any]:
    """Entries that match, with the things that they are of: whether those may be read is asked of them."""
    joined = matching.joined(chosen.select_from(SearchEntry))
    return (
        joined.outerjoin(Post, Post.id == SearchEntry.post_id)
        .outerjoin(Challenge, Challenge.id == SearchEntry.challenge_id)
        .outerjoin(Holder, Holder.id == Challenge.competition_id)
        .outerjoin(Stage, Stage.id == Challenge.stage_id)
        .outerjoin(Competition, Competition.id == SearchEntry.competition_id)
        .where(matching.matches())
    )


def _shown(matching: Matching) -> Select[Any]:
    slug = case(
        (SearchEntry.post_id.is_not(None), Post.slug),
        (SearchEntry.challenge_id.is_not(None), Challenge.slug),
        else_=Competition.slug,
    )
    columns = (
        *(SearchEntry.id, SearchEntry.part, SearchEntry.post_id, SearchEntry.challenge_id),
        slug.label("slug"),
        matching.title().label("title"),
        matching.excerpt().label("excerpt"),
        *(Post.kind, Post.publish_at, Post.expires_at),
        Post.archived_at.label("post_archived_at"),
        Challenge.title.label("challenge_title"),
        *(Challenge.release_at, Challenge.lock_at, Challenge.locked_at, Challenge.practice),
        *(Holder.starts_at.label("opens_at"), Holder.ends_at.label("closes_at")),
        *(Holder.name.label("holder"), Stage.name.label("stage")),
        *(Competition.starts_at, Competition.archived_at),
    )
    return _things(select(*columns), matching)


def _hit(row: Row[Any], now: datetime) -> Hit:
    title, excerpt = rules.pieces(row.title), rules.pieces(row.excerpt)
    if row.post_id is not None:
        state = publishing_rules.state(row.publish_at, row.expires_at, row.post_archived_at, None, now)
        note = "" if state is publishing_rules.State.PUBLISHED else str(state)
        path = publishing.path(row.kind, row.slug)
        return Hit(row.kind, path, title, excerpt, "", note, row.publish_at)
    if row.challenge_id is not None:
        times = (row.release_at, row.lock_at, row.locked_at, row.practice, row.opens_at, row.closes_at)
        window = Window(*times)
        phase = window.phase(now)
        solution = row.part == "solution"
        note = "" if phase.released and (phase is Phase.LOCKED or not solution) else phase.value
        kind, anchor = (
            "worked solution" if solution else "challenge",
            f"#region-challenges-{row.slug}-solution",
        )
        about, path = f"{row.stage} · {row.holder}", f"/challenges/{row.slug}{anchor if solution else ''}"
        title = title or [(row.challenge_title, False)]
        return Hit(kind, path, title, excerpt, about, note, window.released_at)
    note = "archived" if row.archived_at is not None else ""
    return Hit("competition", f"/competitions/{row.slug}", title, excerpt, "", note, row.starts_at)

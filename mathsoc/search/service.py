"""What is searched is kept in step with what is written: planned by whoever changes it, done by a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from mathsoc import clock, jobs, richtext
from mathsoc.challenges.models import Challenge
from mathsoc.competitions.models import Competition
from mathsoc.db import Base
from mathsoc.jobs import Job
from mathsoc.publishing.models import Post
from mathsoc.search.models import LONGEST, SearchEntry
from mathsoc.search.rules import storable
from mathsoc.uploads.models import Upload
from mathsoc.writing.shelves import Thing

INDEX = "index-for-search"
FILL = "fill-search"
CHUNK = 25  # things that one step plans
LONGEST_TITLE = 150

OWNERS: dict[str, tuple[type[Base], str]] = {
    "post": (Post, "post_id"),
    "challenge": (Challenge, "challenge_id"),
    "competition": (Competition, "competition_id"),
}
Words = dict[str, Any]


async def plan(session: AsyncSession, kind: str, id: int) -> None:
    """Have a thing read again for the search; call after any change of it, in the same transaction.

    Until then it is not found at all: what was written before may be what nobody is to read any more.
    """
    _, owner = OWNERS[kind]
    await jobs.plan(session, INDEX, f"{kind}:{id}", clock.now())
    await session.flush()
    await session.execute(delete(SearchEntry).where(SearchEntry.__table__.c[owner] == id))


async def post_changed(session: AsyncSession, post: Post, _now: datetime) -> None:
    """A hook of posts: their texts, and all else about them."""
    await plan(session, "post", post.id)


async def text_published(session: AsyncSession, thing: Thing, _field: str, _now: datetime) -> None:
    """A hook of texts edited in place, for those of challenges and competitions."""
    kind = thing.owner.removesuffix("_id")
    if kind != "post":
        await plan(session, kind, thing.id)


async def index(session: AsyncSession, job: Job) -> datetime | None:
    """The job: read one thing. One that has gone took its entries along."""
    kind, _, number = job.subject.partition(":")
    await _read(session, kind, int(number))
    return None


async def fill(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: have things read that have no entry, some in each step, until all are planned.

    It reads none itself: only the job of a thing has whoever changes that thing wait.
    """
    for kind, (model, owner) in OWNERS.items():
        key: Any = model.__table__.c.id
        there = exists().where(SearchEntry.__table__.c[owner] == key)
        subject = literal(f"{kind}:") + cast(key, String)
        planned = exists().where(Job.name == INDEX, Job.subject == subject, Job.done_at.is_(None))
        missing = select(key).where(~there, ~planned).order_by(key).limit(CHUNK)
        if ids := (await session.scalars(missing)).all():
            for id in ids:
                await jobs.plan(session, INDEX, f"{kind}:{id}", clock.now())
            return clock.now()
    return None


async def _read(session: AsyncSession, kind: str, id: int) -> None:
    _, owner = OWNERS[kind]
    found: list[Words] = []
    if kind == "post":
        document = joinedload(Post.document).undefer(Upload.text)
        chosen = select(Post).where(Post.id == id)
        posts = await session.scalars(chosen.options(undefer(Post.body), joinedload(Post.tags), document))
        found = [_of_post(post) for post in posts.unique()]
    elif kind == "challenge":
        all_of = select(Challenge).where(Challenge.id == id).options(undefer(Challenge.solution))
        for challenge in await session.scalars(all_of):
            found += _of_challenge(challenge)
    else:
        columns = (Competition.id, Competition.name, Competition.introduction)
        competitions = await session.execute(select(*columns).where(Competition.id == id))
        found = [_words(name, "", text, competition_id=number) for number, name, text in competitions]
    await session.execute(delete(SearchEntry).where(SearchEntry.__table__.c[owner] == id))
    session.add_all(SearchEntry(**one) for one in found)
    await session.flush()


def _of_post(post: Post) -> Words:
    """Not who wrote it: names of people are found nowhere."""
    labels = " ".join(tag.tag for tag in post.tags)
    document = post.document.text if post.document is not None else ""
    return _words(post.title, labels, post.body, before=post.summary, after=document, post_id=post.id)


def _of_challenge(challenge: Challenge) -> list[Words]:
    title, number = challenge.title, challenge.id
    found = [_words(title, challenge.topic, challenge.statement, challenge_id=number)]
    if challenge.solution:
        # Without its title, or whoever looks for that would find the challenge twice.
        found.append(_words("", "", challenge.solution, part="solution", challenge_id=number))
    return found


def _words(
    title: str, labels: str, rich: str, *, before: str = "", after: str = "", part: str = "text", **whose: int
) -> Words:
    body = " ".join(one for one in (before, richtext.plain(rich, LONGEST), after) if one)
    return whose | {
        "part": part,
        "title": storable(title, LONGEST_TITLE),
        "labels": storable(labels, LONGEST),
        "body": storable(body, LONGEST),
    }

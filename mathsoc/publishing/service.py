"""What changes about posts: their making, their times, the archive and the bin. Never commits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, jobs, richtext
from mathsoc.audit import Action
from mathsoc.errors import MathsocError, Missing, Refused
from mathsoc.jobs import Job
from mathsoc.live.service import announce
from mathsoc.members.rules import Viewer
from mathsoc.publishing import naming, queries, rules
from mathsoc.publishing.around import Details, details
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.publishing.rules import State

# Who else must know of a post that changed, came or went: the search, kept fragments. They may plan jobs and
# write, and announce nothing: what is announced here is announced last, in sorted order.
Hook = Callable[[AsyncSession, Post, datetime], Awaitable[None]]
on_changed: list[Hook] = []

ANNOUNCE = "announce-post"
STRIP_TOPIC = "posts:strip"
LATEST_TOPIC = "posts:latest"
ALT = "Say in words what each picture shows, for those who cannot see it: {number} {has} none."
NO_TEXT = "There is nothing to read yet: press Edit, write the text and save it first."


class Stale(MathsocError):
    """Somebody else has changed the details since the form was filled; `now` is what they are."""

    def __init__(self, now: Details) -> None:
        super().__init__("changed meanwhile")
        self.now = now


@dataclass(frozen=True)
class By:
    """Who changes something, when, and from which address."""

    viewer: Viewer
    now: datetime
    address: str = ""


async def create(session: AsyncSession, by: By, kind: str, title: str) -> Post:
    """A draft with nothing but a title; it is credited to who began it until somebody says otherwise."""
    naming.must_be_a_title(title)
    post = Post(
        kind=kind,
        slug="",
        title=title,
        audience="public",
        author_id=by.viewer.id,
        credit=by.viewer.display_name[: rules.LONGEST_CREDIT],
        created_at=by.now,
        updated_at=by.now,
        tags=[],
    )
    session.add(post)
    await session.flush()
    await naming.name(session, post)
    await _log(session, by, Action.POST_MADE, post, after={"kind": kind, "title": title})
    await changed(session, post, by.now)
    return post


async def set_details(session: AsyncSession, by: By, post: Post, given: Details, base: str) -> bool:
    """Change what stands around the text; whether that was anything. `post` is held.

    `base` is the mark of the details that the form was filled from: raises Stale where they are others now.
    """
    before = details(post)
    if given == before:
        return False
    if base != before.mark:
        raise Stale(before)
    if given.expires_at is not None and post.publish_at is not None and given.expires_at <= post.publish_at:
        raise Refused("It must be after the moment when it appears.", "expires_at")
    was_seen = seen(post, by.now)
    await naming.rename(session, post, given.title)
    post.summary, post.credit, post.audience = given.summary, given.credit, given.audience
    post.pinned, post.expires_at = given.pinned, given.expires_at
    await set_tags(session, post, list(given.tags))
    post.updated_at = by.now
    was, now = before.told(), given.told()
    names = [name for name in now if was[name] != now[name]]
    await _log(session, by, Action.POST_CHANGED, post, {n: was[n] for n in names}, {n: now[n] for n in names})
    await changed(session, post, by.now, was_seen=was_seen)
    return True


async def set_document(session: AsyncSession, by: By, post: Post, upload_id: int | None) -> None:
    """Give a newsletter its PDF, or none; `post` is held. The file that it had stays among the uploads."""
    before = {"document": post.document_id}
    post.document_id, post.updated_at = upload_id, by.now
    await _log(session, by, Action.POST_CHANGED, post, before, {"document": upload_id})
    if queries.state(post, by.now) in (State.PUBLISHED, State.SCHEDULED):
        must_be_whole(post)
    await changed(session, post, by.now)


async def held(session: AsyncSession, kind: str, slug: str) -> Post:
    """The post of this slug, with its row locked until the commit; raises Missing."""
    chosen = select(PostSlug.post_id).where(PostSlug.kind == kind, PostSlug.slug == slug)
    found = await session.scalar(
        select(Post).where(Post.id == chosen.scalar_subquery()).with_for_update(key_share=True)
    )
    if found is None:
        raise Missing
    return await queries.find(session, kind, slug)


async def publish(session: AsyncSession, by: By, post: Post, at: datetime | None = None) -> None:
    """Let readers see it, now or from a moment on. Raises Refused while there is something it lacks."""
    must_be_whole(post)
    moment = at or by.now
    if post.expires_at is not None and post.expires_at <= moment:
        raise Refused("It would be over before it appears: change when it is over first.", "publish_at")
    before, was_seen = _times(post), seen(post, by.now)
    post.publish_at, post.archived_at, post.binned_at = moment, None, None
    action = Action.POST_PUBLISHED if moment <= by.now else Action.POST_SCHEDULED
    await _changed_by(session, by, action, post, before, was_seen)


async def withdraw(session: AsyncSession, by: By, post: Post) -> None:
    """Make it a draft again."""
    before, was_seen = _times(post), seen(post, by.now)
    post.publish_at = None
    await _changed_by(session, by, Action.POST_WITHDRAWN, post, before, was_seen)


async def archive(session: AsyncSession, by: By, post: Post) -> None:
    """Take it away from readers for good, and keep it."""
    before, was_seen = _times(post), seen(post, by.now)
    post.archived_at = by.now
    await _changed_by(session, by, Action.POST_ARCHIVED, post, before, was_seen)


async def unarchive(session: AsyncSession, by: By, post: Post) -> None:
    before, was_seen = _times(post), seen(post, by.now)
    post.archived_at = None
    await _changed_by(session, by, Action.POST_RESTORED, post, before, was_seen)


async def bin(session: AsyncSession, by: By, post: Post) -> None:
    """Into the bin, whence it can come back for thirty days."""
    before, was_seen = _times(post), seen(post, by.now)
    post.binned_at = post.binned_at or by.now
    await _changed_by(session, by, Action.POST_BINNED, post, before, was_seen)


async def unbin(session: AsyncSession, by: By, post: Post) -> None:
    """Out of the bin, to what it was before it went there."""
    before, was_seen = _times(post), seen(post, by.now)
    post.binned_at = None
    await _changed_by(session, by, Action.POST_RESTORED, post, before, was_seen)


async def write(session: AsyncSession, post: Post, text: str, now: datetime) -> None:
    """Keep a cleaned text; who wrote it, and what it was before, is the writing slice's to keep."""
    post.body = text
    if queries.state(post, now) in (State.PUBLISHED, State.SCHEDULED):
        must_be_whole(post)
    post.updated_at = now
    await changed(session, post, now)


async def set_tags(session: AsyncSession, post: Post, tags: list[str]) -> None:
    """File the post under these words and no others; its tags are loaded."""
    kept = [one for one in post.tags if one.tag in tags]
    known = {one.tag for one in kept}
    post.tags = kept + [PostTag(post_id=post.id, tag=tag) for tag in tags if tag not in known]
    await session.flush()


async def changed(session: AsyncSession, post: Post, now: datetime, *, was_seen: bool = False) -> None:
    """Tell whoever shows, searches or keeps this post, now and at its moments; call it after any change.

    Of what readers neither see nor saw (`was_seen`, before the change) no open page is told anything.
    """
    await session.flush()
    for hook in on_changed:
        await hook(session, post, now)
    for what, moment in (("appears", post.publish_at), ("ends", post.expires_at)):
        if moment is not None and moment > now:
            await jobs.plan(session, ANNOUNCE, f"{what}:{post.public_id}", moment)
    if was_seen or seen(post, now):
        for topic in sorted(await topics(session, post)):
            await announce(session, topic)


def seen(post: Post, now: datetime) -> bool:
    """Whether there are readers who may see it now."""
    return queries.state(post, now) is State.PUBLISHED


async def announce_due(session: AsyncSession, job: Job) -> datetime | None:
    """The job: a post came or went by the passing of time alone."""
    post = await queries.by_public_id(session, job.subject.partition(":")[2])
    if post is not None:
        await changed(session, post, clock.now(), was_seen=True)
    return None


async def drop_credits(session: AsyncSession, member_id: int) -> None:
    """Take a member's name off what they wrote, since their account goes and they did not let it stand."""
    now = clock.now()
    chosen = select(Post.public_id).where(Post.author_id == member_id).order_by(Post.id)
    for public_id in (await session.scalars(chosen)).all():
        post = await queries.by_public_id(session, public_id)
        assert post is not None
        post.credit = ""
        await changed(session, post, now)
    await session.execute(update(Post).where(Post.author_id == member_id).values(author_id=None))


def must_be_whole(post: Post) -> None:
    """Raises Refused while readers would miss something: any text at all, or words for a picture."""
    if not post.body.strip() and post.document_id is None:
        raise Refused(NO_TEXT)
    silent = sum(not one.alt.strip() for one in richtext.pictures(post.body))
    if silent:
        raise Refused(
            ALT.format(number="one" if silent == 1 else silent, has="has" if silent == 1 else "have")
        )


async def topics(session: AsyncSession, post: Post) -> set[str]:
    """Every topic that shows this post, under each address that it ever had: pages are open under them."""
    slugs = await session.scalars(select(PostSlug.slug).where(PostSlug.post_id == post.id))
    shown = {f"posts:{post.kind}"} | {f"post:{post.kind}/{slug}" for slug in slugs}
    if post.kind == "announcement":
        shown.add(STRIP_TOPIC)
    if post.kind in ("article", "newsletter"):
        shown.add(LATEST_TOPIC)
    return shown


def _times(post: Post) -> dict[str, Any]:
    names = ("publish_at", "archived_at", "binned_at")
    return {name: value.isoformat() for name in names if (value := getattr(post, name)) is not None}


async def _changed_by(
    session: AsyncSession, by: By, action: Action, post: Post, before: dict[str, Any], was_seen: bool
) -> None:
    await session.flush()
    await _log(session, by, action, post, before, _times(post))
    await changed(session, post, by.now, was_seen=was_seen)


async def _log(
    session: AsyncSession,
    by: By,
    action: Action,
    post: Post,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        action,
        by.now,
        actor_id=by.viewer.id,
        subject=("post", post.id),
        address=by.address,
        before=before,
        after=after,
    )

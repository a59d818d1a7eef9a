"""Doing what a plan says, in the caller's transaction. Never commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from mathsoc import audit, jobs
from mathsoc.audit import Action
from mathsoc.competitions.models import Competition, CompetitionStage
from mathsoc.exchange import texts
from mathsoc.exchange.boxes import write_challenges
from mathsoc.exchange.planned import CREATE, UPDATE, Plan
from mathsoc.exchange.rules import COMPETITIONS, POSTS, SOCIETY, UPLOADS, Entry
from mathsoc.live.service import announce
from mathsoc.publishing import service as publishing
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.schools.models import Society, Stage, YearStage
from mathsoc.search import service as search
from mathsoc.uploads import service as uploads
from mathsoc.uploads.models import Upload
from mathsoc.uploads.service import Prepared


@dataclass
class Done:
    """What must be told, once everything is written."""

    topics: set[str] = field(default_factory=set)
    searched: set[tuple[str, int]] = field(default_factory=set)


async def apply(session: AsyncSession, plan: Plan, prepared: list[Prepared], now: datetime) -> None:
    """Write everything that the plan creates or updates, then tell whoever shows and searches it.

    The caller holds what the plan changes (`holding.hold`); `prepared` are the files whose rows are missing.
    """
    done = Done()
    await _society(session, plan)
    for made in prepared:
        await uploads.enter(session, made, None, now)
    await _upload_names(session, plan)
    await _competitions(session, plan, now, done)
    done.topics |= await write_challenges(session, plan, now, done.searched)
    await _posts(session, plan, now, done)
    for kind, id in sorted(done.searched):
        await search.plan(session, kind, id)
    becomes = list(plan.what.values())
    told = {"created": becomes.count(CREATE), "updated": becomes.count(UPDATE)}
    if any(told.values()):
        await audit.record(session, Action.IMPORTED, now, after=told)
    # Last, since it takes the locks of topics, in their order.
    for topic in sorted(done.topics):
        await announce(session, topic)


async def _society(session: AsyncSession, plan: Plan) -> None:
    if not plan.changes(SOCIETY):
        return
    data = plan.entries[SOCIETY].data
    society = await session.get(Society, 1)
    if society is None:
        society = Society(name=data["name"])
        session.add(society)
    for name in ("name", "strapline", "accent", "staff_contact"):
        setattr(society, name, data[name])
    there = {one.slug: one for one in await session.scalars(select(Stage))}
    years = {one.year: one for one in await session.scalars(select(YearStage))}
    for position, row in enumerate(data["stages"]):
        stage = there.get(row["slug"]) or Stage(slug=row["slug"])
        stage.name, stage.position = row["name"], position
        session.add(stage)
        await session.flush()
        for year in row["years"]:
            if year in years:
                years[year].stage_id = stage.id
            else:
                session.add(YearStage(year=year, stage_id=stage.id))
        # A year that is in no stage of the file has no board any more.
        for year, one in years.items():
            if one.stage_id == stage.id and not any(year in other["years"] for other in data["stages"]):
                await session.delete(one)
    await session.flush()


async def _upload_names(session: AsyncSession, plan: Plan) -> None:
    for entry in plan.of(UPLOADS, ".toml"):
        if plan.what[entry.path] == UPDATE:
            upload = (await session.scalars(select(Upload).where(Upload.public_id == entry.name))).one()
            upload.name = entry.data["name"]
    await session.flush()


async def _competitions(session: AsyncSession, plan: Plan, now: datetime, done: Done) -> None:
    stages = {one.slug: one.id for one in await session.scalars(select(Stage))}
    for entry in list(plan.of(COMPETITIONS)):
        if not plan.changes(entry.path):
            continue
        before = plan.before(entry.path)
        one = await session.scalar(
            select(Competition).where(Competition.slug == entry.name).with_for_update(key_share=True)
        )
        if one is None:
            one = Competition(slug=entry.name)
            session.add(one)
        for name, value in entry.data.items():
            if name != "stages":
                setattr(one, name, value)
        one.introduction = entry.text or ""
        await session.flush()
        boards = {
            board.stage_id: board
            for board in await session.scalars(
                select(CompetitionStage).where(CompetitionStage.competition_id == one.id)
            )
        }
        for position, slug in enumerate(entry.data["stages"]):
            if stages[slug] in boards:
                boards[stages[slug]].position = position
            else:
                session.add(CompetitionStage(competition_id=one.id, stage_id=stages[slug], position=position))
        await _revise(session, "competition_id", one.id, "introduction", before, entry, now)
        done.searched.add(("competition", one.id))
        done.topics |= {
            f"competition:{one.slug}",
            *(f"board:{one.slug}:{slug}" for slug in entry.data["stages"]),
        }


async def _posts(session: AsyncSession, plan: Plan, now: datetime, done: Done) -> None:
    documents = {
        public_id: id
        for public_id, id in await session.execute(
            select(Upload.public_id, Upload.id).where(Upload.kind == "document")
        )
    }
    for folder, kind in POSTS.items():
        for entry in list(plan.of(folder)):
            if plan.changes(entry.path):
                post = await _post(session, plan, entry, kind, documents, now)
                done.topics |= await _follow(session, post, now)
                done.searched.add(("post", post.id))


async def _follow(session: AsyncSession, post: Post, now: datetime) -> set[str]:
    """What `publishing.changed` does but for the announcing, which comes last for all posts together."""
    await session.flush()
    for hook in publishing.on_changed:
        await hook(session, post, now)
    for what, moment in (("appears", post.publish_at), ("ends", post.expires_at)):
        if moment is not None and moment > now:
            await jobs.plan(session, publishing.ANNOUNCE, f"{what}:{post.public_id}", moment)
    return await publishing.topics(session, post)


async def _post(
    session: AsyncSession, plan: Plan, entry: Entry, kind: str, documents: dict[str, int], now: datetime
) -> Post:
    before = plan.before(entry.path)
    if before is None:
        post = Post(kind=kind, slug=entry.name, tags=[], created_at=now, updated_at=now)
        session.add(post)
    else:
        chosen = select(Post).where(Post.kind == kind, Post.slug == before.name)
        loading = chosen.options(selectinload(Post.tags), undefer(Post.body))
        post = (await session.scalars(loading.with_for_update(key_share=True))).one()
    for name, value in entry.data.items():
        if name not in ("tags", "old_slugs", "document", "created_at", "updated_at"):
            setattr(post, name, value)
    post.slug, post.body = entry.name, entry.text or ""
    post.document_id = documents[entry.data["document"]] if entry.data["document"] else None
    post.created_at = entry.data["created_at"] or now
    # Readers are told of something new also where the moment in the file was left as it was.
    stale = before is not None and entry.data["updated_at"] == before.data["updated_at"]
    post.updated_at = now if stale or entry.data["updated_at"] is None else entry.data["updated_at"]
    await session.flush()
    known = set(await session.scalars(select(PostSlug.slug).where(PostSlug.post_id == post.id)))
    for slug in {entry.name, *entry.data["old_slugs"]} - known:
        session.add(PostSlug(kind=kind, slug=slug, post_id=post.id))
    await publishing.set_tags(session, post, entry.data["tags"])
    await _revise(session, "post_id", post.id, "body", before, entry, now)
    return post


async def _revise(
    session: AsyncSession, owner: str, id: int, field: str, before: Entry | None, after: Entry, now: datetime
) -> None:
    was = None if before is None else before.text or ""
    await texts.revised(session, owner, id, field, was, after.text or "", now)

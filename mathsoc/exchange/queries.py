"""Reading all content as entries, in the order of their paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload, undefer

from mathsoc import richtext
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions.models import Competition, CompetitionStage
from mathsoc.errors import Refused
from mathsoc.exchange import rules, shapes
from mathsoc.exchange.rules import BOXES, CHALLENGES, COMPETITIONS, SOLUTION, UPLOADS, Entry
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.schools.models import Society, Stage, YearStage
from mathsoc.uploads.models import Upload

FOLDER_OF = {kind: folder for folder, kind in rules.POSTS.items()}
ENDING_OF = {media_type: ending for ending, media_type in rules.ENDINGS.items()}


@dataclass
class Content:
    """Everything that is exported: entries by path, and the files beside them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    # Path → public id of the file's upload.
    uploads: dict[str, Upload] = field(default_factory=dict)
    # (kind, slug present or former) → path of the post.
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, path: str, data: Mapping[str, Any], text: str | None = None) -> None:
        """As it would be read again; a text from before a rule of today is cleaned as readers see it."""
        shape = shapes.shape_of(path)
        if shape is None:
            raise Refused(f"{path} cannot be the name of a file; give the thing another address first.")
        try:
            known = shapes.checked(data, shape)
        except rules.Wrong as wrong:
            raise Refused(f"{path} could not be read again: {wrong}.") from wrong
        self.entries[path] = Entry(path, known, None if text is None else richtext.clean(text))


async def content(session: AsyncSession) -> Content:
    """All content as it is now. Raises Refused for what no file could hold."""
    found = Content()
    await _society(session, found)
    await _competitions(session, found)
    await _challenges(session, found)
    await _posts(session, found)
    await _uploads(session, found)
    return found


async def _society(session: AsyncSession, found: Content) -> None:
    society = await session.get(Society, 1, populate_existing=True)
    if society is None:
        return
    years: defaultdict[int, list[int]] = defaultdict(list)
    for one in await session.scalars(select(YearStage)):
        years[one.stage_id].append(one.year)
    stages = await session.scalars(select(Stage).order_by(Stage.position, Stage.slug))
    found.add(
        rules.SOCIETY,
        _fields(society, "name", "strapline", "accent", "staff_contact")
        | {
            "stages": [{"slug": one.slug, "name": one.name, "years": sorted(years[one.id])} for one in stages]
        },
    )


async def _competitions(session: AsyncSession, found: Content) -> None:
    boards = selectinload(Competition.boards).joinedload(CompetitionStage.stage)
    chosen = select(Competition).options(boards, undefer(Competition.introduction))
    for one in await session.scalars(chosen.order_by(Competition.slug)):
        names = [name for name in shapes.shape_of("competitions/x.html").fields if name != "stages"]  # type: ignore[union-attr]
        stages = [board.stage.slug for board in sorted(one.boards, key=lambda b: (b.position, b.stage.slug))]
        data = _fields(one, *names) | {"stages": stages}
        found.add(f"{COMPETITIONS}/{one.slug}.html", data, one.introduction)


async def _challenges(session: AsyncSession, found: Content) -> None:
    chosen = (
        select(Challenge)
        .options(
            joinedload(Challenge.competition),
            joinedload(Challenge.stage),
            undefer(Challenge.statement),
            undefer(Challenge.solution),
            selectinload(Challenge.boxes).options(undefer(AnswerBox.key), undefer(AnswerBox.also)),
        )
        .order_by(Challenge.slug)
    )
    plain = ("title", "topic", "difficulty", "release_at", "lock_at", "locked_at", "practice")
    of_box = ("label", "hint", "kind", "key", "also", "options", "attempt_limit")
    for one in await session.scalars(chosen):
        data = _fields(one, *plain) | {"competition": one.competition.slug, "stage": one.stage.slug}
        found.add(f"{CHALLENGES}/{one.slug}.html", data, one.statement)
        found.add(f"{CHALLENGES}/{one.slug}{SOLUTION}", {}, one.solution)
        boxes = [
            _fields(box, *of_box) | {"id": box.public_id}
            for box in sorted(one.boxes, key=lambda box: (box.position, box.id))
        ]
        found.add(f"{CHALLENGES}/{one.slug}{BOXES}", {"boxes": boxes})


async def _posts(session: AsyncSession, found: Content) -> None:
    slugs: defaultdict[int, list[str]] = defaultdict(list)
    for address in await session.scalars(select(PostSlug)):
        slugs[address.post_id].append(address.slug)
    chosen = select(Post).options(undefer(Post.body), selectinload(Post.tags), joinedload(Post.document))
    plain = tuple(
        name
        for name in shapes.shape_of("articles/x.html").fields  # type: ignore[union-attr]
        if name not in ("document", "tags", "old_slugs")
    )
    for post in await session.scalars(chosen.order_by(Post.kind, Post.slug)):
        path = f"{FOLDER_OF[post.kind]}/{post.slug}.html"
        data = _fields(post, *plain) | {
            "tags": [one.tag for one in post.tags],
            "old_slugs": [slug for slug in slugs[post.id] if slug != post.slug],
            **({"document": post.document.public_id} if post.document else {}),
        }
        found.add(path, data, post.body)
        found.addresses |= {(post.kind, slug): path for slug in (*slugs[post.id], post.slug)}


async def _uploads(session: AsyncSession, found: Content) -> None:
    """Files that something shows, with the first pages of documents."""
    used = set(used_by(found.entries.values()))
    uploads = {one.id: one for one in await session.scalars(select(Upload).options(undefer(Upload.text)))}
    chosen = {one.id: one for one in uploads.values() if one.public_id in used}
    for one in list(chosen.values()):
        if one.picture_id is not None:
            chosen[one.picture_id] = uploads[one.picture_id]
    for one in sorted(chosen.values(), key=lambda one: one.public_id):
        path = f"{UPLOADS}/{one.public_id}"
        picture = {"picture": uploads[one.picture_id].public_id} if one.picture_id is not None else {}
        found.add(f"{path}.toml", {"name": one.name, **picture})
        found.uploads[f"{path}.{ENDING_OF[one.media_type]}"] = one


def used_by(entries: Any) -> Iterator[str]:
    """The public ids of the files that entries name."""
    for one in entries:
        yield from (picture.public_id for picture in richtext.pictures(one.text or ""))
        if one.data.get("document"):
            yield one.data["document"]


def _fields(row: object, *names: str) -> dict[str, Any]:
    """Those fields of a row that have a value."""
    return {name: value for name in names if (value := getattr(row, name)) is not None}

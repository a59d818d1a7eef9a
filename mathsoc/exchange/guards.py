"""What an import may not do to answers that were given, to keys, and to files that are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc import richtext
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.exchange.planned import CREATE, SAME, UPDATE, Plan
from mathsoc.exchange.rules import BOXES, CHALLENGES, POSTS, UPLOADS, Problem
from mathsoc.marking import Scheme, read_key
from mathsoc.marking.results import SchemeError
from mathsoc.submissions.models import Attempt
from mathsoc.uploads.models import Upload

MARKED_BY = ("kind", "key", "also", "options")
ANSWERED = (
    "box {id} has been answered, so its {what} cannot be changed here: points were given by it. Put it back "
    "as it is in a new export, or make a new challenge"
)
SILENT = 'say in alt="…" what this picture shows, for those who cannot see it'
MOVED = "this challenge has been answered, so it stays in its competition and stage; put those back"


def keys(made: Plan) -> Iterator[Problem]:
    """The engine must be able to read every key."""
    for entry in made.of(CHALLENGES, BOXES):
        for number, box in enumerate(entry.data["boxes"], 1):
            try:
                # A key of nothing would be matched by nothing.
                scheme = Scheme(box["kind"], box["key"], box["options"])
                for key in (box["key"], *box["also"]):
                    reading = read_key(key, scheme)
                    if not reading.ok:
                        why = reading.problem.message if reading.problem else "nobody can read it"
                        yield Problem(entry.path, f"box {number}: the key {key[:60]!r} cannot be read: {why}")
            except SchemeError as error:
                yield Problem(entry.path, f"box {number}: {error}")


async def boxes(session: AsyncSession, made: Plan) -> list[Problem]:
    """What has been answered keeps its key, and its place."""
    problems = []
    answered = set(
        await session.scalars(
            select(AnswerBox.public_id).where(AnswerBox.id.in_(select(Attempt.box_id).distinct()))
        )
    )
    tried = set(
        await session.scalars(
            select(Challenge.slug).where(Challenge.id.in_(select(Attempt.challenge_id).distinct()))
        )
    )
    owners = {
        box.public_id: box.challenge.slug
        for box in await session.scalars(select(AnswerBox).options(joinedload(AnswerBox.challenge)))
    }
    seen: set[str] = set()
    for entry in made.of(CHALLENGES, BOXES):
        there = made.there.entries.get(entry.path)
        old = {box["id"]: box for box in there.data["boxes"]} if there else {}
        new = {box["id"]: box for box in entry.data["boxes"] if box["id"]}
        for id in [box["id"] for box in entry.data["boxes"] if box["id"]]:
            if id in seen or owners.get(id, entry.name) != entry.name:
                problems.append(Problem(entry.path, f"box {id} is another box too; take its id out"))
            seen.add(id)
        for id in sorted(old.keys() & answered):
            if id not in new:
                problems.append(Problem(entry.path, ANSWERED.format(id=id, what="place")))
                continue
            for what in MARKED_BY:
                if new[id][what] != old[id][what]:
                    problems.append(Problem(entry.path, ANSWERED.format(id=id, what=what)))
    for entry in made.of(CHALLENGES):
        there = made.there.entries.get(entry.path)
        if (
            there
            and entry.name in tried
            and any(entry.data[n] != there.data[n] for n in ("competition", "stage"))
        ):
            problems.append(Problem(entry.path, MOVED))
    return problems


async def uploads(session: AsyncSession, made: Plan) -> list[Problem]:
    """A file that is there is never changed: its name is its content's."""
    rows = await session.execute(select(Upload.public_id, Upload.sha256, Upload.name))
    there = {public_id: (sha256, name) for public_id, sha256, name in rows}
    problems = []
    for path, raw in made.uploads.items():
        id = path.partition("/")[2].partition(".")[0]
        known = there.get(id)
        if known is not None and known[0] != hashlib.sha256(raw).hexdigest():
            problems.append(
                Problem(path, "a file of this name is kept with other content; give this one another name")
            )
        made.what[path] = SAME if known else CREATE
    for entry in made.of(UPLOADS, ".toml"):
        known = there.get(entry.name)
        made.what[entry.path] = (
            CREATE if known is None else SAME if known[1] == entry.data["name"] else UPDATE
        )
    return problems


def silent(made: Plan, given: Mapping[str, bytes]) -> Iterator[Problem]:
    """As in the page, no text comes before readers with a picture that has no words.

    The draft of a post may have one, and so may what is there already and stays as it is.
    """
    for path, entry in made.entries.items():
        draft = entry.folder in POSTS and entry.data["publish_at"] is None
        if draft or not made.changes(path) or all(one.alt for one in richtext.pictures(entry.text or "")):
            continue
        finder = _Silent()
        finder.feed(given[path].decode())
        lines: list[int | None] = [*finder.lines]
        for line in lines or [None]:
            yield Problem(path, SILENT, line)


class _Silent(HTMLParser):
    """The lines of a file on which a picture without words begins."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and not (dict(attrs).get("alt") or "").strip():
            self.lines.append(self.getpos()[0])

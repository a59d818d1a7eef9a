"""What an import would do: every file read and checked, compared with what is there. Changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mathsoc import richtext
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.errors import Refused
from mathsoc.exchange import files, queries, rules
from mathsoc.exchange.queries import Content
from mathsoc.exchange.rules import (
    BOXES,
    CHALLENGES,
    COMPETITIONS,
    POSTS,
    SOCIETY,
    SOLUTION,
    UPLOADS,
    Entry,
    Problem,
)
from mathsoc.marking import Scheme, read_key
from mathsoc.marking.results import SchemeError
from mathsoc.publishing.rules import RESERVED
from mathsoc.submissions.models import Attempt
from mathsoc.uploads.models import Upload

CREATE, UPDATE, SAME = "create", "update", "same"
MARKED_BY = ("kind", "key", "also", "options")
ANSWERED = (
    "box {id} has been answered, so its {what} cannot be changed here: points were given by it. Put it back "
    "as it is in a new export, or make a new challenge"
)
MOVED = "this challenge has been answered, so it stays in its competition and stage; put those back"


@dataclass
class Plan:
    """The files as they are meant, what there is, and what becomes of each."""

    entries: dict[str, Entry]
    uploads: dict[str, bytes]
    there: Content
    what: dict[str, str] = field(default_factory=dict)

    def before(self, path: str) -> Entry | None:
        """The entry as it is there now, if it is; a post also by an address that it had, or will have had."""
        entry = self.entries[path]
        kind = POSTS.get(entry.folder)
        if kind is not None:
            slugs = (entry.name, *entry.data["old_slugs"])
            addresses = self.there.addresses
            path = next((addresses[kind, slug] for slug in slugs if (kind, slug) in addresses), path)
        return self.there.entries.get(path)

    def changes(self, *paths: str) -> bool:
        return any(self.what.get(path, SAME) != SAME for path in paths)

    def of(self, folder: str, ending: str = ".html") -> Iterator[Entry]:
        """The entries of a folder; with ".html" only those that stand for a thing."""
        for path, entry in self.entries.items():
            if (
                entry.folder == folder
                and path.endswith(ending)
                and entry.name + ending == path.rpartition("/")[2]
            ):
                yield entry


async def plan(session: AsyncSession, given: dict[str, bytes]) -> Plan:
    """Raises Refused with every problem, its file, its line where it has one, and what to do."""
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    uploads = {path: raw for path, raw in given.items() if files.is_upload(path)}
    for path, raw in given.items():
        if path not in uploads:
            found = files.parsed(path, raw)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                entries[path] = found
    if problems:
        raise Refused(files.listed(problems))
    made = Plan(entries, uploads, await queries.content(session))
    problems += _pieces(made)
    problems += _references(made, await _known_uploads(session))
    problems += _posts(made)
    problems += _keys(made)
    problems += await _boxes(session, made)
    problems += await _files(session, made)
    if problems:
        raise Refused(files.listed(problems))
    _compare(made)
    return made


def _pieces(made: Plan) -> Iterator[Problem]:
    """Files that stand for nothing alone."""
    if SOCIETY not in made.entries and SOCIETY not in made.there.entries:
        yield Problem(SOCIETY, "there is no society yet; add this file, or found the society first")
    for entry in made.entries.values():
        main = f"{CHALLENGES}/{entry.name}.html"
        if entry.folder == CHALLENGES and main not in made.entries and main not in made.there.entries:
            yield Problem(entry.path, f"there is no challenge for it; add {main}")
    for path in made.uploads:
        if f"{path.partition('.')[0]}.toml" not in made.entries:
            yield Problem(path, f"add {path.partition('.')[0]}.toml, which may be empty")
    names = [path.partition(".")[0] for path in made.uploads]
    for name in rules.twice(names):
        yield Problem(name, "there are two files of this name; take one out")
    society = made.entries.get(SOCIETY)
    stages = society.data["stages"] if society else []
    for slug in rules.twice(one["slug"] for one in stages):
        yield Problem(SOCIETY, f"there are two stages {slug}; take one out")
    for year in rules.twice(str(year) for one in stages for year in one["years"]):
        yield Problem(SOCIETY, f"year {year} is in two stages; take it out of one")


async def _known_uploads(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(Upload.public_id, Upload.kind))
    return {public_id: kind for public_id, kind in rows}


def _references(made: Plan, known: dict[str, str]) -> Iterator[Problem]:
    """Competitions, stages and files that are named must be here or there."""
    stages = {one["slug"] for one in _both(made, SOCIETY, "stages")}
    competitions = {
        e.name for e in (*made.there.entries.values(), *made.entries.values()) if e.folder == COMPETITIONS
    }
    kinds = known | {
        path.partition("/")[2].partition(".")[0]: "document" if path.endswith(".pdf") else "picture"
        for path in made.uploads
    }
    for entry in made.entries.values():
        wanted = entry.data.get("stages", []) if entry.folder == COMPETITIONS else [entry.data.get("stage")]
        for stage in wanted:
            if stage is not None and stage not in stages:
                yield Problem(entry.path, f"there is no stage {stage}; name one of {SOCIETY}")
        competition = entry.data.get("competition")
        if competition is not None and competition not in competitions:
            yield Problem(
                entry.path, f"there is no competition {competition}; add {COMPETITIONS}/{competition}.html"
            )
        for picture in (one.public_id for one in richtext.pictures(entry.text or "")):
            if kinds.get(picture) != "picture":
                yield Problem(
                    entry.path, f"its picture {picture} is not here; add it to {UPLOADS}/ or take it out"
                )
        if (named := entry.data.get("document")) is not None and kinds.get(named) != "document":
            yield Problem(entry.path, f"its document {named} is not here; add {UPLOADS}/{named}.pdf")
        if entry.folder == UPLOADS:
            if entry.name not in kinds:
                yield Problem(entry.path, "the file that it speaks of is not here; add it beside this one")
            first = entry.data["picture"]
            if first is not None and kinds.get(first) != "picture":
                yield Problem(entry.path, f"its first page {first} is not here; add it to {UPLOADS}/")


def _both(made: Plan, path: str, name: str) -> list[Any]:
    found = [there.data[name] for there in (made.there.entries.get(path), made.entries.get(path)) if there]
    return [one for values in found for one in values]


def _posts(made: Plan) -> Iterator[Problem]:
    """Each address belongs to one post; old ones are added to those that a post has."""
    owner: dict[tuple[str, str], str] = {}
    claimed: dict[str, str] = {}
    for folder, kind in POSTS.items():
        for entry in list(made.of(folder)):
            if entry.name in RESERVED:
                yield Problem(
                    entry.path, f"{entry.name} means something else in addresses; call the file otherwise"
                )
            before = made.before(entry.path)
            there = before.path if before else None
            if there is not None and claimed.setdefault(there, entry.path) != entry.path:
                yield Problem(entry.path, f"this and {claimed[there]} are the same {kind}; take one out")
            for slug in (entry.name, *entry.data["old_slugs"]):
                if made.there.addresses.get((kind, slug), there) != there:
                    yield Problem(entry.path, f"{slug} leads to another {kind}; take it out of old_slugs")
                if owner.setdefault((kind, slug), entry.path) != entry.path:
                    yield Problem(
                        entry.path, f"{slug} is the address of {owner[kind, slug]} too; give it to one"
                    )
            data = dict(entry.data)
            if before is not None:
                data["old_slugs"] = sorted(
                    {*data["old_slugs"], *before.data["old_slugs"], before.name} - {entry.name}
                )
                for name in ("created_at", "updated_at"):
                    data[name] = data[name] or before.data[name]
            made.entries[entry.path] = Entry(entry.path, data, entry.text)


def _keys(made: Plan) -> Iterator[Problem]:
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


async def _boxes(session: AsyncSession, made: Plan) -> list[Problem]:
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


async def _files(session: AsyncSession, made: Plan) -> list[Problem]:
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


def _compare(made: Plan) -> None:
    for path, entry in made.entries.items():
        if entry.folder == UPLOADS:
            continue
        before = made.before(path)
        if before is None:
            made.what[path] = CREATE
        else:
            same = entry == Entry(path, before.data, before.text) and before.path == path
            made.what[path] = SAME if same else UPDATE


def main_of(path: str) -> str:
    """The path of the challenge that a solution or boxes belong to."""
    for ending in (SOLUTION, BOXES):
        if path.endswith(ending):
            return path.removesuffix(ending) + ".html"
    return path

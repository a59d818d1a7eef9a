"""What an import would do: every file read and checked, compared with what is there. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.errors import Refused
from mathsoc.exchange import files, guards, queries, rules
from mathsoc.exchange.planned import CREATE, SAME, UPDATE, Plan
from mathsoc.exchange.rules import CHALLENGES, COMPETITIONS, POSTS, SOCIETY, UPLOADS, Entry, Problem
from mathsoc.publishing.rules import RESERVED
from mathsoc.uploads.models import Upload


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
    problems += guards.keys(made)
    problems += await guards.boxes(session, made)
    problems += await guards.uploads(session, made)
    _compare(made)
    problems += guards.silent(made, given)
    if problems:
        raise Refused(files.listed(problems))
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

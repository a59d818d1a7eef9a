"""The files of an export: which fields each may hold, and how they are checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mathsoc.exchange.rules import (
    BOX_ID,
    BOXES,
    CHALLENGES,
    COMPETITIONS,
    KINDS,
    MOST_BOXES,
    MOST_STAGES,
    MOST_TAGS,
    MOST_YEAR,
    POSTS,
    SLUG,
    SOCIETY,
    SOLUTION,
    UPLOAD_ID,
    UPLOADS,
    Field,
    Wrong,
    choice,
    flag,
    lines,
    many,
    moment,
    named,
    read,
    rows,
    table,
    whole,
    words,
)

_STAGE = {
    "slug": Field(named(re.compile(r"[a-z0-9][a-z0-9-]{0,29}")), needed=True),
    "name": Field(words(60, least=1), needed=True),
    "years": Field(many(whole(1, MOST_YEAR), MOST_YEAR, ordered=False), needed=True),
}
_BOX = {
    "id": Field(named(BOX_ID)),
    "label": Field(words(200), needed=True),
    "hint": Field(words(200), ""),
    "kind": Field(choice(*KINDS, "text", "choice"), needed=True),
    "key": Field(lines(5_000), needed=True),
    "also": Field(many(lines(5_000), 50), []),
    "options": Field(table, {}),
    "attempt_limit": Field(whole(1, 100)),
}
_POST = {
    "title": Field(words(150, least=1), needed=True),
    "summary": Field(words(300), ""),
    "audience": Field(choice("public", "members", "staff"), needed=True),
    "credit": Field(words(120), ""),
    "publish_at": Field(moment),
    "expires_at": Field(moment),
    "archived_at": Field(moment),
    "binned_at": Field(moment),
    "created_at": Field(moment),
    "updated_at": Field(moment),
    "pinned": Field(flag, False),
    "document": Field(named(UPLOAD_ID)),
    "tags": Field(many(words(40, least=1), MOST_TAGS, ordered=False), []),
    "old_slugs": Field(many(named(SLUG), 200, ordered=False), []),
}
_CHALLENGE = {
    "competition": Field(named(SLUG), needed=True),
    "stage": Field(named(SLUG), needed=True),
    "title": Field(words(150, least=1), needed=True),
    "topic": Field(words(60), ""),
    "difficulty": Field(whole(-1_000, 1_000)),
    "release_at": Field(moment),
    "lock_at": Field(moment),
    "locked_at": Field(moment),
    "practice": Field(flag, False),
}
_COMPETITION = {
    "name": Field(words(120, least=1), needed=True),
    "starts_at": Field(moment, needed=True),
    "ends_at": Field(moment),
    "freeze_at": Field(moment),
    "archived_at": Field(moment),
    "visibility": Field(choice("members", "public"), needed=True),
    "answers": Field(choice("own", "any"), needed=True),
    "attempt_limit": Field(whole(1, 100), needed=True),
    "completion_points": Field(whole(0, 10_000), needed=True),
    "first_points": Field(whole(0, 10_000), needed=True),
    "stages": Field(many(named(SLUG), MOST_STAGES), needed=True),
}
_SOCIETY = {
    "name": Field(words(120, least=1), needed=True),
    "strapline": Field(words(200), ""),
    "accent": Field(words(20, least=1), "#2f4bb8"),
    "staff_contact": Field(words(200), ""),
    "stages": Field(rows(_STAGE, MOST_STAGES), needed=True),
}
_UPLOAD = {
    "name": Field(words(120), ""),
    "picture": Field(named(UPLOAD_ID)),
}
# In each pair the first moment comes before the second.
_ORDER = (("release_at", "lock_at"), ("publish_at", "expires_at"), ("starts_at", "ends_at"))


@dataclass(frozen=True)
class Shape:
    """What a file of one kind may hold."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    # Whether a text follows its fields.
    written: bool = False


def shape_of(path: str) -> Shape | None:
    """What the file of this path holds; None for a path that no file of ours has."""
    if path == SOCIETY:
        return Shape(_SOCIETY)
    folder, _, file = path.partition("/")
    if folder == UPLOADS:
        name, _, ending = file.partition(".")
        return Shape(_UPLOAD) if UPLOAD_ID.fullmatch(name) and ending == "toml" else None
    for ending, shape in _ENDINGS.get(folder, {}).items():
        if file.endswith(ending) and SLUG.fullmatch(file.removesuffix(ending)):
            return shape
    return None


_ENDINGS: dict[str, dict[str, Shape]] = {
    CHALLENGES: {
        SOLUTION: Shape({}, written=True),
        BOXES: Shape({"boxes": Field(rows(_BOX, MOST_BOXES), needed=True)}),
        ".html": Shape(_CHALLENGE, written=True),
    },
    COMPETITIONS: {".html": Shape(_COMPETITION, written=True)},
} | {folder: {".html": Shape(_POST, written=True)} for folder in POSTS}


def checked(data: Any, shape: Shape) -> dict[str, Any]:
    """The fields of a file; raises Wrong."""
    found = read(data, shape.fields)
    for before, after in _ORDER:
        first, second = found.get(before), found.get(after)
        if first is not None and second is not None and second <= first:
            raise Wrong(f"{after} must be after {before}")
    return found

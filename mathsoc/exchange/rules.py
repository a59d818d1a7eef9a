"""What stands in the files: their names, their fields, and what is wrong with one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MARKER = "mathsoc-export.toml"
FORMAT = 1
SOCIETY = "society.toml"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", re.ASCII)
UPLOAD_ID = re.compile(r"[a-z0-9]{8,20}", re.ASCII)
BOX_ID = re.compile(r"[a-z0-9]{4,20}", re.ASCII)
ENDINGS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}
# Folder of posts → their kind.
POSTS = {
    "announcements": "announcement",
    "articles": "article",
    "newsletters": "newsletter",
    "pages": "page",
}
COMPETITIONS, CHALLENGES, UPLOADS = "competitions", "challenges", "uploads"
FOLDERS = (CHALLENGES, COMPETITIONS, UPLOADS, *POSTS)
SOLUTION, BOXES = ".solution.html", ".boxes.toml"
KINDS = ("number", "expression", "equation", "inequality", "set", "sequence", "interval", "matrix")
MOST_STAGES, MOST_YEAR, MOST_BOXES, MOST_TAGS = 30, 30, 50, 50


def shown(words: str) -> str:
    """For a terminal, which obeys what stands in the name of a file: signs nobody can see are written out."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in words
    )


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    path: str
    words: str
    line: int | None = None

    def __str__(self) -> str:
        return shown(f"{self.path}{f', line {self.line}' if self.line else ''}: {self.words}")


@dataclass(frozen=True)
class Entry:
    """One file as it is meant: its fields, every one that the file may have, and its text if it has one."""

    path: str
    data: Mapping[str, Any]
    text: str | None = None

    @property
    def folder(self) -> str:
        return self.path.partition("/")[0]

    @property
    def name(self) -> str:
        """The slug or id in the file's name."""
        return self.path.rpartition("/")[2].partition(".")[0]


class Wrong(ValueError):
    """A value that cannot stand where it stands."""


Check = Callable[[Any], Any]


@dataclass(frozen=True)
class Field:
    """How a value is read; what is missing is `otherwise`, unless it is needed."""

    check: Check
    otherwise: Any = None
    needed: bool = False


def words(longest: int, *, least: int = 0) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong("write it as text in quotation marks")
        if any(not one.isprintable() for one in value):
            raise Wrong("it has letters that cannot be printed; take them out")
        if not least <= len(value) <= longest:
            raise Wrong(
                f"it must have {least} to {longest} letters" if least else f"at most {longest} letters"
            )
        return value

    return check


def lines(longest: int) -> Check:
    """Text with line breaks: keys of matrices have them."""
    plain = words(longest)

    def check(value: Any) -> str:
        if isinstance(value, str):
            plain(value.replace("\n", "").replace("\t", ""))
            if len(value) <= longest:
                return value
        return str(plain(value))

    return check


def choice(*known: str) -> Check:
    def check(value: Any) -> str:
        if value not in known:
            raise Wrong(f"choose one of {', '.join(known)}")
        return str(value)

    return check


def named(pattern: re.Pattern[str]) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Wrong("use small letters, digits and hyphens, as in the names of the files")
        return value

    return check


def whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Wrong(f"write a whole number from {low} to {high}")
        return value

    return check


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("write true or false")
    return value


def moment(value: Any) -> datetime:
    """A moment with its zone, as TOML has it or in quotation marks."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    wrong = Wrong('write a moment with its zone, such as "2026-11-23T16:00:00Z"')
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise wrong
    try:
        found = value.astimezone(UTC)
    except OverflowError:
        raise wrong from None
    # As it is stored: in its own zone the last moment of a year may be in another one.
    if not 1900 < found.year < 9000:
        raise wrong
    return found


def many(check: Check, most: int, *, ordered: bool = True) -> Check:
    def all_of(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise Wrong(f"write a list of at most {most} in square brackets")
        found = [check(one) for one in value]
        if len({str(one) for one in found}) < len(found):
            raise Wrong("something stands in it twice")
        return found if ordered else sorted(found)

    return all_of


def table(value: Any) -> dict[str, Any]:
    """Options of marking, whose inside the engine judges."""
    wrong = Wrong("write a table of names and values")
    if not isinstance(value, dict):
        raise wrong
    try:
        long = len(str(value)) > 5_000
    except ValueError:  # Python writes no number of so many digits
        raise wrong from None
    if long:
        raise wrong
    return value


def rows(fields: Mapping[str, Field], most: int) -> Check:
    def check(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > most:
            raise Wrong(f"write at most {most} tables in double square brackets")
        return [read(one, fields) for one in value]

    return check


def read(value: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Every field, in the order of their names. Raises Wrong, its first word naming the field at fault."""
    if not isinstance(value, dict):
        raise Wrong("write a table")
    for name in value:
        if name not in fields:
            raise Wrong(f"{name} is not known here; known: {', '.join(sorted(fields))}")
    found = {}
    for name, one in sorted(fields.items()):
        if name not in value:
            if one.needed:
                raise Wrong(f"{name} is missing; add it")
            found[name] = one.otherwise
            continue
        try:
            found[name] = one.check(value[name])
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong}") from wrong
    return found


def line_of(source: str, words_of_fault: str) -> int | None:
    """The line on which the field stands that the fault names first."""
    for name in re.findall(r"[a-z_]+", words_of_fault)[:2]:
        for number, line in enumerate(source.split("\n"), 1):
            if re.match(rf'\s*"?{name}"?\s*=|\s*\[+{name}\]+', line):
                return number
    return None


def twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({name for name in names if name in seen or seen.add(name)})  # type: ignore[func-returns-value]

"""What a list of pupils would make, line by line: the dry run, and what is confirmed. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mathsoc.members.rules import LONGEST_REAL_NAME
from mathsoc.slips.reading import Row
from mathsoc.web.filters import listed

CREATE, SKIP, ERROR = "create", "skip", "error"
_YEAR = re.compile(r"(?:year|yr|y|s)?[ .]{0,3}0{0,3}(\d{1,2})", re.ASCII | re.IGNORECASE)

Key = tuple[str, int | None]


@dataclass(frozen=True)
class ClassHere:
    """A class that a line may name."""

    id: int
    name: str
    year: int | None


@dataclass(frozen=True)
class Known:
    """What a list is held against."""

    school_id: int
    years: Sequence[int]
    classes: Sequence[ClassHere]
    # Who has an unused slip, and who an account, by `key`.
    waiting: frozenset[Key]
    accounts: frozenset[Key]


@dataclass(frozen=True)
class Planned:
    """A line, and what becomes of it."""

    number: int
    name: str
    year: int | None
    school_class: ClassHere | None
    outcome: str
    why: str = ""
    # Of a line that is wrong: what stands in its cells.
    year_cell: str = ""
    class_cell: str = ""


@dataclass(frozen=True)
class Plan:
    lines: Sequence[Planned]
    # Of what is on the list and of what becomes of it: another where either has changed.
    fingerprint: str

    def having(self, outcome: str) -> list[Planned]:
        return [one for one in self.lines if one.outcome == outcome]


class _Wrong(Exception):
    """What is wrong with one line."""


def key(name: str, year: int | None) -> Key:
    """By what two lines are the same pupil: name and year, however the name is written."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split()), year


def plan(rows: Iterable[Row], known: Known) -> Plan:
    """Hold a list against what is there: who gets a slip, who is left out, which lines are wrong."""
    seen: dict[Key, int] = {}
    lines = [_planned(row, known, seen) for row in rows]
    told = [(one.name, one.year, one.school_class and one.school_class.id, one.outcome) for one in lines]
    matter = json.dumps([known.school_id, told])
    return Plan(lines, hashlib.sha256(matter.encode()).hexdigest())


def _planned(row: Row, known: Known, seen: dict[Key, int]) -> Planned:
    try:
        year, school_class = _placed(row, known)
    except _Wrong as wrong:
        return Planned(row.number, row.name, None, None, ERROR, str(wrong), row.year, row.school_class)
    who = key(row.name, year)
    if who in known.accounts:
        outcome, why = SKIP, "has an account here already"
    elif who in known.waiting:
        outcome, why = SKIP, "has a slip that is not used yet"
    elif who in seen:
        outcome, why = (
            SKIP,
            f"as in line {seen[who]}; two pupils of one name need something to tell them apart",
        )
    else:
        outcome, why = CREATE, ""
    seen.setdefault(who, row.number)
    return Planned(row.number, row.name, year, school_class, outcome, why)


def _placed(row: Row, known: Known) -> tuple[int | None, ClassHere | None]:
    """The year and the class of a line that is right; raises _Wrong."""
    if not row.name:
        raise _Wrong("There is no name.")
    if len(row.name) > LONGEST_REAL_NAME:
        raise _Wrong(f"The name is longer than {LONGEST_REAL_NAME} letters.")
    year = _year(row.year, known.years)
    if not row.school_class:
        return year, None
    called = [one for one in known.classes if one.name.casefold() == row.school_class.casefold()]
    if not called:
        raise _Wrong(f"This school has no class {row.school_class}: add it first, or leave the class out.")
    fitting = [one for one in called if year is None or one.year in (year, None)]
    if not fitting:
        raise _Wrong(f"Class {called[0].name} is not in year {year}.")
    exact = [one for one in fitting if one.year == year] or fitting
    if len(exact) > 1:
        raise _Wrong(f"There is a class {called[0].name} in more than one year: say which.")
    return year if year is not None else exact[0].year, exact[0]


def _year(text: str, years: Sequence[int]) -> int | None:
    if not text:
        return None
    found = _YEAR.fullmatch(text)
    if found is None:
        raise _Wrong(f"“{text[:20]}” is no year.")
    if int(found[1]) not in years:
        raise _Wrong(
            f"Year {int(found[1])} has no board here: there are years {listed([str(y) for y in years])}."
        )
    return int(found[1])

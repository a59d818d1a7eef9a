"""What is decided about the turn of the school year: pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

BEGINS = (8, 1)  # the month and the day that a school year begins on, in the society's zone


@dataclass(frozen=True)
class Move:
    """So many pupils of one year, and where they go: to another year and stage, or away from school."""

    year: int
    to: int | None
    stage: str
    to_stage: str
    pupils: int

    @property
    def changes_stage(self) -> bool:
        return self.to is not None and self.stage != self.to_stage


def school_year(day: date) -> int:
    """The calendar year in which the school year of this day began."""
    return day.year if (day.month, day.day) >= BEGINS else day.year - 1


def begins(year: int, zone: ZoneInfo) -> datetime:
    """The moment at which a school year begins."""
    return datetime(year, *BEGINS, tzinfo=zone)


def in_words(year: int) -> str:
    """A school year as it is spoken of: `2026/27`."""
    return f"{year}/{(year + 1) % 100:02}"


def next_to_begin(known: int | None, first_joined: date | None, today: date) -> int:
    """The school year that the next turn begins.

    `known` is the one that pupils' years stand for; nothing is known of that in a society that never turned,
    and then it is the one in which its first pupil joined.
    """
    if known is None:
        known = school_year(first_joined or today)
    return known + 1


def has_come(year: int, today: date) -> bool:
    """Whether this school year has begun by the calendar."""
    return school_year(today) >= year


def moved(year: int, stages: Mapping[int, str]) -> int | None:
    """The year after this one; None for whoever leaves, since the society's map ends."""
    return None if stages and year >= max(stages) else year + 1


def moves(pupils: Mapping[int, int], stages: Mapping[int, str]) -> list[Move]:
    """What the turn does, year by year, from so many pupils in each year and the name of its stage."""
    found = []
    for year, count in sorted(pupils.items()):
        to = moved(year, stages)
        to_stage = stages.get(to, "") if to is not None else ""
        found.append(Move(year, to, stages.get(year, ""), to_stage, count))
    return found


def fingerprint(year: int, *rows: Iterable[tuple[int, int | str | None]]) -> str:
    """Tells one preview from another: the school year, and whatever row is touched, as it was."""
    text = repr((year, [sorted(part, key=repr) for part in rows]))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def count_years(rows: Iterable[tuple[int, int | None]]) -> Counter[int]:
    """How many of these rows, each with its id and its year, there are in each year."""
    return Counter(year for _, year in rows if year is not None)

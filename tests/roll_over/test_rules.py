"""When the school year turns, and who moves where."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from mathsoc.roll_over import rules

STAGES = {7: "KS3", 8: "KS3", 9: "KS3", 10: "KS4", 11: "KS4", 12: "KS5", 13: "KS5"}


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 7, 31), 2025),
        (date(2026, 8, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_a_school_year_begins_in_august(day: date, year: int) -> None:
    assert rules.school_year(day) == year


def test_the_zone_decides_when() -> None:
    assert rules.begins(2026, ZoneInfo("Europe/London")).isoformat() == "2026-08-01T00:00:00+01:00"
    assert [rules.in_words(year) for year in (2026, 2099)] == ["2026/27", "2099/00"]


@pytest.mark.parametrize(
    ("known", "joined", "today", "year", "come"),
    [
        (2025, None, date(2026, 7, 31), 2026, False),
        (2025, None, date(2026, 8, 1), 2026, True),
        (2026, None, date(2026, 9, 1), 2027, False),
        (2024, None, date(2026, 9, 1), 2025, True),
        (None, date(2025, 11, 1), date(2026, 9, 1), 2026, True),
        (None, date(2026, 9, 2), date(2026, 9, 3), 2027, False),
        (None, None, date(2026, 9, 3), 2027, False),
    ],
)
def test_what_comes_next(known: int | None, joined: date | None, today: date, year: int, come: bool) -> None:
    assert rules.next_to_begin(known, joined, today) == year
    assert rules.has_come(year, today) is come


def test_moves() -> None:
    found = {one.year: one for one in rules.moves({9: 3, 10: 2, 13: 4, 14: 1}, STAGES)}
    assert (found[9].to, found[9].stage, found[9].to_stage, found[9].changes_stage) == (
        10,
        "KS3",
        "KS4",
        True,
    )
    assert (found[10].to, found[10].changes_stage) == (11, False)
    assert (found[13].to, found[14].to, found[13].changes_stage) == (None, None, False)
    assert rules.moved(9, {}) == 10, "without a map nobody leaves"


def test_the_fingerprint_knows_each_row() -> None:
    rows = [(1, 9), (2, 10)]
    same = rules.fingerprint(2026, rows, [])
    assert rules.fingerprint(2026, reversed(rows), []) == same
    others = [
        (2026, [(1, 9)], []),
        (2026, [(1, 10), (2, 9)], []),
        (2027, rows, []),
        (2026, rows, [(1, None)]),
    ]
    assert same not in {rules.fingerprint(*one) for one in others}

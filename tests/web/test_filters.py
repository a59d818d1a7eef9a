"""How moments, counts and lists are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mathsoc.web.filters import again, listed, moment_words, ordinal, plural, span


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "less than a minute"),
        (12, "12 min"),
        (60, "1 h"),
        (185, "3 h 5 min"),
        (2 * 1440 + 4 * 60 + 7, "2 d 4 h"),
        (1440, "1 d"),
        (-12, "12 min"),
    ],
)
def test_spans(minutes: int, words: str) -> None:
    assert span(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "in a moment"), (60, "in a moment"), (61, "at 10:17"), (600, "at 10:26")]
)
def test_when_to_try_again(seconds: int, words: str) -> None:
    """In the society's zone, and never a minute too early."""
    now = datetime(2026, 7, 1, 9, 15, 30, tzinfo=UTC)
    assert again(seconds, now, ZoneInfo("Europe/London")) == words


def test_ordinals() -> None:
    words = [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111)]
    assert words == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"]


def test_counts_and_lists() -> None:
    assert [plural(n, "try", "tries") for n in (0, 1, 2)] == ["0 tries", "1 try", "2 tries"]
    assert [listed(names) for names in ((), ("x",), ("x", "n"), ("x", "y", "n"))] == [
        "",
        "x",
        "x and n",
        "x, y and n",
    ]


def test_moments_stand_in_the_societys_zone_on_both_sides_of_the_clock_change() -> None:
    zone = ZoneInfo("Europe/London")
    summer, winter = datetime(2026, 7, 3, 15, 0, tzinfo=UTC), datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert moment_words(summer, zone) == "Fri 3 Jul, 16:00"
    assert moment_words(winter, zone) == "Fri 27 Nov, 16:00"

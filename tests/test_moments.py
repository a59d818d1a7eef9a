"""Times as people type them, where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mathsoc import moments
from mathsoc.errors import Refused

LONDON = ZoneInfo("Europe/London")


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-27T16:00", at(2026, 11, 27, 16)),
        ("2026-07-27 16:00", at(2026, 7, 27, 15)),
        (" 2026-07-27T16:00:30.5 ", at(2026, 7, 27, 15)),
        ("2026-03-29T00:59", at(2026, 3, 29, 0, 59)),
        ("2026-03-29T02:00", at(2026, 3, 29, 1)),
        ("2026-10-25T00:59", at(2026, 10, 24, 23, 59)),
        ("2026-10-25T02:00", at(2026, 10, 25, 2)),
    ],
)
def test_a_time_is_one_of_the_society(text: str, moment: datetime) -> None:
    assert moments.typed(text, LONDON, "at") == moments.Typed(moment)


@pytest.mark.parametrize("minutes", [0, 30, 59])
def test_an_hour_that_the_clocks_jump_over_is_explained(minutes: int) -> None:
    with pytest.raises(Refused) as refused:
        moments.typed(f"2026-03-29T01:{minutes:02}", LONDON, "publish_at")
    told = refused.value.message
    assert (
        refused.value.field == "publish_at"
        and "go forward" in told
        and f"There is no 01:{minutes:02}" in told
    )
    assert f"00:{minutes:02} or 02:{minutes:02}" in told


def test_of_an_hour_that_comes_twice_the_first_is_taken_and_told() -> None:
    meant = moments.typed("2026-10-25T01:30", LONDON, "at")
    assert meant is not None and meant.at == at(2026, 10, 25, 0, 30)
    assert "twice" in meant.note and "01:30 BST" in meant.note
    second = at(2026, 10, 25, 1, 30)
    assert moments.same_minute("2026-10-25T01:30", second, LONDON), "an untouched field keeps its moment"


@pytest.mark.parametrize(
    "zone", ["Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Asia/Kathmandu"]
)
def test_every_half_hour_of_a_year_means_one_moment_or_none(zone: str) -> None:
    """What is typed comes back as it was typed; what is refused is never a time of that zone."""
    local, here, refused = datetime(2026, 1, 1), ZoneInfo(zone), 0
    while local.year == 2026:
        text = local.isoformat(timespec="minutes")
        try:
            meant = moments.typed(text, here, "at")
        except Refused:
            refused += 1
            back = local.replace(tzinfo=here).astimezone(UTC).astimezone(here)
            assert back.replace(tzinfo=None) != local
        else:
            assert meant is not None and moments.field_value(meant.at, here) == text
        local += timedelta(minutes=30)
    assert refused == {"Australia/Lord_Howe": 1, "Asia/Kathmandu": 0}.get(zone, 2)


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-02-30T10:00", "2026-13-01T10:00", "9999-01-01T10:00", "0001-01-01T00:00",
             "2026-11-27T24:00", "2026-11-27",
             "２026-11-27T10:00", "2026-11-27T10:00Z", "2026-11-27T10:00\x00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        moments.typed(text, LONDON, "at")


def test_nothing_is_no_time() -> None:
    assert moments.typed("  ", LONDON, "at") is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "now"),
        (1, "in 1 min"),
        (300, "in 5 min"),
        (3 * 86400 + 4 * 3600, "in 3 days 4 h"),
        (86400, "in 1 day"),
        (2 * 3600, "in 2 h"),
        (-59, "now"),
        (-3660, "1 h 1 min ago"),
    ],
)
def test_how_far_away_it_is(seconds: int, told: str) -> None:
    now = at(2026, 11, 23, 12)
    assert moments.away(now + timedelta(seconds=seconds), now) == told


def test_zone_and_weekday_are_told() -> None:
    now = at(2026, 11, 24, 12)
    assert moments.told(at(2026, 11, 27, 16), now, LONDON) == (
        "Friday 27 November 2026, 16:00 GMT, in 3 days 4 h"
    )
    for moment in (now, now - timedelta(days=1)):
        with pytest.raises(Refused):
            moments.must_be_ahead(moment, now, LONDON, "at")
        with pytest.raises(Refused):
            moments.must_follow(moment, now, LONDON, "at")
    moments.must_be_ahead(now + timedelta(seconds=1), now, LONDON, "at")

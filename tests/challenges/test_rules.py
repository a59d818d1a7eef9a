"""The phases of a challenge are decided from `now` and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mathsoc.challenges.rules import Phase, Window
from tests.support.world import noon

NOW = noon()
HOUR = timedelta(hours=1)


def window(**given: Any) -> Window:
    return Window(
        **{
            "release_at": NOW - HOUR,
            "lock_at": NOW + HOUR,
            "locked_at": None,
            "practice": False,
            "opens_at": NOW - 10 * HOUR,
            "closes_at": None,
        }
        | given
    )


@pytest.mark.parametrize(
    ("given", "phase"),
    [
        ({}, Phase.OPEN),
        ({"release_at": None}, Phase.DRAFT),
        ({"release_at": NOW}, Phase.OPEN),
        ({"release_at": NOW + timedelta(microseconds=1)}, Phase.SCHEDULED),
        ({"lock_at": NOW}, Phase.LOCKED),
        ({"lock_at": None}, Phase.OPEN),
        ({"locked_at": NOW - HOUR / 2}, Phase.LOCKED),
        ({"practice": True}, Phase.PRACTICE),
        ({"practice": True, "release_at": NOW + HOUR}, Phase.SCHEDULED),
        ({"opens_at": NOW + HOUR}, Phase.SCHEDULED),
        ({"lock_at": None, "closes_at": NOW - HOUR / 2}, Phase.LOCKED),
    ],
)
def test_where_a_challenge_stands(given: dict[str, Any], phase: Phase) -> None:
    assert window(**given).phase(NOW) is phase


def test_only_what_is_over_or_for_practice_tells_right_from_wrong() -> None:
    assert [phase for phase in Phase if phase.tells_right_from_wrong] == [Phase.LOCKED, Phase.PRACTICE]


def test_it_goes_through_its_phases_once_and_never_back() -> None:
    moments: list[datetime] = [NOW + n * HOUR / 4 for n in range(-10, 10)]
    order = [Phase.SCHEDULED, Phase.OPEN, Phase.LOCKED]
    seen = [order.index(window().phase(moment)) for moment in moments]
    assert seen == sorted(seen) and set(seen) == {0, 1, 2}

"""What is decided about places: pure."""

from __future__ import annotations

from collections.abc import Sequence

PLACE_RULE = "Equal points share a place; inside it, who reached it first stands first."


def places(scores: Sequence[int], *, before: int = 0, place: int | None = None) -> list[int]:
    """Places of scores in falling order: 1 + the number of members with more points (1, 1, 3).

    For a later page, `before` members stand above the first score and `place` is its own.
    """
    found: list[int] = []
    for index, score in enumerate(scores):
        if index and score == scores[index - 1]:
            found.append(found[-1])
        elif index == 0 and place is not None:
            found.append(place)
        else:
            found.append(before + index + 1)
    return found


def audience(role: str | None) -> str:
    """For whom a board is rendered: admins see real names, everybody else display names."""
    if role is None:
        return "public"
    return "staff" if role == "admin" else "member"

"""What is decided about points: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mathsoc.competitions.rules import ScoringRule


@dataclass(frozen=True)
class Line:
    """A line that the ledger shall get."""

    kind: str
    points: int


@dataclass(frozen=True)
class Sum:
    """What a member's lines on one board come to, and the moment it was reached."""

    score: int
    reached_at: datetime


def completion_lines(rule: ScoringRule, *, first: bool) -> list[Line]:
    """The lines for completing all boxes of a challenge."""
    lines = [Line("completion", rule.completion_points)]
    if first and rule.first_points:
        lines.append(Line("first", rule.first_points))
    return lines


def total(lines: Iterable[tuple[int, datetime]]) -> Sum | None:
    """The sum of a member's lines in ledger order; None without any that counts.

    A line of 0 points moves nothing, so it does not move the moment either.
    """
    score, reached = 0, None
    for points, awarded_at in lines:
        if points:
            score, reached = score + points, awarded_at
    return None if reached is None else Sum(score, reached)

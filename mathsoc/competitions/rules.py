"""What is decided about competitions: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ScoringRule:
    """The scoring rule of a competition, read from its row."""

    completion_points: int = 1
    first_points: int = 2
    attempt_limit: int = 3

    def in_words(self) -> str:
        tries = "1 try" if self.attempt_limit == 1 else f"{self.attempt_limit} tries"
        points = "1 point" if self.completion_points == 1 else f"{self.completion_points} points"
        first = ""
        if self.first_points:
            first = f" Whoever is first to complete it gets {self.first_points} more."
        return f"{tries.capitalize()} for each box. All boxes right: {points}.{first}"


def running(starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    return starts_at <= now and (ends_at is None or now < ends_at)


def may_see(visibility: str, *, signed_in: bool) -> bool:
    """Whether a competition, its challenges and boards are there for this viewer."""
    return visibility == "public" or signed_in

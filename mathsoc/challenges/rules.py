"""What is decided about challenges: pure, from `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Phase(Enum):
    """Where a challenge stands at a moment."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    LOCKED = "locked"
    PRACTICE = "practice"

    @property
    def released(self) -> bool:
        return self in (Phase.OPEN, Phase.LOCKED, Phase.PRACTICE)

    @property
    def scores(self) -> bool:
        return self is Phase.OPEN

    @property
    def tells_right_from_wrong(self) -> bool:
        """Whether the check while typing may say it: never while there are points to win."""
        return self in (Phase.PRACTICE, Phase.LOCKED)


@dataclass(frozen=True)
class Window:
    """The times of a challenge within those of its competition."""

    release_at: datetime | None
    lock_at: datetime | None
    locked_at: datetime | None
    practice: bool
    opens_at: datetime
    closes_at: datetime | None

    @property
    def released_at(self) -> datetime | None:
        """When members first see it: not before the competition starts."""
        return None if self.release_at is None else max(self.release_at, self.opens_at)

    @property
    def locks_at(self) -> datetime | None:
        """The earliest of its own lock, a lock by hand and the competition's end."""
        ends = [end for end in (self.lock_at, self.locked_at, self.closes_at) if end is not None]
        return min(ends) if ends else None

    def phase(self, now: datetime) -> Phase:
        released = self.released_at
        if released is None:
            return Phase.DRAFT
        if now < released:
            return Phase.SCHEDULED
        if self.practice:
            return Phase.PRACTICE
        locks = self.locks_at
        return Phase.LOCKED if locks is not None and locks <= now else Phase.OPEN

"""What is decided about attempts: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mathsoc.challenges.rules import Phase


@dataclass(frozen=True)
class Sent:
    """An attempt as the rules see it."""

    outcome: str
    number: int | None
    sends: int = 1


@dataclass(frozen=True)
class BoxState:
    """Where a member stands with one box."""

    phase: Phase
    limit: int
    used: int
    solved: bool
    held: int
    competes: bool

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def name(self) -> str:
        """One word for templates and styles."""
        if self.phase is not Phase.OPEN:
            return str(self.phase.value)
        if self.solved:
            return "solved"
        if not self.competes:
            return "readonly"
        if self.left == 0:
            return "spent"
        return "waiting" if self.used + self.held >= self.limit else "open"

    @property
    def takes_answers(self) -> bool:
        return self.name in ("open", "practice", "locked")


def box_state(phase: Phase, limit: int, attempts: Sequence[Sent], *, competes: bool) -> BoxState:
    """Count what was charged; unreadable answers are not kept and undecided ones have no number."""
    return BoxState(
        phase=phase,
        limit=limit,
        used=sum(attempt.number is not None for attempt in attempts),
        solved=any(attempt.outcome == "correct" for attempt in attempts),
        held=sum(attempt.sends for attempt in attempts if attempt.outcome == "undecided"),
        competes=competes,
    )


def refusal(state: BoxState) -> str | None:
    """Why an answer for points is not taken now; None when it is.

    An undecided answer costs no try, but holds one until an officer decides: whoever sends only what the
    machine cannot decide would otherwise guess for ever.
    """
    reasons = {
        "draft": "This challenge is not open yet.",
        "scheduled": "This challenge is not open yet.",
        "locked": "This challenge is locked, so the answer was not counted.",
        "practice": "This is for practice; nothing is counted here.",
        "solved": "This box is already right.",
        "readonly": "Your account does not compete here.",
        "spent": "No tries left for this box.",
        "waiting": "An officer has to look at what you sent to this box first. No try was used for it.",
    }
    return reasons.get(state.name)


def competes(*, may_score: bool, answers: str, own_stage_id: int | None, stage_id: int) -> bool:
    """Whether this member's answers count: in `own` competitions only for the member's stage."""
    return may_score and (answers == "any" or own_stage_id == stage_id)


def next_recorded(now: datetime, last: datetime | None) -> datetime:
    """Strictly after the last of the same challenge, so that ledger order is time order on any clock."""
    return now if last is None or now > last else last + timedelta(microseconds=1)


def letter(index: int) -> str:
    """The letter of a box in its challenge: a, b, … z, then numbers."""
    return chr(ord("a") + index) if index < 26 else str(index + 1)

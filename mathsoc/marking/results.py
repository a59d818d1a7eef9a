"""What the engine hands back beside a reading: problems and verdicts. All frozen, all picklable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shown import Reading


class MarkingError(Exception):
    """The root of the engine's own errors."""


class SchemeError(MarkingError):
    """The scheme itself is at fault: an unknown kind or option, or a key that cannot be read."""


class ReadError(MarkingError):
    """The text cannot be read. Carries the problem that the member is shown."""

    def __init__(self, message: str, position: int | None = None, unfinished: bool = False) -> None:
        super().__init__(message)
        self.problem = Problem(message, position, unfinished)


class Undecided(MarkingError):
    """No layer could decide, or a limit was met. `method` names where it stopped."""

    def __init__(self, reason: str, method: str = "none") -> None:
        super().__init__(reason)
        self.reason = reason
        self.method = method


class NeedsPool(MarkingError):
    """Raised in place of work that the input limits do not bound, when only bounded work is allowed.

    `reading` is the answer as it was read, where it was raised by marking.
    """

    reading: Reading


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be read: words for a twelve-year-old, and where (counted from 1)."""

    message: str
    position: int | None = None
    unfinished: bool = False


@dataclass(frozen=True)
class Verdict:
    """The outcome of marking one answer, the layer that decided it, and why, for the member."""

    outcome: str
    reason: str
    reason_class: str
    method: str
    reading: Reading

    @property
    def correct(self) -> bool:
        return self.outcome == "correct"


@dataclass(frozen=True)
class Finding:
    """What one layer found out: equal or not, by which method, and why not."""

    equal: bool
    method: str
    reason: str = ""
    reason_class: str = ""


UNREADABLE = "unreadable"
UNDECIDED = "undecided"
CORRECT = "correct"
INCORRECT = "incorrect"

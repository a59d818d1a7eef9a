"""What is decided about members: pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

STAFF = ("lead", "editor", "admin")
SEES_KEYS = ("editor", "admin")
IDLE = {True: timedelta(hours=2), False: timedelta(days=14)}  # by staff
ABSOLUTE = {True: timedelta(hours=12), False: timedelta(days=90)}
# What every mail program takes without quotes; whether mail arrives is seen by sending some.
_WORD = r"[\w!#$%&'*+/=^`{|}~-]+"
EMAIL = re.compile(rf"\A{_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z", re.ASCII)
LONGEST_LOCAL = 64
LONGEST_EMAIL = 254
LONGEST_REAL_NAME = 120
# How long a session may wait for its second factor.
CODE_WITHIN = timedelta(minutes=10)
# How often a session notes that it is in use, so that reading pages hardly ever writes.
SEEN_EVERY = timedelta(minutes=5)
# From being told that an account will be erased to its erasure.
NOTICE = timedelta(days=30)


@dataclass(frozen=True)
class Viewer:
    """The signed-in member of one request."""

    id: int
    handle: str
    display_name: str
    role: str
    state: str
    year: int | None
    school_id: int | None
    session_id: int
    session_seen_at: datetime
    # When the password was last given in this session.
    fresh_at: datetime | None = None
    # Whether an authenticator app is enrolled.
    second_factor: bool = False

    @property
    def staff(self) -> bool:
        return self.role in STAFF

    @property
    def may_score(self) -> bool:
        """Whoever may see keys, or helps those who answer, never scores; nor does a pending member."""
        return self.role == "member" and self.state == "active"


def is_email(text: str) -> bool:
    short = len(text) <= LONGEST_EMAIL and len(text.partition("@")[0]) <= LONGEST_LOCAL
    return short and EMAIL.fullmatch(text) is not None


def normal_email(typed: str) -> str:
    """An address as it is kept and looked up: whoever is throttled under it is found under it."""
    return typed.strip().lower()


def name_key(display_name: str, role: str, state: str) -> str | None:
    """What no two members have in common: the display name, however it is capitalised.

    None for staff and for who was erased; neither stands on any board.
    """
    if role in STAFF or state == "erased":
        return None
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", display_name).casefold())


def signs_in(state: str) -> bool:
    """Whether an account in this state can be used; a pending one may look round."""
    return state in ("active", "pending")


def listed(role: str, state: str, hidden: bool, leaving: bool = False) -> bool:
    """Whether a member stands on boards and counts in places; not who has asked to be deleted."""
    return role == "member" and state == "active" and not hidden and not leaving


def session_alive(
    *, staff: bool, created_at: datetime, seen_at: datetime, ended: bool, now: datetime
) -> bool:
    """Whether a signed-in session still holds at `now`."""
    return not ended and now - seen_at < IDLE[staff] and now - created_at < ABSOLUTE[staff]


def runs_school(viewer: Viewer, school_id: int) -> bool:
    """Whether a school's pages, classes and slips are there for this viewer: a lead's own, an admin's all."""
    return viewer.role == "admin" or (viewer.role == "lead" and viewer.school_id == school_id)

"""What is decided about newsletters by mail: who gets them and when, and the link that ends them. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nothing is sent to anybody between these: mail on a phone is a push.
OPENS, CLOSES = time(7), time(20)
AT_ONCE = 50  # mails of one newsletter that wait in the outbox
MOST_AGAIN = 500  # of those that a mail server has put off
PAUSE = timedelta(seconds=30)  # between two looks for the next ones: at most a hundred mails a minute
LAST_PAUSE = timedelta(seconds=5)  # while only those on their way are waited for
MOST_TRIES = 8
# After this nobody knows any more who got it, so it is sent to nobody else.
KEPT = timedelta(days=30)

# Of a recipient: waits; handed to the outbox; on its way; put off by the mail server; and how it ended.
# `unsure` was on its way when our process died; `skipped` asked for no more, or cannot have it any more.
STATES = ("waiting", "planned", "taken", "again", "sent", "failed", "unsure", "skipped")
OPEN = ("waiting", "planned", "taken", "again")
ON_THE_WAY = ("planned", "taken")
# Why a mailing stands still.
STOPPED = ("", "officer", "withdrawn")

_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,20})\.([0-9a-f]{40})", re.ASCII)


@dataclass(frozen=True)
class Numbers:
    """How far a mailing is: how many recipients there are in each state."""

    by_state: Mapping[str, int]

    def of(self, *states: str) -> int:
        return sum(self.by_state.get(one, 0) for one in states)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def waiting(self) -> int:
        return self.of(*OPEN)


def quiet(now: datetime, zone: ZoneInfo) -> bool:
    return not OPENS <= now.astimezone(zone).time() < CLOSES


def opens(now: datetime, zone: ZoneInfo) -> datetime:
    """When mail may be sent, from `now` on: now, or at the next seven in the morning."""
    if not quiet(now, zone):
        return now
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=1 if local.time() >= CLOSES else 0)
    return datetime.combine(day, OPENS, zone)


def kept(begun_at: datetime, now: datetime) -> bool:
    """Whether it is still known who got it, so that others can have it too."""
    return now - begun_at < KEPT


def how_many(numbers: Numbers) -> int:
    """How many more to hand to the outbox now, so that it stays small."""
    if numbers.of("again") >= MOST_AGAIN:
        return 0
    return max(0, AT_ONCE - numbers.of(*ON_THE_WAY))


def address_key(mailing: str, address: str) -> str:
    """What an address is known by in one mailing; another mailing makes another one of it."""
    return hashlib.sha256(f"{mailing}\0{address.strip().lower()}".encode()).hexdigest()


def token(secret: str, handle: str) -> str:
    """The member's own link to end newsletters: it holds as long as the account, and opens nothing else."""
    return f"{handle}.{_signature(secret, handle)}"


def handle_of(secret: str, token: str) -> str | None:
    """Whose link it is; None where it is nobody's."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _signature(secret, found[1])):
        return None
    return found[1]


def _signature(secret: str, handle: str) -> str:
    key = hashlib.sha256(f"no more newsletters\0{secret}".encode()).digest()
    return hmac.new(key, handle.encode(), hashlib.sha256).hexdigest()[:40]

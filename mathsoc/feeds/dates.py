"""The calendar (RFC 5545) of releases and locks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from mathsoc.feeds.queries import Dated, Season


@dataclass(frozen=True)
class Dates:
    """What one calendar says; made into bytes once while it stays the same."""

    site: str
    title: str
    challenges: tuple[Dated, ...]
    competitions: tuple[Season, ...]
    # Makes ids that stay the same and tell nothing; never shown.
    key: str = field(repr=False)


@lru_cache(maxsize=8)
def written(dates: Dates) -> bytes:
    """The calendar as it is sent. Times are in UTC, which every calendar shows in its own zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//mathsoc//releases and locks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(dates.title))
    for season in dates.competitions:
        _season(calendar, dates, season)
    for challenge in dates.challenges:
        _challenge(calendar, dates, challenge)
    return bytes(calendar.to_ical())


def _challenge(calendar: Calendar, dates: Dates, one: Dated) -> None:
    stamp = one.created_at
    page, whose = f"{dates.site}/challenges/{one.slug}", f"{one.title} ({one.stage})"
    number = one.revision
    _event(calendar, dates, f"release:{one.slug}", one.opens_at, f"New: {whose}", page, stamp, number)
    if one.closes_at is not None:
        _event(calendar, dates, f"lock:{one.slug}", one.closes_at, f"Locks: {whose}", page, stamp, number)


def _season(calendar: Calendar, dates: Dates, one: Season) -> None:
    page = f"{dates.site}/competitions/{one.slug}"
    _event(calendar, dates, f"start:{one.slug}", one.starts_at, f"{one.name} begins", page, one.starts_at)
    if one.ends_at is not None:
        _event(calendar, dates, f"end:{one.slug}", one.ends_at, f"{one.name} ends", page, one.starts_at)


def _event(
    calendar: Calendar,
    dates: Dates,
    what: str,
    moment: datetime,
    words: str,
    page: str,
    stamp: datetime,
    sequence: int = 0,
) -> None:
    event = Event()
    digest = hashlib.blake2b(what.encode(), key=hashlib.sha256(dates.key.encode()).digest(), digest_size=12)
    event.add("uid", f"{digest.hexdigest()}@{urlsplit(dates.site).hostname}")
    # Of the thing and not of this moment, so that the same calendar is the same bytes.
    event.add("dtstamp", stamp)
    event.add("dtstart", moment)
    event.add("sequence", sequence)
    event.add("summary", _line(words))
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)


def _line(words: str) -> str:
    """On one line: a line of a calendar is what a field of it is."""
    return " ".join(words.split())

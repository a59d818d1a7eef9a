"""Times that people type and read: always in the society's zone, with the weekday and how far away it is.

For whatever is planned: posts, challenges. Pure; `now` is a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mathsoc.errors import Refused

# As a datetime-local field sends it, and with a space as somebody types it who has no such field.
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
UNREADABLE = "Write it as 2026-11-27 16:00: year, month, day, hour and minute."
LATEST_YEAR = 2200


@dataclass(frozen=True)
class Typed:
    """The moment that was meant, and what is to be said about it: nothing, for almost every time."""

    at: datetime
    note: str = ""


def typed(text: str, zone: ZoneInfo, field: str) -> Typed | None:
    """A local time as it was typed; None for nothing.

    Raises Refused for what is no time, and for one that the clocks jump over. Of a time that comes twice the
    first is taken, and the note says so.
    """
    given = text.strip()
    if not given:
        return None
    local = _local(given, field)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Typed(first.astimezone(UTC))
    # In a gap `fold` 0 counts on with the old offset and 1 with the new one: the other way round.
    if (first.utcoffset() or timedelta()) < (second.utcoffset() or timedelta()):
        raise Refused(_gap(local, first, second), field)
    return Typed(
        first.astimezone(UTC),
        f"{_hour(local)} comes twice on {_date(local)}, since the clocks go back. "
        f"The first one is taken, {_hour(local)} {first.tzname()}.",
    )


def field_value(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as a datetime-local field takes it."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def same_minute(text: str, moment: datetime | None, zone: ZoneInfo) -> bool:
    """Whether a field still says what it was given: then the moment stays, with its seconds and its fold."""
    return text.strip().replace(" ", "T")[:16] == field_value(moment, zone)


def in_words(moment: datetime, zone: ZoneInfo) -> str:
    """`Friday 27 November 2026, 16:00 GMT`."""
    local = moment.astimezone(zone)
    return f"{local:%A} {_date(local)}, {local:%H:%M} {local.tzname()}"


def away(moment: datetime, now: datetime) -> str:
    """`in 3 days 4 h`, `in 5 min`, `now`, `2 h 10 min ago`: the two largest parts."""
    seconds = int((moment - now).total_seconds())
    # What is still to come is rounded up, so that no time is "now" before it has come.
    minutes = -(-seconds // 60) if seconds > 0 else -seconds // 60
    if minutes == 0:
        return "now"
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [f"{days} day{'' if days == 1 else 's'}", f"{hours} h" if hours else ""]
    else:
        parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    length = " ".join(part for part in parts if part)
    return f"in {length}" if seconds > 0 else f"{length} ago"


def told(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`Friday 27 November 2026, 16:00 GMT, in 3 days 4 h`."""
    return f"{in_words(moment, zone)}, {away(moment, now)}"


def must_be_ahead(moment: datetime, now: datetime, zone: ZoneInfo, field: str) -> None:
    """Raises Refused for a moment that has passed."""
    if moment <= now:
        raise Refused(f"{in_words(moment, zone)} has passed, {away(moment, now)}.", field)


def must_follow(moment: datetime, begins: datetime, zone: ZoneInfo, field: str) -> None:
    """Raises Refused for an end that does not come after its beginning."""
    if moment <= begins:
        raise Refused(f"It must be after {in_words(begins, zone)}, when it begins.", field)


def _local(given: str, field: str) -> datetime:
    match = _LOCAL.fullmatch(given)
    if match is None:
        raise Refused(UNREADABLE, field)
    try:
        local = datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError as error:
        raise Refused("There is no such day or hour.", field) from error
    # Beyond these no zone is sure to have a time, and a database may have none.
    if not 1970 < local.year < LATEST_YEAR:
        raise Refused("That is too far from today.", field)
    return local


def _gap(local: datetime, first: datetime, second: datetime) -> str:
    # Counted on with the old offset, and read on the clock that has jumped: 01:30 becomes 02:30.
    after = first.astimezone(UTC).astimezone(first.tzinfo)
    before = second.astimezone(UTC).astimezone(second.tzinfo)
    return (
        f"There is no {_hour(local)} on {_date(local)}: the clocks go forward in that hour. "
        f"Choose {_hour(before)} or {_hour(after)}."
    )


def _hour(local: datetime) -> str:
    return f"{local:%H:%M}"


def _date(local: datetime) -> str:
    return f"{local.day} {local:%B %Y}"

"""How moments, counts and formulas are written in templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quart import Quart

from mathsoc import clock, moments, richtext
from mathsoc.config import Config


def install(app: Quart, config: Config) -> None:
    zone = config.time_zone

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    app.jinja_env.filters.update(
        {
            "day": lambda moment: f"{local(moment):%a} {local(moment).day} {local(moment):%b}",
            "date": lambda moment: f"{local(moment).day} {local(moment):%b %Y}",
            "moment": lambda moment: moment_words(moment, zone),
            "exact": lambda moment: f"{local(moment).day} {local(moment):%b %Y, %H:%M:%S}",
            "clock": lambda moment: f"{local(moment):%H:%M:%S %Z}",
            "iso": lambda moment: moment.isoformat(timespec="seconds"),
            "told": lambda moment: moments.told(moment, clock.now(), zone),
            "typed": lambda moment: moments.field_value(moment, zone),
            "zone": lambda moment: f"{zone.key} ({local(moment).tzname()})",
            "away": lambda moment: span(moment - clock.now()),
            "ordinal": ordinal,
            "plural": plural,
            "listed": listed,
            "rich": richtext.render,
            "words": richtext.plain,
            "reading": richtext.reading,
        }
    )


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """`Fri 27 Nov, 16:00`, in the society's zone."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def again(seconds: int, now: datetime, zone: ZoneInfo) -> str:
    """When to try again after so many seconds: `at 10:25`, in the society's zone, or `in a moment`.

    The minute is rounded up: at the time that is named it works.
    """
    if seconds <= 60:
        return "in a moment"
    moment = now + timedelta(seconds=seconds + 59)
    return f"at {moment.astimezone(zone):%H:%M}"


def span(length: timedelta) -> str:
    """`2 d 4 h`, `3 h 5 min`, `12 min`; the two largest parts."""
    minutes = max(0, int(abs(length).total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min" if rest else "less than a minute"


def ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def listed(names: Sequence[str]) -> str:
    """`x`, `x and n`, `x, y and n`."""
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 point`, `2 points`, `0 tries`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

"""Hostile texts put together, so that many are tried at once and none hides another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mathsoc import richtext
from tests.richtext.judging import ALL
from tests.support.payloads import Payload

TOGETHER = 40
END = "the end of it"


@dataclass(frozen=True)
class Batch:
    """Payloads in one text, none of which hides another; how they come out alone."""

    source: str
    stored: str


def _alone(payload: Payload) -> Batch | None:
    """The payload between two paragraphs; None where it is refused, or its pictures lack their words."""
    # A form with this character is refused whole, whatever it is for.
    source = f"<p>{payload.id}</p>{payload.text}<p>{END}</p>".replace("\0", "")
    try:
        stored = richtext.from_source(source)
    except richtext.TooMuch:
        return None
    return Batch(source, stored) if all(one.alt for one in richtext.pictures(stored)) else None


def _closed(one: Batch) -> bool:
    """Whether it leaves nothing open that could swallow what follows."""
    after = "<p>p</p>\"'><p>q</p>--></script></style>$$<p>r</p>"
    try:
        return richtext.from_source(one.source + after) == one.stored + richtext.from_source(after)
    except richtext.TooMuch:
        return False


def _parted(alone: list[Batch]) -> Iterator[Batch]:
    """As many at once as come out as they do alone: an open quotation mark would hide what follows."""
    joined = Batch("".join(one.source for one in alone), "".join(one.stored for one in alone))
    if len(alone) == 1 or (len(alone) <= TOGETHER and _same(joined)):
        yield joined
    else:
        yield from _parted(alone[: len(alone) // 2])
        yield from _parted(alone[len(alone) // 2 :])


def _same(joined: Batch) -> bool:
    try:
        return richtext.from_source(joined.source) == joined.stored
    except richtext.TooMuch:
        return False


def batches() -> list[Batch]:
    """All payloads that a form takes, those first that leave nothing open."""
    alone = [one for one in map(_alone, ALL) if one is not None]
    assert len(alone) > 500, "without payloads this shows nothing"
    return list(_parted(sorted(alone, key=_closed, reverse=True)))

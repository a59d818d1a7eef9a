"""The framing of server-sent events, written here because a line break in data must never start a field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

# Exactly the three line ends of the format; str.splitlines knows more and would lose characters.
LINE_END = re.compile(r"\r\n|\r|\n")
# A named event and not a comment: scripts in the page cannot see comments, and watch for silence.
HEARTBEAT = b"event: beat\ndata:\n\n"

Versions = tuple[int | None, ...]


def data_lines(text: str) -> bytes:
    """`text` as the data fields of one event and the blank line that ends it, in UTF-8.

    A lone surrogate becomes "?": one bad character must not silence a whole board.
    """
    lines = "".join(f"data: {line}\n" for line in LINE_END.split(text))
    return (lines + "\n").encode("utf-8", "replace")


def retry_line(milliseconds: int) -> bytes:
    """The field that tells the client how long to wait before it connects again.

    It ends in no blank line: htmx reads it only as part of an event, so it belongs to the next one.
    """
    return b"retry: %d\n" % milliseconds


def stream_key(channels: Sequence[tuple[str, str]]) -> str:
    """A short name for a stream's (topic, audience) pairs, so that another stream's id is not believed."""
    text = "\n".join(f"{topic} {audience}" for topic, audience in channels)
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


@lru_cache(maxsize=4096)
def id_line(key: str, versions: Versions) -> bytes:
    """The id field: the stream's key and the version of each topic that the client has ("-": none yet)."""
    parts = ".".join("-" if version is None else str(version) for version in versions)
    return f"id: {key}.{parts}\n".encode()


def known_versions(last_event_id: str, key: str, count: int) -> Versions:
    """The versions that a returning client says it has; none of them when the id is not this stream's."""
    nothing: Versions = (None,) * count
    parts = last_event_id.split(".")
    if len(last_event_id) > 400 or len(parts) != count + 1 or parts[0] != key:
        return nothing
    if not all(part == "-" or (part.isascii() and part.isdigit() and len(part) < 20) for part in parts[1:]):
        return nothing
    return tuple(None if part == "-" else int(part) for part in parts[1:])

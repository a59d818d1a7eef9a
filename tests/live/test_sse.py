"""The framing of events: whatever the data, one event with exactly that data comes out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mathsoc.live import sse

ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\r\n: \x0b\x85\u2028\x00")), max_size=200)


def parse(stream: bytes) -> list[dict[str, str]]:
    """The events of a stream as a browser reads them (WHATWG HTML, 9.2.6), fields that were present only."""
    events: list[dict[str, str]] = []
    event: dict[str, str] = {}
    for line in re.split(r"\r\n|\r|\n", stream.decode()):
        if not line:
            if event:
                events.append(event)
            event = {}
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[field] = f"{event[field]}\n{value}" if field == "data" and "data" in event else value
    return events


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_every_text_arrives_as_one_event_and_nothing_else(texts: list[str]) -> None:
    stream = b"".join(sse.id_line("k", (1,)) + sse.data_lines(text) for text in texts)

    wanted = [re.sub(r"\r\n|\r", "\n", text).encode("utf-8", "replace").decode() for text in texts]
    assert parse(stream) == [{"id": "k.1", "data": text} for text in wanted]


def test_a_line_break_in_the_data_begins_no_field() -> None:
    for line_break in ("\n", "\r", "\r\n", "\n\n", "\r\r"):
        events = parse(sse.data_lines(f"<b>{line_break}event: signout{line_break}id: 9</b>"))
        assert [set(event) for event in events] == [{"data"}]


def test_heartbeat_and_retry_disturb_no_event() -> None:
    stream = sse.retry_line(1500) + sse.HEARTBEAT + sse.data_lines("<b>1</b>") + sse.HEARTBEAT
    # Named events are for scripts: only the unnamed one is swapped into the page.
    assert [event for event in parse(stream) if "event" not in event] == [{"data": "<b>1</b>"}]
    assert [event["event"] for event in parse(stream) if "event" in event] == ["beat", "beat"]
    assert parse(sse.retry_line(1500) + sse.data_lines("x")) == [{"retry": "1500", "data": "x"}]


def test_a_returning_client_is_believed_only_about_its_own_stream() -> None:
    key = sse.stream_key([("board:a", "member"), ("board:b", "member")])
    known = sse.id_line(key, (7, None)).decode().removeprefix("id: ").strip()

    assert sse.known_versions(known, key, 2) == (7, None)
    assert sse.known_versions(known, key, 3) == (None, None, None)
    other = sse.stream_key([("board:a", "staff"), ("board:b", "member")])
    assert sse.known_versions(known, other, 2) == (None, None)


@given(st.text(max_size=60))
def test_no_last_event_id_is_an_error(text: str) -> None:
    for last_event_id in (text, f"key.{text}", f"key.{text}.{text}"):
        assert len(sse.known_versions(last_event_id, "key", 2)) == 2


def test_a_number_too_long_to_be_a_version_is_not_one() -> None:
    assert sse.known_versions("key." + "9" * 300, "key", 1) == (None,)
    assert sse.known_versions("key.٣", "key", 1) == (None,)

"""`GET /live` over a real server and socket."""

from __future__ import annotations

import re

import pytest

from mathsoc.errors import Missing
from mathsoc.live.views import parse_topics
from tests.live.fakes import true
from tests.live.test_sse import parse


def test_topics_are_distinct_and_in_order() -> None:
    assert parse_topics("board:b,board:a,board:b") == ["board:b", "board:a"]
    assert parse_topics("board:autumn-2026/ks3") == ["board:autumn-2026/ks3"]
    assert len(parse_topics(",".join(f"b:{n}" for n in range(12)))) == 12


@pytest.mark.parametrize(
    "text",
    [
        *("", ",", "board", "board:", ":a", "board:a,", "Board:a", "board:a b", "board:a\n", "board:ä"),
        *("board:\x00", "board:\ud800", "board:" + "a" * 121, "b:" + "a" * 500),
        ",".join(f"b:{n}" for n in range(13)),
    ],
)
def test_topics_that_cannot_be(text: str) -> None:
    with pytest.raises(Missing):
        parse_topics(text)


async def test_a_stream_says_what_it_is_and_follows_its_topic(toy) -> None:
    server = await toy()
    stream = await server.stream("count:a,count:b")
    await stream.until("<b>0</b></hx-partial>\n\nid:")

    assert "content-type: text/event-stream\r\n" in stream.head
    assert "cache-control: no-store\r\n" in stream.head
    assert "x-accel-buffering: no\r\n" in stream.head
    assert "\r\nserver:" not in stream.head.lower()
    await server.ask("POST", "/count/b")
    await stream.until("<b>1</b>")

    events = parse(stream.text.encode())
    assert all(re.fullmatch(r"[0-9a-f]{12}\.[-0-9]+\.[-0-9]+", event["id"]) for event in events)
    assert int(events[0]["retry"]) >= 1000
    assert events[-1]["id"].endswith(".0.1")
    stream.close()

    again = await server.stream("count:a,count:b", f"Last-Event-ID: {events[-1]['id']}")
    await server.ask("POST", "/count/a")
    await again.until("<b>1</b>")
    assert "count-b" not in again.text
    again.close()


async def test_what_is_no_stream(toy) -> None:
    server = await toy()
    for query in ("", "?topics=", "?topics=count:hidden", "?topics=other:a", "?topics=count:a,count:hidden"):
        assert (await server.ask("GET", f"/live{query}")).startswith("HTTP/1.1 404")
    for method in ("HEAD", "POST", "OPTIONS", "PUT", "DELETE"):
        reply = await server.ask(method, "/live?topics=count:a", "Content-Length: 0")
        assert reply.startswith("HTTP/1.1 405"), method


async def test_a_seventh_stream_of_a_viewer_ends_the_first_cleanly(toy) -> None:
    server = await toy()
    streams = []
    for number in range(7):
        streams.append(await server.stream(f"count:{number}", "X-Viewer: alice"))
        await streams[-1].until("\n\n")
    other = await server.stream("count:a", "X-Viewer: bob")
    assert (await streams[0].end()).endswith("\n\n")
    assert "open 7 " in await server.ask("GET", "/open")
    for stream in [*streams, other]:
        stream.close()


async def test_a_client_that_leaves_is_forgotten(toy) -> None:
    server = await toy()
    for _ in range(20):
        (await server.stream("count:a")).close()

    async def all_gone() -> bool:
        return "open 0 watched 0" in await server.ask("GET", "/open")

    await true(all_gone)

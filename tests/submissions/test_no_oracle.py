"""Nothing tells a member more than a sent and counted answer: no oracle in check, token, lock or machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from quart import Quart

from mathsoc.app import Mathsoc
from mathsoc.db import Database
from mathsoc.marking import Reading, Scheme, Verdict
from mathsoc.submissions import views
from tests.support.asked import watch
from tests.support.serving import Server
from tests.support.world import HTMX, PASSWORD, World, already_signed_in, box_path, build, signed_in

TWO_BOXES = (
    {"kind": "expression", "key": "x^2/2", "options": {"variables": ["x"]}},
    {"kind": "number", "key": "7351998243"},
)


async def test_the_check_while_typing_is_no_oracle(app: Quart, world: World) -> None:
    """Replies to a right and to a wrong answer differ only in the echoed reading."""
    challenge = await world.add_challenge("squares", {"kind": "number", "key": "7351998241"})
    alice = await signed_in(app, world, "alice")
    replies = []
    for answer in ("7351998241", "7351998242"):
        reply = await alice.post(box_path(challenge, what="reading"), form={"answer": answer}, headers=HTMX)
        body = (await reply.get_data()).decode()
        replies.append((reply.status_code, sorted(reply.headers.keys()), body.replace(answer, "ANSWER")))
    assert replies[0] == replies[1]


async def test_the_check_does_not_load_the_key(app: Mathsoc, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    statements = watch(app.database).statements
    await alice.post(box_path(challenge, what="reading"), form={"answer": "x"}, headers=HTMX)
    loaded = [one for one in statements if "answer_boxes" in one]
    key = re.compile(r"answer_boxes\.(key|also)\b")
    assert loaded and not any(key.search(one) for one in loaded)
    statements.clear()
    await alice.post(box_path(challenge), form={"answer": "x"}, headers=HTMX)
    assert any(key.search(one) for one in statements), "the trap must be able to catch"


async def test_the_key_is_nowhere_before_the_lock(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("two", *TWO_BOXES)
    alice = await signed_in(app, world, "alice")
    found = b""
    for path in ("/challenges/two", "/challenges", "/", "/competitions/ladder", "/leaderboards/ladder"):
        found += await (await alice.get(path)).get_data()
    for what in ("reading", "attempts"):
        for answer in ("1", "x", ""):
            found += await (
                await alice.post(box_path(challenge, 1, what), form={"answer": answer})
            ).get_data()
    assert b"7351998243" not in found and b"Solution words" not in found


async def test_a_token_of_another_box_is_no_oracle(app: Quart, world: World) -> None:
    """What was sent with a used token is told nothing about, and not stored."""
    one, other = await world.add_challenge("one"), await world.add_challenge("other", *TWO_BOXES)
    alice = await already_signed_in(app, world, "alice")
    await alice.post(box_path(one), form={"answer": "x", "token": "T"})
    for index, answer in ((0, "x^2/2"), (1, "7351998243"), (1, "5")):
        reply = await alice.post(box_path(other, index), form={"answer": answer, "token": "T"}, headers=HTMX)
        text = (await reply.get_data()).decode()
        assert reply.status_code == 409 and "Correct" not in text and "Not correct" not in text
    assert len(await world.attempts_of("alice")) == 1


async def test_the_same_token_in_parallel_tells_only_what_is_recorded(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("one", {"kind": "number", "key": "66"})
    alice = await already_signed_in(app, world, "alice")
    sends = [
        alice.post(box_path(challenge), form={"answer": str(n), "token": "T"}, headers=HTMX)
        for n in (60, 66, 61, 62)
    ]
    texts = [(await reply.get_data()).decode() for reply in await asyncio.gather(*sends)]
    (attempt,) = await world.attempts_of("alice")
    assert ["Not correct" in text for text in texts] == [attempt.outcome == "incorrect"] * 4


async def test_undecided_answers_are_no_free_guesses(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = await world.add_challenge("one", {"kind": "number", "key": "66"})
    alice = await already_signed_in(app, world, "alice")

    async def cannot_decide(answer: str, scheme: Scheme) -> Verdict:
        return Verdict("undecided", "?", "undecided", "none", Reading(True))

    monkeypatch.setattr(views, "mark_bounded", cannot_decide)
    codes = []
    for n in range(5):
        reply = await alice.post(box_path(challenge), form={"answer": str(n)}, headers=HTMX)
        codes.append(reply.status_code)
    assert codes == [200, 200, 200, 409, 409]
    (waiting,) = await world.attempts_of("alice")
    assert (waiting.number, waiting.sends) == (None, 3)


async def test_an_answer_held_back_until_after_the_lock_is_late(
    server: Callable[..., Awaitable[Server]], sqlite_url: str, tmp_path: Path
) -> None:
    """The head of the request arrives before the lock and its body after it: that is after it."""
    database = Database(sqlite_url)
    world = await build(database)
    challenge = await world.add_challenge("squares", lock_at=world.now + timedelta(minutes=1))
    file = tmp_path / "now"
    file.write_text(world.now.isoformat())
    running = await server(sqlite_url, MATHSOC_CLOCK_FILE=str(file))
    async with httpx.AsyncClient(base_url=running.url) as alice:
        email = world.members["alice"].email or ""
        await alice.post("/login", data={"email": email, "password": PASSWORD})
        cookie = "; ".join(f"{one.name}={one.value}" for one in alice.cookies.jar)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    body = b"answer=x%5E2%2F2"
    writer.write(
        f"POST {box_path(challenge)} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    await writer.drain()
    async with httpx.AsyncClient(base_url=running.url) as other:
        assert (await other.get("/healthz")).status_code == 200  # the head has been read by now
    file.write_text((world.now + timedelta(minutes=2)).isoformat())
    writer.write(body)
    await writer.drain()
    reply = await asyncio.wait_for(reader.read(200), 10)
    assert reply.startswith(b"HTTP/1.1 200"), reply
    writer.close()
    assert await world.attempts_of("alice") == []
    await database.close()

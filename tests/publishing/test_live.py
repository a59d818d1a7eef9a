"""What is scheduled appears to everyone at its time, on open pages too, and not a byte of it before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from quart import Quart

from mathsoc.challenges import service as challenges
from mathsoc.publishing.rules import SHELVES
from tests.publishing.posts import add_post
from tests.support.serving import Server
from tests.support.world import World, already_signed_in

WITHIN = 2.0
STATES: dict[str, dict[str, Any]] = {
    "draft": {"publish_at": None},
    "later": {"after": timedelta(hours=1)},
    "over": {"before": timedelta(0)},
    "archived": {"archived": True},
    "binned": {"binned": True},
    "staff": {"audience": "staff"},
}


async def hide(world: World, name: str, kind: str, given: dict[str, Any]) -> list[str]:
    """A post that a member may not read now; the words that would betray it."""
    now, canary = world.now, f"canary{name}{kind}"
    values: dict[str, Any] = {"publish_at": None} if "publish_at" in given else {}
    if "after" in given:
        values["publish_at"] = now + given["after"]
    if "before" in given:
        values["expires_at"] = now - given["before"]
    values |= {f"{what}_at": now for what in ("archived", "binned") if what in given}
    values["audience"] = given.get("audience", "public")
    body = f"<p>{canary} body</p>"
    await add_post(
        world, f"{canary} title", kind=kind, tags=(f"{canary} tag",), body=body, pinned=True, **values
    )
    return [canary]


async def test_nothing_hidden_is_told_anywhere(app: Quart, world: World) -> None:
    """Page, list, strip, home, and every stream that the viewer may open."""
    canaries = []
    for name, given in STATES.items():
        for kind in SHELVES:
            canaries += await hide(world, name, kind, given)
    for who in ("anonymous", "alice", "bob"):
        client = app.test_client() if who == "anonymous" else await already_signed_in(app, world, who)
        for path in ("/", "/articles", "/newsletters", "/announcements", "/challenges", "/about", "/privacy"):
            reply = await client.get(path)
            page = await reply.get_data(as_text=True)
            assert not [one for one in canaries if one in page], (who, path)
        for canary in canaries:
            kind = next(one for one in SHELVES if canary.endswith(one))
            assert (await client.get(f"/{SHELVES[kind]}/{canary}-title")).status_code == 404
            reply = await client.get(f"/live?topics=post:{kind}/{canary}-title")
            assert reply.status_code == 404, (who, canary)
        page = await (await client.get(f"/articles?tag={canaries[0]}%20tag")).get_data(as_text=True)
        assert f"{canaries[0]} title" not in page
    hub = app.live  # type: ignore[attr-defined]
    for name in ("article", "newsletter", "announcement", "strip", "latest"):
        for audience in ("public", "members"):
            html = await hub._sources["posts"].render(name, audience)
            assert not [one for one in canaries if one in html], (name, audience)
    carol = await already_signed_in(app, world, "carol")
    assert "canarystaffannouncement" in await (await carol.get("/announcements")).get_data(as_text=True)


@pytest.mark.timed
async def test_a_scheduled_article_and_challenge_appear_within_two_seconds(
    world: World,
    database_url: str,
    server: Callable[..., Awaitable[Server]],
    tmp_path: Path,
) -> None:
    """On open list pages, of two processes where the database can have two, whose clock is moved past."""
    clock_file = tmp_path / "clock"
    clock_file.write_text(world.now.isoformat())
    due = world.now + timedelta(hours=1)
    await add_post(world, "Scheduled words", publish_at=due)
    challenge = await world.add_challenge(
        "soon-there", title="Scheduled problem", release_at=due, lock_at=None
    )
    async with world.database.writing() as session:
        await challenges.plan_announcements(session, challenge)
    processes = 1 if "sqlite" in database_url else 2
    running = [await server(database_url, MATHSOC_CLOCK_FILE=str(clock_file)) for _ in range(processes)]
    topics = "/live?topics=posts:article,posts:latest,challenges:list"
    seen: list[list[bytes]] = [[] for _ in running]
    begun = [asyncio.Event() for _ in running]
    there = [asyncio.Event() for _ in running]

    async def watch(index: int) -> None:
        async with (
            httpx.AsyncClient(base_url=running[index].url, timeout=30) as client,
            client.stream("GET", topics) as response,
        ):
            async for chunk in response.aiter_bytes():
                seen[index].append(chunk)
                text = b"".join(seen[index])
                if text.count(b"data:") >= 3:
                    begun[index].set()
                if text.count(b"Scheduled words") >= 2 and b"Scheduled problem" in text:
                    there[index].set()

    watchers = [asyncio.create_task(watch(index)) for index in range(processes)]
    try:
        async with asyncio.timeout(20):
            await asyncio.gather(*(one.wait() for one in begun))
        assert not [one for one in seen if b"Scheduled" in b"".join(one)], "told before its time"
        moved = clock_file.with_name("moved")
        moved.write_text((due + timedelta(seconds=1)).isoformat())
        moved.replace(clock_file)
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*(one.wait() for one in there))
    finally:
        for one in watchers:
            one.cancel()

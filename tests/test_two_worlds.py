"""Two societies that differ in what is hidden answer alike, byte for byte, to those without the right.

In one there are besides: a draft, a challenge before its release, a pending member, a suspended one with
points, and posts that nobody may read yet or any more. The clock stands still; public ids are drawn from a
seeded source.
"""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mathsoc import clock, ids
from mathsoc.app import create_app
from mathsoc.config import Config, database_url
from mathsoc.db import Database
from mathsoc.joining import names as display_names
from mathsoc.scoring.models import Standing
from tests.publishing.posts import add_post
from tests.rights.crawl import Seen, crawl
from tests.rights.scene import at_rest, challenges, posts, unreleased, uploads
from tests.support.run import Run
from tests.support.world import PASSWORD, World, already_signed_in, build, noon

if TYPE_CHECKING:
    from quart import Quart

# Equal in all that matters, and random or the present by design.
LEFT_OUT = {"date", "set-cookie", "x-request-id", "etag"}
RANDOM = (
    re.compile(rb'(name="token" value=")[^"]*'),
    re.compile(rb"(retry: )\d+"),
)
STAFF_ONLY = ("/console", "/metrics")
OWN_SECRETS = ("/profile/second-factor",)  # each page has a new random key of one's own
NAMES = {
    **{name: f"b{name}" for name in ("suspended", "pending", "lead")},
    **{f"{slug}_box": f"b{slug}box" for slug in ("squares", "done", "drill", "draft", "later")},
}


HOUR = timedelta(hours=1)
# Posts that nobody but editors may read; with words that the table of rights searches for.
UNREAD: dict[str, dict[str, Any]] = {
    "Squares drafted": {"publish_at": None},
    "Squares to come": {"publish_at": noon() + HOUR},
    "Squares binned": {"binned_at": noon() - HOUR},
    "Squares archived": {"archived_at": noon() - HOUR},
    "Squares over": {
        "kind": "announcement",
        "pinned": True,
        "publish_at": noon() - 2 * HOUR,
        "expires_at": noon() - HOUR,
    },
}


class Seeded:
    """Stands in for `secrets` where public ids are made and display names are drawn."""

    def __init__(self, seed: int) -> None:
        self.choice = random.Random(seed).choice


Make = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, run: Run, tmp_path: Path, to_drop: list[str]) -> Make:
    """Makes an empty, migrated database."""
    count = iter(range(9))

    def make() -> str:
        if request.param == "sqlite":
            return run.sqlite(tmp_path / f"world-{next(count)}.db")
        to_drop.append(run.postgres.create_migrated())
        return database_url(to_drop[-1])

    return make


Part = Callable[[World], Awaitable[None]]


async def hidden(world: World) -> None:
    """What nobody without the right may learn of."""
    for slug, challenge in (await unreleased(world)).items():
        assert challenge.slug == slug
    for title, given in UNREAD.items():
        await add_post(world, title, **given)
    await world.add_member(
        "pending", state="pending", handle=NAMES["pending"], email="zoe@northfield.example"
    )
    await world.add_member("suspended", state="suspended", handle=NAMES["suspended"])
    async with world.database.writing() as session:
        session.add(
            Standing(
                competition_id=world.competitions["ladder"].id,
                stage_id=world.stages["ks4"].id,
                member_id=world.members["suspended"].id,
                score=50,
                reached_at=world.now,
                listed=False,
            )
        )


async def nothing(world: World) -> None:
    """The world without."""


@asynccontextmanager
async def a_world(
    config: Config, url: str, part: Part, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Quart, World, dict[str, str]]]:
    """The same society with `part` in its middle, so that row numbers differ from there on."""
    database = Database(url)
    monkeypatch.setattr(ids, "secrets", Seeded(1))
    world = await build(database, noon())
    await world.add_member("lead", role="lead", year=None)
    made = await challenges(world)
    await posts(world)
    files = await uploads(world)
    monkeypatch.setattr(ids, "secrets", Seeded(2))
    await part(world)
    monkeypatch.setattr(ids, "secrets", Seeded(3))
    monkeypatch.setattr(display_names, "secrets", Seeded(4))
    await world.add_challenge("last", competition="cup")
    await world.give("alice", 3)
    await world.give("bob", 3, minutes=1)
    names = NAMES | {name: member.handle for name, member in world.members.items()}
    names |= {f"{slug}_box": challenge.boxes[0].public_id for slug, challenge in made.items()}
    names |= {name: NAMES[name] for name in ("pending", "suspended")} | files
    app = create_app(replace(config, database_url=url))
    async with app.test_app():
        await at_rest(world)
        yield app, world, names
    await database.close()


# Addresses that name what is hidden, beside those of the table.
MORE: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/login", {"form": {"email": "zoe@northfield.example", "password": "not the password"}}),
    ("POST", "/login", {"form": {"email": "suspended@northfield.example", "password": PASSWORD + "!"}}),
    ("POST", "/forgot-password", {"form": {"email": "zoe@northfield.example"}}),
    ("POST", "/forgot-password", {"form": {"email": "suspended@northfield.example"}}),
    ("GET", "/live?topics=challenges:later", {}),
    ("GET", "/live?topics=board:later:ks4", {}),
    ("GET", "/members/Display%20Pending", {}),
    ("GET", "/competitions/draft", {}),
    ("GET", "/leaderboards/later", {}),
    ("GET", "/articles/squares-drafted", {}),
    ("GET", "/articles/squares-to-come", {}),
    ("GET", "/articles/squares-binned", {}),
    ("GET", "/live?topics=post:article/squares-to-come", {}),
    ("GET", "/search?q=drafted", {}),
]


def bare(seen: Seen) -> tuple[str, int, tuple[tuple[str, str], ...], bytes]:
    headers = tuple((name, value) for name, value in seen.headers if name.lower() not in LEFT_OUT)
    body = seen.body
    for pattern in RANDOM:
        body = pattern.sub(rb"\1", body)
    return seen.asked, seen.status, tuple(sorted(headers)), body


async def replies(
    config: Config, make: Make, part: Part, who: str, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, int, tuple[tuple[str, str], ...], bytes]]:
    async with a_world(config, make(), part, monkeypatch) as (app, world, names):
        client = app.test_client() if who == "anonymous" else await already_signed_in(app, world, who)
        names |= {f"{name}_session": f"b{name}session" for name in NAMES | dict.fromkeys(world.members)}
        return [bare(seen) async for seen in crawl(client, names, but=STAFF_ONLY + OWN_SECRETS, more=MORE)]


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    """The settings of every test; each world has its own database."""
    environ = {"MATHSOC_ENV": "testing", "SECRET_KEY": "only-for-tests", "SITE_URL": "http://localhost"}
    environ |= {"RATE_SCALE": "1000", "UPLOAD_DIR": str(tmp_path), "BACKUP_DIR": str(tmp_path)}
    return Config.from_environment(environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})


@pytest.mark.parametrize("who", ["anonymous", "alice", "bob", "lead"])
async def test_what_is_hidden_shows_in_no_byte(
    new_url: Make, settings: Config, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.moved_to(noon()):
        without = await replies(settings, new_url, nothing, who, monkeypatch)
        with_it = await replies(settings, new_url, hidden, who, monkeypatch)
    assert len(without) > 50
    for one, other in zip(without, with_it, strict=True):
        assert one == other


async def test_a_members_competition_shows_the_public_nothing(
    new_url: Make, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def contest(world: World) -> None:
        for slug in ("later", "draft", "inner"):
            await world.add_challenge(slug, competition="cup")
        await world.give("bob", 7, competition="cup")

    with clock.moved_to(noon()):
        without = await replies(settings, new_url, nothing, "anonymous", monkeypatch)
        with_it = await replies(settings, new_url, contest, "anonymous", monkeypatch)
    for one, other in zip(without, with_it, strict=True):
        assert one == other


async def test_the_comparison_sees_what_staff_see(
    new_url: Make, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.moved_to(noon()):
        without = await replies(settings, new_url, nothing, "carol", monkeypatch)
        with_it = await replies(settings, new_url, hidden, "carol", monkeypatch)
    differing = {one[0] for one, other in zip(without, with_it, strict=True) if one != other}
    assert {"GET /challenges/draft plain", "GET /challenges/later plain"} <= differing

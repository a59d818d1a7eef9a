"""All content as files and back: the same bytes, nothing lost, nothing half done."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import undefer

from mathsoc import demo, richtext
from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.db import Database
from mathsoc.exchange import files, shapes
from mathsoc.exchange.rules import Entry
from mathsoc.jobs import Job
from mathsoc.live.service import versions
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.writing.models import Revision
from tests.exchange.content import (
    PICTURE,
    Shelf,
    brought,
    furnish,
    sent,
)
from tests.support.world import World


async def test_there_and_back_the_bytes_are_the_same(
    world: World, other: Database, store: Shelf, tmp_path: Path
) -> None:
    await furnish(world, store)
    first = await sent(world.database, store, tmp_path / "a")
    assert {"articles/primes.html", "challenges/one.boxes.toml", f"uploads/{PICTURE}.jpg"} <= set(first)
    told = b"\n".join(first.values())
    for private in (
        b"Real Alice",
        b"alice@northfield",
        b"Display Alice",
        world.now.isoformat()[:16].encode(),
    ):
        assert private not in told or private.startswith(b"20")
    elsewhere = Shelf()
    plan, words = await brought(other, elsewhere, tmp_path / "a")
    assert set(plan.what.values()) == {"create"} and "Keys of challenges" in words
    assert await sent(other, elsewhere, tmp_path / "b") == first
    assert elsewhere.held == store.held
    # Once more: all the same, nothing is written, not even a version.
    async with other.reading() as session:
        before = await versions(session, ["post:article/primes", "posts:article", "challenge:one"])
    plan, _ = await brought(other, elsewhere, tmp_path / "a")
    assert set(plan.what.values()) == {"same"}
    async with other.reading() as session:
        assert await versions(session, list(before)) == before
        assert min(before.values()) == 1
        imports = await session.scalars(
            select(AuditDetail.after).join(AuditEntry).where(AuditEntry.action == "imported")
        )
        counts = {"created": len(first) - 1, "updated": 0}
        assert list(imports) == [counts], "the second time there was nothing to tell"
        planned = set(await session.scalars(select(Job.subject).where(Job.name == "index-for-search")))
        assert len([one for one in planned if one.startswith("post:")]) == 5


async def test_the_demo_there_and_back(
    database: Database, other: Database, store: Shelf, tmp_path: Path
) -> None:
    await demo.load(database)
    first = await sent(database, store, tmp_path / "a")
    await brought(other, Shelf(), tmp_path / "a")
    assert await sent(other, Shelf(), tmp_path / "b") == first
    assert len([path for path in first if path.endswith(".boxes.toml")]) >= 12
    assert b"@demo.example" not in b"".join(first.values())


LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
WORDS = st.text(LETTERS | st.just(" "), min_size=1, max_size=30)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SLUGS = st.lists(
    st.text(string.ascii_lowercase + "0123456789", min_size=1, max_size=12), max_size=4, unique=True
)
PIECES = ["<p>", "</p>", "+++", "\n", "a", "&", "\\(x\\)", '"', "<b>", "é", "<"]
HTML = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS, WORDS, st.none() | MOMENT, SLUGS, st.lists(WORDS, max_size=4, unique=True), HTML)
def test_any_post_is_read_as_it_was_written(
    title: str, credit: str, moment: datetime | None, slugs: list[str], tags: list[str], body: str
) -> None:
    shape = shapes.shape_of("articles/x.html")
    assert shape is not None
    data: dict[str, Any] = {
        "title": title,
        "credit": credit,
        "audience": "public",
        "old_slugs": slugs,
        "tags": tags,
    }
    if moment is not None:
        data["publish_at"] = moment
    entry = Entry("articles/x.html", shapes.checked(data, shape), richtext.clean(body))
    raw = files.written(entry)
    assert files.parsed("articles/x.html", raw) == entry
    assert files.written(files.parsed("articles/x.html", raw)) == raw  # type: ignore[arg-type]


async def test_what_is_other_is_updated_and_nothing_is_lost(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    article = folder / "articles/primes.html"
    article.write_text(article.read_text().replace("Look:", "See <script>alert(1)</script>"))
    article.rename(folder / "articles/prime-numbers.html")
    statement = folder / "challenges/one.html"
    statement.write_text(statement.read_text().replace("<p>Statement</p>", "<p>New words</p>"))
    (folder / "pages/rules.html").write_text(
        '+++\ntitle = "Rules"\naudience = "public"\nold_slugs = ["law"]\n+++\nBe fair.\n'
    )
    plan, words = await brought(world.database, store, folder, dry_run=True)
    assert "update  challenges/one.html" in words and "Nothing was changed: this was a dry run" in words
    assert {path: what for path, what in plan.what.items() if what != "same"} == {
        "articles/prime-numbers.html": "update",  # found by its former address
        "challenges/one.html": "update",
        "pages/rules.html": "create",
    }
    await brought(world.database, store, folder)
    async with world.database.reading() as session:
        post = (
            await session.scalars(select(Post).where(Post.title == "Primes").options(undefer(Post.body)))
        ).one()
        assert post.slug == "prime-numbers" and "script" not in post.body and "See" in post.body
        slugs = await session.scalars(select(PostSlug.slug).where(PostSlug.post_id == post.id))
        assert set(slugs) == {"primes", "old-primes", "prime-numbers"}
        assert post.updated_at > world.now - timedelta(days=1)
        texts = list(
            await session.scalars(select(Revision.text).order_by(Revision.region_id, Revision.number))
        )
        assert (
            any("Look:" in one for one in texts)
            and "<p>Statement</p>" in texts
            and "<p>New words</p>" in texts
        )
        moved = await versions(session, ["challenge:one", "challenge:two", "post:article/primes"])
        assert moved == {"challenge:one": 1, "challenge:two": 0, "post:article/primes": 1}
    plan, _ = await brought(world.database, store, folder)
    assert {path for path, what in plan.what.items() if what != "same"} <= {"articles/prime-numbers.html"}

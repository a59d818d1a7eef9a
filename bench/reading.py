"""Reading lists at 50 and at 5,000 posts: the time of a page, and how many times as long it takes with many.

    python -m bench.reading

On a SQLite file of its own; the application is asked in the same process.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from quart import Quart
from sqlalchemy import insert

from mathsoc import clock, schema
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.members.models import Member
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.schools.models import Society

FEW, MANY = 50, 5_000
PATHS = (
    "/",
    "/articles",
    "/articles?page=2",
    "/articles?tag=odd",
    "/newsletters",
    "/announcements",
    "/articles/article-7",
)
TIMES = 40
KINDS = ("article", "newsletter", "announcement")
WORDS = '<p>Suppose that <span data-latex="p">p</span> divides both; then it divides 1. </p>' * 20


async def fill(database: Database, count: int, now: datetime) -> None:
    posts, slugs, tags = [], [], []
    for number in range(1, count + 1):
        kind, moment = KINDS[number % 10] if number % 10 < 3 else "article", now - timedelta(minutes=number)
        slug = f"{kind}-{number}"
        posts.append(
            {"id": number, "public_id": f"b{number}", "kind": kind, "slug": slug, "title": f"Title {number}",
             "body": WORDS, "publish_at": moment, "created_at": moment, "updated_at": moment,
             "pinned": kind == "announcement" and number < 30}
        )  # fmt: skip
        slugs.append({"kind": kind, "slug": slug, "post_id": number})
        tags.append({"post_id": number, "tag": "odd" if number % 2 else "even"})
    async with database.writing() as session:
        session.add(Society(name="Bench", strapline="", staff_contact=""))
        # Without an administrator every page leads to the first start.
        session.add(Member(display_name="Admin", role="admin", state="active", created_at=now))
        await session.execute(insert(Post), posts)
        await session.execute(insert(PostSlug), slugs)
        await session.execute(insert(PostTag), tags)


async def measured(count: int, folder: Path) -> dict[str, float]:
    """The middle time of each page, in milliseconds."""
    url = f"sqlite:///{folder}/{count}.db"
    settings = {
        "MATHSOC_ENV": "testing",
        "DATABASE_URL": url,
        "SECRET_KEY": "x" * 40,
        "UPLOAD_DIR": str(folder),
    }
    config = Config.from_environment(settings)
    await asyncio.to_thread(schema.upgrade_now, config.database_url)
    app: Quart = create_app(config)
    database: Database = app.database  # type: ignore[attr-defined]
    await fill(database, count, clock.now())
    client, found = app.test_client(), {}
    for path in PATHS:
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            reply = await client.get(path)
            times.append(time.perf_counter() - began)
            assert reply.status_code == 200, (path, reply.status_code)
        found[path] = 1000 * statistics.median(times)
    await database.close()
    return found


async def main() -> None:
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        few, many = [await measured(count, Path(folder)) for count in (FEW, MANY)]
    print(f"{'page':<24} {FEW:>8} {MANY:>8}  times as long")
    for path in PATHS:
        print(f"{path:<24} {few[path]:>5.1f} ms {many[path]:>5.1f} ms  {many[path] / few[path]:.2f}")


if __name__ == "__main__":
    asyncio.run(main())

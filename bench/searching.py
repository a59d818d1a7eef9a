"""What a search, a feed and the calendar cost at 50 and at 5,000 articles: `python -m bench.searching`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from statistics import median

from mathsoc import schema
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.db import Database
from tests.search.test_views import PATHS, many
from tests.search.writing import fill
from tests.support.world import build

COUNTS = (50, 5_000)
TRIES = 30


async def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{tempfile.mkdtemp()}/bench.db"
    settings = {"MATHSOC_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": "only-for-benchmarks"}
    config = Config.from_environment({**settings, "RATE_SCALE": "1000"})
    await schema.upgrade(config.database_url)
    database = Database(config.database_url)
    world = await build(database)
    client = create_app(config).test_client()
    found: dict[str, list[float]] = {path: [] for path in PATHS}
    before = 0
    for count in COUNTS:
        await many(world, count - before, start=before)
        await fill(database)
        before = count
        for path in PATHS:
            found[path].append(await _median(client, path))
    await database.close()
    print(f"{'ms, median of ' + str(TRIES):32}" + "".join(f"{count:>10,}" for count in COUNTS) + "     times")
    for path, times in found.items():
        print(f"{path:32}" + "".join(f"{one:10.1f}" for one in times) + f"{times[-1] / times[0]:10.1f}")


async def _median(client: object, path: str) -> float:
    times = []
    for _ in range(TRIES):
        started = time.perf_counter()
        reply = await client.get(path)  # type: ignore[attr-defined]
        assert reply.status_code == 200, path
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


if __name__ == "__main__":
    asyncio.run(main())

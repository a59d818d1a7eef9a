"""What it brings to keep fragments: requests per second with and without, side by side.

    python bench/kept.py [--seconds 4] [--database-url postgresql://…/empty]

Serves the application in this process, on a SQLite file of its own or on an empty database that is named, and
asks for one page again and again: a board of 50 lines, a short statement, and long statements of which there
are many. With and without take turns of a tenth of a second, so that the machine's moods meet both alike.
Without, `richtext.render` still knows the texts that it drew last. Ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mathsoc import schema
from mathsoc.app import create_app
from mathsoc.config import Config, database_url
from mathsoc.web.kept import Kept
from tests.support.world import World, build

TURN = 0.1  # seconds
MEMBERS = 200
MANY = 60
HEAD = ("page", "with /s", "without /s", "ratio")
ROW = "{:<34} {:>9} {:>11} {:>7}"
FORMULA = r"<p>Let \(a_{%d}\) be a root of \[\int_0^{%d} \frac{x^{2}+1}{\sqrt{x+%d}}\,dx = \sum_k k^2.\]</p>"


@dataclass
class Side:
    kept: Kept
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / sum(self.times)


def text(seed: int, formulas: int) -> str:
    from mathsoc import richtext

    return richtext.clean("".join(FORMULA % (seed, number, seed + number) for number in range(formulas)))


async def fill(world: World) -> None:
    async with world.database.writing() as session:
        from mathsoc.challenges.models import Challenge
        from mathsoc.members.models import Member

        pupils = [
            Member(
                email=f"p{number}@northfield.example",
                display_name=f"Pupil {number}",
                real_name=f"Somebody Number {number}",
                role="member",
                state="active",
                year=10,
                school_id=world.schools["northfield"].id,
                created_at=world.now,
            )
            for number in range(MEMBERS)
        ]
        session.add_all(pupils)
        for number in range(MANY):
            session.add(
                Challenge(
                    slug=f"long-{number}",
                    competition_id=world.competitions["ladder"].id,
                    stage_id=world.stages["ks4"].id,
                    title=f"Long {number}",
                    statement=text(number, 40),
                    release_at=world.now,
                    created_at=world.now,
                )
            )
    for number, pupil in enumerate(pupils):
        world.members[f"p{number}"] = pupil
        await world.give(f"p{number}", 1 + number % 40)
    await world.add_challenge("short", statement=text(1, 2))


async def measure(app: object, paths: Callable[[], Iterator[str]], seconds: float) -> tuple[Side, Side]:
    client = app.test_client()  # type: ignore[attr-defined]
    sides = (Side(Kept()), Side(Kept(room=0)))
    following = [paths() for _ in sides]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for side, next_paths in zip(sides, following, strict=True):
            app.extensions["kept"] = side.kept  # type: ignore[attr-defined]
            turn = time.monotonic() + TURN
            while time.monotonic() < turn:
                before = time.perf_counter()
                reply = await client.get(next(next_paths))
                side.times.append(time.perf_counter() - before)
                assert reply.status_code == 200
    return sides


async def main(url: str, seconds: float) -> None:
    await schema.upgrade(url)
    config = Config.from_environment(
        {
            "MATHSOC_ENV": "testing",
            "DATABASE_URL": url,
            "SECRET_KEY": "only-for-the-bench",
            "RATE_SCALE": "1e6",
        }
    )
    app = create_app(config)
    async with app.test_app():
        world = await build(app.database)
        await fill(world)
        print(ROW.format(*HEAD))
        for name, paths in (
            ("board, 50 lines", lambda: cycle(["/leaderboards/ladder?stage=ks4"])),
            ("statement, 2 formulas, the same", lambda: cycle(["/challenges/short"])),
            ("statement, 80 formulas, the same", lambda: cycle(["/challenges/long-0"])),
            (
                f"statement, 80 formulas, {MANY} of them",
                lambda: cycle(f"/challenges/long-{n}" for n in range(MANY)),
            ),
        ):
            kept, anew = await measure(app, paths, seconds)
            print(ROW.format(name, f"{kept.rate:.0f}", f"{anew.rate:.0f}", f"{kept.rate / anew.rate:.2f}"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument(
        "--database-url", help="an empty PostgreSQL database (default: a SQLite file of its own)"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        name = given.database_url or f"sqlite:///{folder}/bench.db"
        asyncio.run(main(database_url(name), given.seconds))

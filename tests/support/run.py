"""One run of the tests: its first process, its xdist workers, and the folder that they share."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

from tests.support.isolation import alone, new_run_folder
from tests.support.postgres import Postgres, waiting


class Run:
    """What the tests of one run share. The first process makes it; xdist's workers join it by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder)

    def sqlite(self, path: Path) -> str:
        """A SQLite file at the newest schema: a copy of one that was migrated once for the whole run."""
        template = self.folder / "template.db"
        with alone(self.folder / "sqlite-template.lock"):
            if not template.exists():
                made = self.folder / "migrated.db"
                waiting(lambda: _migrate(f"sqlite+aiosqlite:///{made}"))
                made.rename(template)
        shutil.copyfile(template, path)
        return f"sqlite+aiosqlite:///{path}"


class FirstProcess(Run):
    """Holds the lock by which PostgreSQL's keeper knows that the run is alive."""

    def __init__(self) -> None:
        super().__init__(new_run_folder())
        self.alive = open(self.folder / "alive", "w")  # noqa: SIM115 (held to the end of the run)
        fcntl.flock(self.alive, fcntl.LOCK_EX)

    def end(self) -> None:
        self.postgres.drop_all()
        self.alive.close()
        if (self.folder / "keeper").exists():
            # The keeper holds this lock until the server has stopped.
            with open(self.folder / "keeper") as keeper:
                fcntl.flock(keeper, fcntl.LOCK_EX)
        shutil.rmtree(self.folder, ignore_errors=True)


async def _migrate(url: str) -> None:
    from mathsoc import schema
    from mathsoc.db import Database

    await schema.upgrade(url)
    database = Database(url)
    # A first connection turns the write-ahead log on, which the file then remembers.
    async with database.engine.connect():
        pass
    await database.close()

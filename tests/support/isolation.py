"""What keeps a test run away from everything that is not its own."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

SETTINGS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "SITE_URL",
    "PORT",
    "WEB_CONCURRENCY",
    "REDIS_URL",
    "MAIL_URL",
    "UPLOAD_DIR",
    "BACKUP_DIR",
    "BACKUP_KEY",
    "TRUSTED_PROXIES",
    "RATE_SCALE",
    "TIME_ZONE",
)


def forget_settings(environ: MutableMapping[str, str]) -> None:
    """Drop every setting of the product and of PostgreSQL's client, as if this shell had none.

    The predecessor's test run wiped the database that DATABASE_URL happened to name.
    """
    for name in list(environ):
        if name in SETTINGS or name.startswith(("MATHSOC_", "PG")):
            del environ[name]


def open_to_all(path: Path) -> bool:
    """May any user of this machine pass through every folder down to this one?"""
    return all(folder.stat().st_mode & 0o001 for folder in (path.resolve(), *path.resolve().parents))


def new_run_folder() -> Path:
    """A temporary folder of this whole run, which PostgreSQL's own user can reach too."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    place = next((p for p in places if os.geteuid() != 0 or (p.is_dir() and open_to_all(p))), places[0])
    folder = Path(tempfile.mkdtemp(prefix="mathsoc-tests-", dir=place))
    folder.chmod(0o755)
    return folder


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold this lock among all processes of the run; the system frees it when its holder dies."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

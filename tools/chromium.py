"""Find a Chromium for the browser tests, or install one; alone it says which it is.

`CHROMIUM_PATH` names one outright.
"""

# ruff: noqa: S603, T201
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# A quiet browser that speaks to nobody: without these it calls home and, as root, does not start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
IN_CACHE = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")


class NoChromium(Exception):
    """None found or installed; the message tells the person what to do."""


def find() -> Path | None:
    """The first Chromium that starts; with CHROMIUM_PATH set, that one or an error."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if not starts(Path(named)):
            raise NoChromium(f"CHROMIUM_PATH is {named}, and that does not start as a Chromium.")
        return Path(named)
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[Path]:
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    yield from (Path(place) for place in PLACES)
    caches = [Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright"]
    if os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        caches.insert(0, Path(os.environ["PLAYWRIGHT_BROWSERS_PATH"]))
    for cache in caches:
        yield from (path for pattern in IN_CACHE for path in sorted(cache.glob(pattern), reverse=True))


def starts(path: Path) -> bool:
    """Does it say its version? A stub that only tells how to install the real one does not."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> Path:
    """Install one: Debian's package as root, else Playwright's own build."""
    with_apt = os.geteuid() == 0 and shutil.which("apt-get") is not None
    ways = []
    if with_apt:
        ways.append("apt-get update && apt-get install -y --no-install-recommends chromium")
    playwright = f"'{sys.executable}' -m playwright install"
    ways.append(f"{playwright} {'--with-deps ' if with_apt else ''}chromium")
    for way in ways:
        print(f"mathsoc: no Chromium found; installing one: {way}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(["/bin/sh", "-c", way], env=environment, stdin=subprocess.DEVNULL)
        if done.returncode == 0 and (found := find()):
            return found
    raise NoChromium(
        "No Chromium could be installed here. Install Chromium or Chrome "
        "(on Debian: apt-get install chromium), or set CHROMIUM_PATH to one, then run this again."
    )


def main() -> int:
    try:
        print(f"mathsoc: browser tests use {find() or install()}")
    except NoChromium as problem:
        print(f"mathsoc: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

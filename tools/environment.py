"""Make .venv hold exactly the locked packages and this project, with the standard library alone.

`check LEVEL` answers by its exit code whether that was done for the present lock files; `install LEVEL`
does it. LEVEL is `run` or `dev`; `dev` holds all of `run`. Called by environment.sh.
"""

# ruff: noqa: S603, T201
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import package_index

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "mathsoc-installed.json"
UNFINISHED = VENV / "mathsoc-unfinished"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "tools" / "uv.lock.txt"


class Stopped(Exception):
    """The environment cannot be made; the message tells the person what to do."""


def digest() -> str:
    """What was installed from what: contents and place, not times, which a clone makes anew."""
    total = hashlib.sha256(str(ROOT).encode())
    for path in (*LOCKS.values(), ROOT / "pyproject.toml"):
        total.update(path.read_bytes())
    return total.hexdigest()


def installed(level: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return stamp == {"digest": digest(), "level": "dev"} or stamp == {"digest": digest(), "level": level}


def install(level: str) -> None:
    """Bring .venv to the level; whatever an interrupted run left behind is put right."""
    STAMP.unlink(missing_ok=True)
    if not usable():
        make_venv()
    again = UNFINISHED.exists()
    UNFINISHED.write_text("packages\n")
    say(f"installing the packages of {LOCKS[level].name} …")
    uv = find_uv()
    if uv:
        install_with_uv(uv, level, again)
    else:
        say("uv cannot be had here; installing with pip, which takes longer")
        install_with_pip(level, again)
    aside = STAMP.with_suffix(".new")
    aside.write_text(json.dumps({"digest": digest(), "level": level}))
    UNFINISHED.unlink()
    aside.rename(STAMP)


def usable() -> bool:
    """Is there a whole virtual environment with a Python that runs and some way to install into it?"""
    if not PYTHON.exists() or (UNFINISHED.exists() and UNFINISHED.read_text() == "venv\n"):
        return False
    recent = quiet([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
    return recent and (bool(shutil.which("uv")) or has_pip(PYTHON))


def make_venv() -> None:
    """A new .venv: with pip by this Python's venv, else by uv, else by a pip from outside."""
    say(f"making .venv with Python {sys.version.split()[0]}")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.write_text("venv\n")
    uv = shutil.which("uv")
    if uv and quiet([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, VENV]):
        return
    if quiet([sys.executable, "-m", "venv", VENV]) and has_pip(PYTHON):
        return
    outside = [sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"]
    if quiet([sys.executable, "-m", "venv", "--without-pip", VENV]) and quiet(outside):
        return
    raise Stopped(
        f"{sys.executable} cannot make a virtual environment: it lacks venv or ensurepip. "
        "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere install uv. Then run this again."
    )


def find_uv() -> str | None:
    """The uv of the machine, else the locked one, put into .venv by pip; None where it cannot be had."""
    own = VENV / "bin" / "uv"
    if shutil.which("uv"):
        return shutil.which("uv")
    if not (own.exists() and quiet([own, "--version"])):
        hashed = ["--require-hashes", "--force-reinstall", "-r", UV_LOCK]
        if not quiet([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *hashed]):
            return None
    return str(own)


def install_with_uv(uv: str, level: str, again: bool) -> None:
    pip = next((p for p in (PYTHON, Path(sys.executable)) if has_pip(p)), None)
    arguments, variables = package_index.for_uv(package_index.of_pip(pip))
    base = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--compile-bytecode", *arguments]
    redo = ["--reinstall"] if again else []
    run([*base, *redo, "--require-hashes", "-r", LOCKS[level]], variables)
    run([*base, "--reinstall-package=mathsoc", "--no-deps", "--no-build-isolation", "-e", "."], variables)


def install_with_pip(level: str, again: bool) -> None:
    base = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    redo = ["--force-reinstall"] if again else []
    run([*base, *redo, "--require-hashes", "-r", LOCKS[level]], {})
    run([*base, "--no-deps", "--no-build-isolation", "-e", "."], {})


def has_pip(python: str | Path) -> bool:
    return quiet([python, "-m", "pip", "--version"])


def quiet(command: list[str | Path]) -> bool:
    """Did it succeed? What it says is nobody's business: a next way is tried."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def run(command: list[str | Path], variables: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Stopped("The packages could not be installed (see above). Is the package index in reach?")


def say(text: str) -> None:
    print(f"mathsoc: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check", level] if level in LOCKS:
            return 0 if installed(level) else 1
        case ["install", level] if level in LOCKS:
            pass
        case _:
            say("use: environment.py check|install run|dev")
            return 2
    (ROOT / ".cache").mkdir(exist_ok=True)
    with open(ROOT / ".cache" / "environment.lock", "w") as alone:
        # Two commands started at once must not install into each other.
        fcntl.flock(alone, fcntl.LOCK_EX)
        try:
            if not installed(level):
                install(level)
        except Stopped as stopped:
            say(str(stopped))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

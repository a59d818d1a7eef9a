"""A virtual environment for each rival, made on first use: their packages are no business of the product."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import package_index

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "bench"


class NoEnvironment(Exception):
    """The packages of a rival could not be installed; the message tells what to do."""


def python(name: str) -> Path:
    """The interpreter that has exactly the packages of NAME.txt. Raises NoEnvironment."""
    lock = HERE / f"{name}.txt"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    folder = CACHE / name
    stamp = folder / "installed"
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"installing {name} into {folder.relative_to(CACHE.parents[1])} …", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        install(lock, folder)
        stamp.write_text(wanted)
    return folder / "bin" / "python"


def install(lock: Path, folder: Path) -> None:
    own = Path(sys.executable)
    uv = shutil.which("uv") or shutil.which("uv", path=own.parent)
    if uv:
        arguments, variables = package_index.for_uv(package_index.of_pip(own if has_pip(own) else None))
        hashed = ["--require-hashes", "-r", str(lock)]
        run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], {})
        python = str(folder / "bin" / "python")
        run([uv, "pip", "install", "--quiet", "--python", python, *arguments, *hashed], variables)
    else:
        run([sys.executable, "-m", "venv", str(folder)], {})
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(lock)], {})


def has_pip(python: Path) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def run(command: list[str], variables: dict[str, str]) -> None:
    if subprocess.run(command, env={**os.environ, **variables}, stdin=subprocess.DEVNULL).returncode:
        raise NoEnvironment(
            "A rival's packages could not be installed (see above). Is the package index in reach? "
            "Without rivals: --rivals none"
        )


def version(name: str) -> str:
    """The version that is pinned, for the table."""
    package = re.search(rf"^{name}==(\S+)", (HERE / f"{name}.txt").read_text(), re.MULTILINE)
    return f"{name} {package[1]}" if package else name

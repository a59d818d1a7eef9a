"""What stands behind `make run` and `make test`: the environment, its stamp, and where packages come from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mathsoc.config import PACKAGE
from tools import environment, package_index

ROOT = PACKAGE.parent


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of lock files alone, for which a .venv is installed at level `dev`."""
    locks = {level: tmp_path / path.name for level, path in environment.LOCKS.items()}
    for path in (*locks.values(), tmp_path / "pyproject.toml"):
        path.write_text(path.name)
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "LOCKS", locks)
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "stamp")
    stamp(tmp_path, "dev")
    return tmp_path


def stamp(checkout: Path, level: str) -> None:
    text = f'{{"digest": "{environment.digest()}", "level": "{level}"}}'
    (checkout / ".venv" / "stamp").write_text(text)


def test_dev_holds_all_of_run(checkout: Path) -> None:
    assert environment.installed("dev")
    assert environment.installed("run")
    stamp(checkout, "run")
    assert environment.installed("run")
    assert not environment.installed("dev")


def test_the_stamp_looks_at_contents_not_at_times(checkout: Path) -> None:
    lock = checkout / "requirements.lock"
    lock.touch()
    assert environment.installed("run")
    lock.write_text("other==1")
    assert not environment.installed("run")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"level": "dev"}'])
def test_a_broken_stamp_means_install(checkout: Path, text: str) -> None:
    (checkout / ".venv" / "stamp").write_text(text)
    assert not environment.installed("run")


def test_a_venv_that_moved_is_made_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", checkout.parent / "elsewhere")
    (checkout.parent / "elsewhere").mkdir()
    (checkout / "pyproject.toml").rename(checkout.parent / "elsewhere" / "pyproject.toml")
    assert not environment.installed("run")


def test_pip_settings_reach_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*package_index.OWN_OF_UV, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    settings = package_index.parsed(
        [
            "global.index-url='https://one.test/simple'",
            "global.extra-index-url='https://two.test/simple https://three.test/simple'",
            "install.find-links='/wheels'",
            ":env:.index-url='https://env.test/simple'",
            ":env:.cert='/ca.pem'",
            "global.timeout='60'",
            "download.index-url='https://not-this.test'",
        ]
    )
    arguments, variables = package_index.for_uv(settings)
    assert "--default-index=https://env.test/simple" in arguments
    assert "--index=https://two.test/simple" in arguments
    assert "--index=https://three.test/simple" in arguments
    assert "--find-links=/wheels" in arguments
    assert not [argument for argument in arguments if "one.test" in argument or "not-this" in argument]
    assert variables == {"SSL_CERT_FILE": "/ca.pem"}


def test_what_is_set_for_uv_itself_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.test/simple")
    arguments, _ = package_index.for_uv({"index-url": ["https://pip.test/simple"]})
    assert arguments == []


def test_without_pip_its_variables_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://two.test/simple")
    assert package_index.of_pip(None)["extra-index-url"] == ["https://two.test/simple"]


def test_make_lists_every_target_that_is_meant_for_people() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^ {2}make (\S+) +\S", said, re.MULTILINE)
    assert {"run", "test", "lint", "format", "types", "drills", "bench", "lock", "vendor"} <= set(listed)


@pytest.mark.parametrize(
    "lock", [*environment.LOCKS.values(), environment.UV_LOCK], ids=lambda path: path.name
)
def test_every_locked_package_has_hashes(lock: Path) -> None:
    packages = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert not [package.split()[0] for package in packages if "--hash=sha256:" not in package]


def test_dev_locks_the_same_versions_as_run() -> None:
    run, dev = (
        set(re.findall(r"^([a-z0-9][^ ]*==[^ ]*)", path.read_text(), re.MULTILINE))
        for path in environment.LOCKS.values()
    )
    assert run <= dev


def test_a_named_chromium_that_does_not_start_is_said_so() -> None:
    environ = {**os.environ, "CHROMIUM_PATH": "/nowhere/chromium"}
    command = [sys.executable, "tools/chromium.py"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr == "mathsoc: CHROMIUM_PATH is /nowhere/chromium, and that does not start as a Chromium.\n"
    )

"""Where this machine's pip gets its packages, told to uv, which does not read pip's settings."""

# ruff: noqa: S603
from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

SETTINGS = ("index-url", "extra-index-url", "find-links", "no-index", "cert", "trusted-host", "proxy")
TRUE = ("1", "true", "yes", "on")
OWN_OF_UV = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")


def of_pip(python: Path | None) -> dict[str, list[str]]:
    """pip's settings from its files and from PIP_* variables; the variables alone where there is no pip."""
    if python is None:
        given = {
            name[4:].lower().replace("_", "-"): os.environ[name] for name in os.environ if name[:4] == "PIP_"
        }
        lines = [f":env:.{name}={value!r}" for name, value in given.items()]
    else:
        command = [python, "-m", "pip", "config", "list"]
        lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return parsed(lines)


def parsed(lines: list[str]) -> dict[str, list[str]]:
    """`pip config list` as settings: the environment wins over [install], and that over [global]."""
    found: dict[str, tuple[int, list[str]]] = {}
    for line in lines:
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        rank = {"global": 0, "install": 1, ":env:": 2}.get(section)
        if rank is None or name not in SETTINGS or (name in found and found[name][0] > rank):
            continue
        found[name] = (rank, str(ast.literal_eval(value)).split())
    return {name: values for name, (_, values) in found.items() if values}


def for_uv(settings: dict[str, list[str]]) -> tuple[list[str], dict[str, str]]:
    """The same as uv's arguments and variables; what the person set for uv itself is left alone."""
    arguments: list[str] = []
    variables: dict[str, str] = {}
    if not any(name in os.environ for name in OWN_OF_UV):
        arguments += [f"--default-index={url}" for url in settings.get("index-url", [])]
        arguments += [f"--index={url}" for url in settings.get("extra-index-url", [])]
        arguments += [f"--find-links={place}" for place in settings.get("find-links", [])]
        arguments += ["--no-index"] if settings.get("no-index", [""])[0].lower() in TRUE else []
        # As pip does: any index may offer any package. The hashes of the lock say which is the right one.
        arguments += ["--index-strategy=unsafe-best-match"]
    arguments += [f"--allow-insecure-host={host}" for host in settings.get("trusted-host", [])]
    if "cert" in settings and "SSL_CERT_FILE" not in os.environ:
        variables["SSL_CERT_FILE"] = settings["cert"][0]
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        if "proxy" in settings and name not in os.environ:
            variables[name] = settings["proxy"][0]
    return arguments, variables

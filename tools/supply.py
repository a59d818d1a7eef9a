"""What we ship, and what is known against it: a bill of materials, and advisories on the locked versions.

    python tools/supply.py sbom            writes sbom.json (CycloneDX 1.6) from requirements.lock
    python tools/supply.py audit           asks for advisories where the answers are too old; fails on one

The answers stand in tools/advisories.json, so that a release can be checked without a network.
"""

# ruff: noqa: S310, T201
from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
FILE = ROOT / "tools" / "advisories.json"
SBOM = ROOT / "sbom.json"
INDEX = "https://pypi.org/pypi/{name}/{version}/json"
OLDEST = 30  # days that answers count
WITHIN = 20  # seconds for one answer
PACKAGE = re.compile(r"^([a-z0-9][\w.-]*)==([^ ;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Ask = Callable[[str, str], list[str]]


def locked(text: str) -> dict[str, str]:
    """Name → version of every package in a lock file."""
    return dict(PACKAGE.findall(text))


def bill(text: str) -> dict[str, Any]:
    """The lock file as CycloneDX, with the hashes of every file that may be installed."""
    components = []
    for part in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE):
        if found := PACKAGE.match(part):
            name, version = found.groups()
            url = f"pkg:pypi/{name}@{version}"
            hashes = [{"alg": "SHA-256", "content": one} for one in HASH.findall(part)]
            component = {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url}
            components.append({**component, "properties": _hashes(hashes)})
    about = {"component": {"type": "application", "bom-ref": "mathsoc", "name": "mathsoc"}}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": about,
        "components": components,
    }


def _hashes(hashes: list[dict[str, str]]) -> list[dict[str, str]]:
    # A package has a file for each system: `hashes` of a component would say that they are one file's.
    return [{"name": "mathsoc:sha256", "value": one["content"]} for one in hashes]


def problems(versions: dict[str, str], kept: dict[str, Any]) -> list[str]:
    """What is wrong with the locked versions, as far as the kept answers tell; without asking anybody."""
    found = []
    for name, version in sorted(versions.items()):
        answer = kept["packages"].get(name)
        if answer is None or answer["version"] != version:
            found.append(f"{name} {version}: nobody has asked about it; run `make audit`")
            continue
        for advisory in answer["advisories"] or []:
            if advisory not in kept["accepted"]:
                found.append(f"{name} {version}: {advisory}")
    return found


def too_old(kept: dict[str, Any], today: date) -> bool:
    """Whether the answers are older than they may be, or were never given."""
    asked = kept["asked_on"]
    return asked is None or (today - date.fromisoformat(asked)).days > OLDEST


def ask_index(name: str, version: str) -> list[str]:
    """The ids of advisories on this version, as the package index tells them."""
    with urllib.request.urlopen(INDEX.format(name=name, version=version), timeout=WITHIN) as reply:
        told = json.load(reply)
    return sorted({one["id"] for one in told["vulnerabilities"] if not one.get("withdrawn")})


def asked_anew(versions: dict[str, str], kept: dict[str, Any], today: date, ask: Ask) -> dict[str, Any]:
    """The answers of today; what was accepted stays so."""
    packages = {
        name: {"version": version, "advisories": ask(name, version)}
        for name, version in sorted(versions.items())
    }
    return {"asked_on": today.isoformat(), "accepted": kept["accepted"], "packages": packages}


def audit(today: date, ask: Ask = ask_index) -> int:
    versions, kept = locked(LOCK.read_text("utf-8")), json.loads(FILE.read_text("utf-8"))
    if too_old(kept, today) or any("nobody has asked" in one for one in problems(versions, kept)):
        try:
            kept = asked_anew(versions, kept, today, ask)
        except (OSError, urllib.error.URLError) as error:
            print(f"The package index does not answer: {error}")
            return 1
        FILE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    found = problems(versions, kept)
    print("\n".join(found) or f"Nothing is known against the {len(versions)} locked packages.")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    if arguments == ["sbom"]:
        SBOM.write_text(json.dumps(bill(LOCK.read_text("utf-8")), indent=1) + "\n", "utf-8")
        print(f"{SBOM.name} names {len(locked(LOCK.read_text('utf-8')))} packages.")
        return 0
    if arguments == ["audit"]:
        return audit(datetime.now(UTC).date())
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What we ship is named, and nothing known against it is passed over. No network, and no date of today."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools import supply

VERSIONS = supply.locked(supply.LOCK.read_text("utf-8"))
KEPT = json.loads(supply.FILE.read_text("utf-8"))
TODAY = date(2026, 11, 30)


def test_the_advisories_speak_of_every_locked_version() -> None:
    """Changing the lock file means asking again: `make audit`. That they were asked for, it says itself."""
    assert supply.problems(VERSIONS, KEPT) == []


def test_what_is_accepted_has_a_reason() -> None:
    assert all(isinstance(reason, str) and len(reason) > 20 for reason in KEPT["accepted"].values())


def test_the_bill_of_materials_names_every_locked_package() -> None:
    bill = supply.bill(supply.LOCK.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["name"]: one["version"] for one in bill["components"]} == VERSIONS
    assert len(VERSIONS) > 30
    assert all(one["purl"].startswith("pkg:pypi/") and one["properties"] for one in bill["components"])


def kept(asked_on: str | None, advisories: list[str] | None, **accepted: str) -> dict[str, Any]:
    packages = {"jinja2": {"version": "1.0", "advisories": advisories}}
    return {"asked_on": asked_on, "accepted": accepted, "packages": packages}


@pytest.mark.parametrize(
    ("asked_on", "old"), [(None, True), ("2026-10-30", True), ("2026-10-31", False), ("2026-11-30", False)]
)
def test_answers_count_for_thirty_days(asked_on: str | None, old: bool) -> None:
    assert supply.too_old(kept(asked_on, []), TODAY) is old


def test_an_advisory_stops_it_until_it_is_accepted() -> None:
    assert supply.problems({"jinja2": "1.0"}, kept("2026-11-30", ["X-1"])) == ["jinja2 1.0: X-1"]
    assert supply.problems({"jinja2": "1.0"}, kept("2026-11-30", ["X-1"], **{"X-1": "not used by us"})) == []
    (missing,) = supply.problems({"jinja2": "1.1"}, kept("2026-11-30", []))
    assert "make audit" in missing


def test_it_asks_about_every_version_when_the_answers_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock, file = tmp_path / "lock", tmp_path / "advisories.json"
    lock.write_text("jinja2==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    file.write_text(json.dumps(kept("2026-01-01", [])))
    monkeypatch.setattr(supply, "LOCK", lock)
    monkeypatch.setattr(supply, "FILE", file)
    assert supply.audit(TODAY, lambda name, version: [f"{name}-{version}"]) == 1
    assert "jinja2 1.0: jinja2-1.0" in capsys.readouterr().out
    assert json.loads(file.read_text())["asked_on"] == "2026-11-30"

    def away(_name: str, _version: str) -> list[str]:
        raise OSError("no route")

    assert supply.audit(TODAY, away) == 1  # the answers of today, with their advisory
    file.write_text(json.dumps(kept(None, None)))
    assert supply.audit(TODAY, away) == 1
    assert "does not answer" in capsys.readouterr().out

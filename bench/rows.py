"""The rows to mark: JSON lines, or the cases of tests/marking/cases as they are."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to mark and what should come out."""

    group: str
    id: str
    kind: str
    key: str
    answer: str
    notation: str
    options: dict[str, object]
    expected: str
    # For those who must be told, and for whom the key may be spelled anew.
    latex: bool = False
    key_latex: str | None = None

    @property
    def plain(self) -> bool:
        """Asks for equality alone, and was not written to attack: fit for others than us."""
        return not (set(self.options) - {"variables"}) and self.expected in ("correct", "incorrect")


def rows(path: Path, notation: str) -> Iterator[Row]:
    """The rows in scope of one file, in the spelling asked for."""
    if path.suffix == ".toml":
        yield from cases(path, notation)
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        row = hostile(path, raw) if "teacher" in raw else scoped(path, raw, notation)
        if row is not None:
            yield row


def cases(path: Path, notation: str) -> Iterator[Row]:
    """A teacher's groups; an answer is in LaTeX if it has a backslash."""
    for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]:
        for expected in ("correct", "incorrect", "unreadable"):
            for number, answer in enumerate(group.get(expected, ())):
                latex = "\\" in answer
                if latex == (notation == "latex"):
                    name, options = f"{group['about']}: {expected} {number}", group.get("options", {})
                    kind, key = group["kind"], group["key"]
                    yield Row(path.stem, name, kind, key, answer, "auto", options, expected, latex)


def hostile(path: Path, raw: dict[str, Any]) -> Row:
    # Some rows are only odd spellings of the key: being right is no fault there.
    expected = "any" if raw.get("category") in ("unicode", "format") else "bounded"
    return Row(path.stem, raw["id"], "expression", raw["teacher"], raw["input"], "auto", {}, expected)


def scoped(path: Path, raw: dict[str, Any], notation: str) -> Row | None:
    ours = raw.get("ours")
    answer = raw.get("answer_latex") if notation == "latex" else raw["answer"]
    if ours is None or answer is None:
        return None
    latex = notation == "latex" or (raw.get("notation") == "latex" and "\\" in answer)
    key = ours.get("key", raw.get("key")) or ""
    key_latex = raw.get("key_latex") if notation == "latex" and "key" not in ours else None
    given = "latex" if latex and "\\" in answer else "auto"
    kind, options, expected = ours["kind"], ours["options"], ours["outcome"]
    return Row(path.stem, raw["id"], kind, key, answer, given, options, expected, latex, key_latex)

"""docs/security.md is complete: every check once, every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.*) \| (.*) ?\|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
COUNTS = {"S": 7, "P": 10, "C": 3, "H": 6, "X": 6, "U": 5, "R": 1, "A": 5, "L": 5, "B": 2}
COUNTS |= {"V": 7, "M": 2, "G": 3, "D": 3, "K": 4}
IDS = {f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)}
REASON = ("Not yet", "Deviation")
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = ROW.findall(TEXT)


def test_every_check_has_one_row() -> None:
    found = [row[0] for row in ROWS]
    assert sorted(found) == sorted(IDS)
    # No row escapes the pattern above.
    assert len(re.findall(r"^\| [A-Z]\d", TEXT, re.MULTILINE)) == len(ROWS)


@cache
def names_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("check", "how", "held"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_tests_that_are_there_or_says_why_there_is_none(check: str, how: str, held: str) -> None:
    named = NAMED.findall(held)
    assert NAMED.sub("", held).strip() == "", "only tests stand in the last column"
    assert named or how.startswith(REASON), f"{check} has no test and no reason"
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(path)]
    assert not missing
    assert all(name.startswith("test_") for _, name in named)

"""The benchmark of marking: its arithmetic, its rows, and the processes that it asks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.rivals.environment import HERE, version
from bench.rivals.process import Contender, NoStart
from bench.rows import Row, rows
from bench.score import Result, line, percentile, ratios, table
from mathsoc.config import PACKAGE

ROOT = PACKAGE.parent
CASES = sorted((ROOT / "tests" / "marking" / "cases").glob("*.toml"))
FAKE = """
import json, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    pair = json.loads(line)
    text = pair["answer"]["text"]
    if text == "die":
        sys.exit(1)
    if text == "hang":
        time.sleep(600)
    said = "correct" if text == pair["key"]["text"] else "incorrect"
    print(json.dumps({"outcome": said, "method": "fake", "reason": "", "ms": 1.5}), flush=True)
"""


def row(answer: str = "2x", key: str = "x+x", expected: str = "correct", **more: object) -> Row:
    options = more.pop("options", {})
    assert isinstance(options, dict)
    return Row("file", "id", "expression", key, answer, "auto", options, expected, **more)  # type: ignore[arg-type]


def result(outcome: str, expected: str, ms: float = 1.0, by: str = "us", method: str = "") -> Result:
    return Result(by, row(expected=expected), outcome, method, "", ms)


@pytest.mark.parametrize(
    ("outcome", "expected", "fault"),
    [
        ("correct", "correct", ""),
        ("incorrect", "incorrect", ""),
        ("unreadable", "incorrect", ""),
        ("undecided", "bounded", ""),
        ("correct", "any", ""),
        ("correct", "incorrect", "f.accept"),
        ("correct", "bounded", "f.accept"),
        ("correct", "unreadable", "f.accept"),
        ("incorrect", "correct", "f.reject"),
        ("incorrect", "unreadable", "f.reject"),
        ("unreadable", "correct", "unreadable"),
        ("unreadable", "readable", "unreadable"),
        ("undecided", "correct", "undecided"),
        ("undecided", "incorrect", "undecided"),
        ("timeout", "bounded", "timeout"),
        ("crashed", "incorrect", "error"),
        ("error", "correct", "error"),
    ],
)
def test_every_outcome_has_its_column(outcome: str, expected: str, fault: str) -> None:
    assert result(outcome, expected).fault == fault
    assert result(outcome, expected).right == (fault == "")


def test_a_time_limit_of_ours_counts_as_such() -> None:
    assert result("undecided", "correct", method="timeout").fault == "timeout"


def test_percentiles_are_nearest_ranks() -> None:
    times = [float(number) for number in range(100, 0, -1)]
    assert [percentile(times, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7.0
    assert percentile([1.0, 2.0, 9.0], 50) == 2.0


def test_a_line_adds_up() -> None:
    results = [
        result("correct", "correct", 1),
        result("unreadable", "incorrect", 2),
        result("correct", "incorrect", 3),
        result("incorrect", "correct", 4),
        result("timeout", "correct", 10_000),
    ]
    cells = line(results)
    assert (cells["rows"], cells["right"], cells["%"]) == (5, 2, "40.0")
    faults = ("f.accept", "f.reject", "undecided", "unreadable", "timeout", "error")
    assert [cells[name] for name in faults] == [1, 1, 0, 0, 1, 0]
    assert (cells["p50 ms"], cells["p99 ms"], cells["max ms"]) == ("3.00", "10000.00", "10000.0")


def test_the_table_has_files_kinds_and_contenders() -> None:
    shown = table([result("correct", "correct", by=by) for by in ("us", "them")])
    names = [re.split(r"  +", text)[:2] for text in shown]
    assert names[1:] == [[group, by] for group in ("file (all)", "file/expression") for by in ("us", "them")]
    whole = table([result("correct", "correct")], whole=True)
    assert [text.split("  ")[0] for text in whole[1:]] == ["file (all)"]


def test_ratios_are_theirs_over_ours() -> None:
    ours = [result("correct", "correct", ms) for ms in (1, 2, 3)]
    theirs = [result("correct", "correct", ms, "them") for ms in (4, 5, 30)]
    assert ratios([*ours, *theirs], "us") == ["them / us: p50 2.5, p99 10.0"]


def test_rivals_get_only_what_asks_for_equality() -> None:
    assert row().plain
    assert row(options={"variables": ["x"]}).plain
    assert not row(options={"form": "expanded"}).plain
    assert not row(expected="bounded").plain
    assert not row(expected="readable").plain


def test_rows_of_a_file_in_both_spellings(tmp_path: Path) -> None:
    ours = {"kind": "expression", "options": {}, "outcome": "correct"}
    both = {
        "id": "1",
        "answer": "x/2",
        "answer_latex": "\\frac{x}{2}",
        "key": "x/2",
        "key_latex": "\\frac x2",
    }
    lines = [
        both | {"ours": ours},
        {"id": "2", "answer": "x", "key": "y"},
        {"id": "3", "answer": "x", "key": "y", "ours": ours | {"key": "x"}},
        {"id": "4", "teacher": "x", "input": "exec('1')"},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(text) for text in lines))
    typed, latex = list(rows(path, "typed")), list(rows(path, "latex"))
    assert [(r.id, r.key, r.latex) for r in typed] == [
        ("1", "x/2", False),
        ("3", "x", False),
        ("4", "x", False),
    ]
    assert [(r.id, r.answer, r.notation, r.key_latex) for r in latex[:1]] == [
        ("1", "\\frac{x}{2}", "latex", "\\frac x2")
    ]
    assert typed[2].expected == "bounded"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_teachers_case_is_a_row_once(path: Path) -> None:
    found = [*rows(path, "typed"), *rows(path, "latex")]
    assert found
    assert len({r.id for r in found}) == len(found)


def measured(path: Path) -> str:
    command = [sys.executable, "bench/marking.py", str(path), "--rivals", "none", "--read", "--misses"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_counts_false_accepts_and_rejects(tmp_path: Path) -> None:
    """Rows whose expectations are wrong on purpose: the engine is right, so each is a known fault."""
    wanted = [
        ("x+x", "correct"),
        ("2x", "incorrect"),
        ("3x", "correct"),
        ("2x+", "correct"),
        ("4x", "incorrect"),
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": answer,
                    "answer": answer,
                    "key": "2x",
                    "ours": {"kind": "expression", "options": {}, "outcome": outcome},
                }
            )
            for answer, outcome in wanted
        )
    )
    said = measured(path)
    section = said.partition("## Ours, every row\n\n")[2].partition("\n\n")[0]
    head, everything, *_ = (re.split(r"  +", text) for text in section.splitlines())
    cells = dict(zip(head, everything, strict=True))
    assert cells["file/kind"] == "pairs (all)"
    assert [cells[name] for name in ("rows", "right", "%")] == ["5", "2", "40.0"]
    assert [cells[name] for name in ("f.accept", "f.reject", "undecided", "unreadable")] == [
        "1",
        "1",
        "0",
        "1",
    ]
    for contender in ("mathsoc", "mark()", "mark() cold"):
        assert f"{contender}: 2x expression : '2x' for '2x': expected incorrect, got correct by " in said
    assert re.search(r"^mark\(\) / read\(\): p50 \d+\.\d, p99 \d+\.\d$", said, re.MULTILINE)


@pytest.fixture
def fake(tmp_path: Path) -> list[str]:
    script = tmp_path / "fake.py"
    script.write_text(FAKE)
    return [sys.executable, str(script)]


async def test_a_contender_that_hangs_or_dies_is_begun_anew(fake: list[str]) -> None:
    contender = Contender("fake", fake, limit=2.0)
    try:
        found = [await contender.mark(row(answer)) for answer in ("x+x", "hang", "2x", "die", "x+x")]
    finally:
        await contender.stop()
    assert [each.outcome for each in found] == ["correct", "timeout", "incorrect", "crashed", "correct"]
    assert [each.ms for each in found[::2]] == [1.5, 1.5, 1.5]
    assert found[1].ms >= 2000


async def test_a_contender_sees_the_key_in_its_spelling(fake: list[str]) -> None:
    contender = Contender("fake", fake)
    try:
        found = await contender.mark(row("\\frac x2", "x/2", latex=True, key_latex="\\frac x2"))
    finally:
        await contender.stop()
    assert found.outcome == "correct"


async def test_a_contender_that_does_not_come_up_says_so() -> None:
    with pytest.raises(NoStart, match="nobody did not come up"):
        await Contender("nobody", [sys.executable, "-c", "print(1)"]).start()


async def test_our_own_script_speaks_the_protocol() -> None:
    script = str(HERE / "by_mathsoc.py")
    for flags, outcomes in ([], ["correct", "incorrect"]), (["--read"], ["readable"] * 2):
        contender = Contender("us", [sys.executable, script, "--cold", *flags], {"PYTHONPATH": str(ROOT)})
        try:
            assert [(await contender.mark(row(answer))).outcome for answer in ("2x", "3x")] == outcomes
        finally:
            await contender.stop()


@pytest.mark.parametrize("name", ["math-verify", "sympy"])
def test_rivals_are_pinned_with_hashes(name: str) -> None:
    text = (HERE / f"{name}.txt").read_text()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert re.fullmatch(rf"{name} [\d.]+", version(name))
    assert "://" not in text

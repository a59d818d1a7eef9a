"""`mathsoc mark`, as people and scripts call it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mathsoc.marking import cli


def run(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mathsoc.marking.cli", *args]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=60, env={**os.environ}
    )


def test_one_answer() -> None:
    done = run("--kind", "expression", "--key", "x^2+2x+1", "(x+1)^2")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "outcome: correct",
        "reading: (x + 1)²",
        "method: residue",
        "reason: This is right.",
    ]


@pytest.mark.parametrize("answer", ["-x", "--x*-1", "-1*x", "- x"])
def test_an_answer_may_begin_with_minus(answer: str) -> None:
    done = run("--kind", "expression", "--key", "-x", answer)
    assert done.stdout.startswith("outcome: correct"), done.stderr


def test_options_may_follow_and_be_joined() -> None:
    options = '{"form": "factorised"}'
    done = run("x^2-1", "--kind=expression", "--key=x^2-1", "--options", options, "--notation", "typed")
    assert done.stdout.startswith("outcome: incorrect")
    assert "factorised" in done.stdout


@pytest.mark.timed
@pytest.mark.parametrize("answer", ["__import__('os').system('id')", "9**9**9**9", "(" * 10_000])
def test_hostile_answers(answer: str) -> None:
    started = time.perf_counter()
    done = run("--kind", "expression", "--key", "x+1", answer)
    assert done.stdout.startswith(("outcome: unreadable", "outcome: undecided"))
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "args",
    [
        ("--kind", "expression", "--key", "x"),
        ("--kind", "nonsense", "--key", "x", "x"),
        ("--kind", "number", "--key", "1/", "1"),
        ("--kind", "number", "--key", "1", "--options", "{", "1"),
        ("--kind", "number", "--key", "1", "--options", '{"a": 1}', "1"),
        ("--batch", "/nowhere/at/all"),
    ],
)
def test_wrong_use(args: tuple[str, ...]) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


LINES = [
    {"id": 1, "kind": "number", "key": "1/2", "answer": "0.5", "notation": "typed", "options": {}},
    {"id": "b", "kind": "expression", "key": "x", "answer": "\\sqrt{x^2}", "notation": "latex"},
    {"id": 3, "kind": "equation", "key": "x=5", "answer": "5", "notation": "auto"},
]


def test_batch_from_standard_input_goes_on_after_broken_lines() -> None:
    broken = [
        "nonsense",
        "[]",
        '{"id": 9, "kind": "number"}',
        '{"id": 8, "kind": "k", "key": "1", "answer": "1"}',
    ]
    done = run("--batch", "-", stdin="\n".join([*map(json.dumps, LINES), *broken, ""]))
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["outcome"] for row in out] == ["correct", "incorrect", "unreadable", *["error"] * 4]
    assert [row["id"] for row in out] == [1, "b", 3, None, None, 9, 8]
    assert all(set(row) == {"id", "outcome", "method", "reason", "reading", "ms"} for row in out)
    assert done.returncode == 1
    assert done.stderr.count("line ") >= 4
    assert "Traceback" not in done.stderr


def test_batch_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    done = run("--batch", str(path))
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3


def test_registered_beside_other_commands(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="mathsoc")
    subparsers = parser.add_subparsers()
    cli.register(subparsers)
    args = parser.parse_args(["mark", "--kind", "expression", "--key", "-x", "-x"])
    assert args.run(args) == 0
    assert capsys.readouterr().out.startswith("outcome: correct")


def test_importing_the_command_loads_no_algebra() -> None:
    code = "import sys, mathsoc.marking.cli; print('sympy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"

"""The cases of teachers: what members type, and what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flint import ctx

from mathsoc.marking import Scheme, mark, read

FOLDER = Path(__file__).parent / "cases"


def every_case() -> Iterator[object]:
    for path in sorted(FOLDER.glob("*.toml")):
        for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]:
            for outcome in ("correct", "incorrect", "undecided", "unreadable"):
                for answer in group.get(outcome, ()):
                    scheme = Scheme(group["kind"], group["key"], group.get("options", {}))
                    yield pytest.param(
                        answer, scheme, outcome, id=f"{path.stem}: {group['about']}: {answer!a}"
                    )


CASES = list(every_case())


@pytest.mark.parametrize(("answer", "scheme", "outcome"), CASES)
def test_case(answer: str, scheme: Scheme, outcome: str) -> None:
    verdict = mark(answer, scheme)
    assert verdict.outcome == outcome, f"{verdict.outcome} by {verdict.method}: {verdict.reason}"
    assert verdict.reason
    assert verdict.reading.ok == (outcome != "unreadable")


@pytest.mark.parametrize(("answer", "scheme", "outcome"), CASES)
def test_reading_needs_no_key(answer: str, scheme: Scheme, outcome: str) -> None:
    alone = read(answer, Scheme(scheme.kind, "", scheme.options))
    assert alone == mark(answer, scheme).reading
    assert (alone.problem is None) == alone.ok


@pytest.mark.parametrize("precision", [2, 53, 5000])
def test_no_verdict_depends_on_what_was_marked_before(precision: int) -> None:
    """flint's precision is global: whatever a caller, or the last marking, left there must not matter."""
    before = ctx.prec
    try:
        for answer, scheme, outcome in (case.values for case in CASES):
            ctx.prec = precision
            assert mark(answer, scheme).outcome == outcome, (answer, scheme.key)
            assert ctx.prec == precision, answer
    finally:
        ctx.prec = before

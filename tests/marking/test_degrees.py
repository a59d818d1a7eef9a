"""A degree sign where a plain number is asked for is not charged, right or wrong, and so tells nothing."""

from __future__ import annotations

import pytest

from mathsoc.marking import Scheme, mark


@pytest.mark.parametrize(
    ("answer", "key", "also", "outcome"),
    [
        ("45°", "45", [], "unreadable"),
        ("44°", "45", [], "unreadable"),
        ("-45°", "45", [], "unreadable"),
        (r"45^\circ", "45", [], "unreadable"),
        ("30°+15°", "45", [], "unreadable"),
        ("45 tan(45°)", "45", [], "correct"),
        ("sin 30°", "1/2", [], "correct"),
        ("45°", "pi/4", [], "correct"),
        ("30°", "pi/4", [], "incorrect"),
        ("30°", "arcsin(1/2)", [], "correct"),
        ("45°", "45°", [], "correct"),
        ("45°", "45", ["pi/4"], "correct"),
        ("45°", "arctan(ln(e))", ["45"], "correct"),
        ("30°", "45", ["pi/4"], "unreadable"),
    ],
)
def test_degrees(answer: str, key: str, also: list[str], outcome: str) -> None:
    verdict = mark(answer, Scheme("number", key, {"also": also} if also else {}))
    assert verdict.outcome == outcome
    assert outcome != "unreadable" or verdict.reason == "No unit is asked for here. Leave out °."


@pytest.mark.parametrize("answer", ["-3/-4", "-(3/-4)"])
def test_two_signs_are_no_common_factor(answer: str) -> None:
    verdict = mark(answer, Scheme("number", "3/4", {"form": "lowest-terms"}))
    assert verdict.reason == "The value is right, but two minus signs cancel. Write it without them."

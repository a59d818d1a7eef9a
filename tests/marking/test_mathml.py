"""What is shown must not look like something else."""

from __future__ import annotations

import pytest

from mathsoc.marking import Scheme, read

BRACKETED = "<msup><mrow><mo>(</mo>"


@pytest.mark.parametrize(
    "answer",
    [
        "√x^2",
        "sqrt(x)^2",
        "root(x, 3)^2",
        "sin(x)^2",
        "ln(x)^2",
        "√x^n",
        "n!^2",
        "(x/2)^2",
        "(√x)^2",
        "30°^2",
    ],
)
def test_a_power_of_what_is_open_at_its_end_has_brackets(answer: str) -> None:
    assert BRACKETED in read(answer, Scheme("expression")).mathml


@pytest.mark.parametrize("answer", ["√(x^2)", "sin(x^2)", "abs(x)^2", "⌊x⌋^2", "x_1^2", "x^2"])
def test_other_powers_have_none(answer: str) -> None:
    assert BRACKETED not in read(answer, Scheme("expression")).mathml

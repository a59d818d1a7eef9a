"""What is short to type and enormous to build must not hold up the process that serves everybody."""

from __future__ import annotations

import contextlib
import time
from fractions import Fraction

import pytest

from mathsoc.marking import Scheme, mark, read
from mathsoc.marking.algebra.surds import integer_root, prime_powers
from mathsoc.marking.engine import mark_in_place
from mathsoc.marking.results import NeedsPool

PRODUCT = "*".join(f"({500 - n}!+1)" for n in range(7))
ENORMOUS = [
    f"sqrt({PRODUCT})",
    "+".join(f"sqrt({n}+{PRODUCT})" for n in range(6)),
    "cosh(" * 12 + "x" + ")" * 12,
    "tanh(" * 12 + "x" + ")" * 12,
    "ln(500!)" * 50,
    "log_500(499!)" * 30,
    "(500!)^(1/7)" * 20,
    "+".join(f"1/({500 - n}!+1)" for n in range(38)),
]


@pytest.mark.parametrize("kind", ["expression", "equation", "set"])
@pytest.mark.parametrize("text", ENORMOUS, ids=range(len(ENORMOUS)))
def test_enormous_things_are_given_up_in_place(text: str, kind: str) -> None:
    answer, key = {"expression": (text, "x+1"), "equation": (f"{text}=x", "x=2"), "set": (text, "{1,x}")}[
        kind
    ]
    assert len(answer) <= 500
    assert read(answer, Scheme(kind, key)).ok
    before = time.process_time()
    with contextlib.suppress(NeedsPool):
        mark_in_place(answer, Scheme(kind, key))
    assert time.process_time() - before < 1.0  # some 0.05 s; before there was a budget, up to minutes


def test_what_is_given_up_in_place_can_be_built_outside() -> None:
    scheme = Scheme("expression", "ln(500!)")
    answer = "ln(500!)" + "+ln(500!)-ln(500!)" * 20
    assert mark(answer, scheme).outcome == "correct"
    with pytest.raises(NeedsPool):
        mark_in_place("ln(500!)" * 50, scheme)


@pytest.mark.parametrize("degree", [2, 3, 4, 5, 6])
def test_whole_roots(degree: int) -> None:
    for root in (1, 2, 1009, 10**20 + 39):
        power = root**degree
        assert integer_root(power, degree) == root
        assert integer_root(power + 1, degree) == root
        assert integer_root((root + 1) ** degree - 1, degree) == root


def test_roots_of_very_large_numbers_are_not_looked_for() -> None:
    prime = 10**100 + 267
    assert prime_powers(Fraction(prime)) == ((prime, 1),)
    assert prime_powers(Fraction(1009**2)) == ((1009, 2),)
    assert prime_powers(Fraction(prime**2)) == ((prime**2, 1),)

"""Each verdict names the layer that gave it, and says why an answer is not correct."""

from __future__ import annotations

import pytest

from mathsoc.marking import Scheme, mark
from mathsoc.marking.algebra.primefield import prime


@pytest.mark.parametrize(
    ("kind", "key", "answer", "method"),
    [
        ("expression", "x+1", "1+x", "identical"),
        ("number", "1/2", "1/3", "exact"),
        ("expression", "x^2-1", "(x-1)(x+1)", "residue"),
        ("expression", "x^2-1", "(x-1)(x+2)", "residue"),
        ("expression", "1", "sin^2 x+cos^2 x", "residue"),
        ("expression", "x", "sqrt(x^2)", "counterexample"),
        ("expression", "|x|^2", "x^2+0*|x|", "sampled"),
        ("number", "2", "(sqrt(108)+10)^(1/3)-(sqrt(108)-10)^(1/3)", "ball"),
        ("number", "sqrt(2)", "sqrt(3)", "ball"),
        ("equation", "y=2x", "2y=4x", "identical"),
        ("equation", "x^2=y^2", "(x-y)(x+y)=0", "residue"),
        ("equation", "x=1 or y=2", "(x-1)(2y-4)=0", "exact"),
        ("equation", "x^2=4", "x=2 or x=-2", "exact"),
        ("equation", "sin(x)=1/2", "x=3", "counterexample"),
    ],
)
def test_method(kind: str, key: str, answer: str, method: str) -> None:
    assert mark(answer, Scheme(kind, key)).method == method


@pytest.mark.parametrize(
    ("kind", "key", "options", "answer", "reason_class"),
    [
        ("number", "1/3", {}, "0.333", "accuracy"),
        ("number", "sqrt(2)", {}, "1.414", "accuracy"),
        ("number", "1/3", {}, "2", "value"),
        ("number", "25", {"form": "evaluated"}, "12+13", "form"),
        ("number", "pi", {"tolerance": {"sf": 3}}, "3.1", "accuracy"),
        ("expression", "x^2-1", {"form": "factorised"}, "x^2-1", "form"),
        ("expression", "x^2", {"up_to_constant": True, "variables": ["x"]}, "x^2", "constant"),
        ("equation", "x^2=4", {}, "x=2", "lost"),
        ("equation", "x=2", {}, "x^2=4", "extra"),
        ("set", "{1,2}", {}, "{1}", "lost"),
    ],
)
def test_reason_class(
    kind: str, key: str, options: dict[str, object], answer: str, reason_class: str
) -> None:
    verdict = mark(answer, Scheme(kind, key, options))
    assert (verdict.outcome, verdict.reason_class) == ("incorrect", reason_class)
    assert verdict.reason.endswith(".")


def test_a_constant_made_to_vanish_modulo_primes_does_not_pass() -> None:
    product = prime(0) * prime(1) * prime(2)
    assert mark(f"x+{product}", Scheme("expression", "x")).outcome == "incorrect"
    many = "".join(f"*{prime(bucket)}" for bucket in range(20))
    assert mark(f"x+1{many}", Scheme("expression", "x")).outcome == "incorrect"


def test_tiny_differences_are_differences() -> None:
    for answer in ("sin(x)+10^-300", "sin(x)*(1+10^-300)", "sin(x+10^-300)"):
        assert mark(answer, Scheme("expression", "sin(x)")).outcome == "incorrect"
    for answer in ("sqrt(2)+10^-1000", "sqrt(2)+(1-sqrt(2))^999"):
        assert mark(answer, Scheme("number", "sqrt(2)")).outcome == "incorrect"


@pytest.mark.parametrize(
    "unclear",
    [
        "gcd(pi,2)",
        "lcm(1/2,3)",
        "(1/2)!",
        "pi!",
        "nCr(5,1/2)",
        "floor(i)",
        "e^20000",
        "floor(sin(1)^2+cos(1)^2)",
    ],
)
@pytest.mark.parametrize("kind", ["number", "expression"])
def test_what_has_no_certain_value_gives_no_free_guesses(unclear: str, kind: str) -> None:
    """A right guess must not be told from a wrong one that costs nothing."""
    one = f"(sin({unclear})^2+cos({unclear})^2)"
    for guess in ("7", "8"):
        assert mark(f"{guess}{one}", Scheme(kind, "7")).outcome == "undecided"


def test_functions_of_whole_numbers_are_compared_at_whole_numbers() -> None:
    scheme = Scheme("expression", "7+n")
    assert mark("(8+n)(sin(gcd(n,2))^2+cos(gcd(n,2))^2)", scheme).outcome == "incorrect"
    assert mark("(7+n)(sin(gcd(n,2))^2+cos(gcd(n,2))^2)", scheme).outcome == "correct"
    assert mark("gcd(n,6)", Scheme("expression", "gcd(n,12)")).outcome == "incorrect"


def test_kinks_count_in_sets_and_sequences() -> None:
    assert mark("{5-x,1}", Scheme("set", "{|x-5|,1}")).outcome == "incorrect"
    assert mark("5-x,1", Scheme("sequence", "|x-5|,1")).outcome == "incorrect"

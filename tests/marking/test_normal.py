"""The normal form: what light normalisation makes one has one text, which reads back to an equal answer."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mathsoc.marking import Scheme, mark
from mathsoc.marking.normal import normalise
from mathsoc.marking.results import NeedsPool

CASES = Path(__file__).parent / "cases"
TYPED = [
    pytest.param(
        answer, Scheme(group["kind"], "", group.get("options", {})), id=f"{group['kind']}: {answer!a}"
    )
    for path in sorted(CASES.glob("*.toml"))
    for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]
    for answer in [*group.get("correct", ()), *group.get("incorrect", ())]
]


@pytest.mark.parametrize(
    ("kind", "alike", "text"),
    [
        ("number", ["0.5", "1/2", "2/4", "50%", r"\frac{1}{2}"], "1/2"),
        ("number", ["-5/2", "-2 1/2", "-2.5"], "−5/2"),
        ("number", ["sqrt(8)", "2sqrt(2)", "8^(1/2)"], "2·√2"),
        ("number", ["30°", "pi/6"], "π/6"),
        ("number", ["10^100", "10^50*10^50"], "10¹⁰⁰"),
        ("expression", ["1+2x+x^2", "x*x+x+x+1"], "x² + 2x + 1"),
        ("expression", ["x/2", "1/2 x", "0.5x"], "x/2"),
        ("expression", ["-1/(2x)", "(-1/2)x^-1"], "−1/(2x)"),
        ("expression", ["b-a", "-a+b"], "b − a"),
        ("expression", ["3/(x+1)^2", "3(1+x)^-2"], "3/(x + 1)²"),
        ("expression", ["e^(-x)", "exp(-x)", "1/e^x"], "e^(−x)"),
        ("expression", ["x±1", "±1+x"], None),
        ("equation", ["y=x+x", "y=2x"], "y = 2x"),
        ("equation", ["x=2 or x=1", "x=1, x=4/2"], "x = 1 or x = 2"),
        ("set", ["{3,1,1.0,2}", "1,2,3"], "{1, 2, 3}"),
        ("sequence", ["(2, 1/2)", "(4/2, 0.5)"], "(2, 1/2)"),
        ("matrix", ["[[1,2],[3,x+x]]", "[[1,4/2],[3,2x]]"], "[[1, 2], [3, 2x]]"),
        ("interval", ["(1/2, oo)", "(0.5,inf)"], "(1/2, ∞)"),
        ("text", ["Hello  World", "hello world"], "hello world"),
    ],
)
def test_alike(kind: str, alike: list[str], text: str | None) -> None:
    found = [normalise(typed, Scheme(kind)).text for typed in alike]
    assert text is None or found == [text] * len(alike)


@pytest.mark.parametrize(("answer", "scheme"), TYPED)
def test_it_reads_back_to_itself(answer: str, scheme: Scheme) -> None:
    normal = normalise(answer, scheme)
    if not normal.text:
        assert normal.reading.problem or "too long" in " ".join(normal.reading.notes)
        return
    assert normalise(normal.text, scheme).text == normal.text


@pytest.mark.parametrize("kind", ["number", "expression"])
def test_it_equals_what_was_typed(kind: str) -> None:
    for case in TYPED:
        answer, scheme = case.values
        if scheme.kind != kind or scheme.unit:  # a key bears no unit
            continue
        if (normal := normalise(answer, scheme)).text == "" or "±" in answer:
            continue
        same = Scheme(kind, answer, {"variables": list({*scheme.variables, *normal.reading.variables})})
        assert mark(normal.text, same).outcome in ("correct", "undecided"), answer


def test_e_may_be_a_letter() -> None:
    scheme = Scheme("expression", "", {"variables": ["e", "x"]})
    assert normalise("e*exp(x)", scheme).text == "exp(x)·e"
    assert normalise("e*exp(x)", scheme).text == normalise("exp(x)e", scheme).text


def test_what_is_too_long_or_too_big_has_none() -> None:
    long = normalise("500!", Scheme("number"))
    assert long.reading.ok and long.text == "" and "too long" in long.reading.notes[-1]
    assert normalise("1/(x-x)", Scheme("expression")).reading.problem is not None
    with pytest.raises(NeedsPool):
        normalise("cosh(" * 12 + "x" + ")" * 12, Scheme("expression"), in_place=True)

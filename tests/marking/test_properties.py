"""What must hold for every text: no crash, the same verdict every time, an answer equals itself."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathsoc.marking import Scheme, mark, read
from mathsoc.marking.engine import mark_in_place
from mathsoc.marking.results import NeedsPool, SchemeError
from mathsoc.marking.scheme import KINDS

KIND = st.sampled_from(KINDS)
PIECES = st.sampled_from(
    [
        *"0123456789xyzabnet+-*/^()[]{}|,.=<>!%_ ", "sin", "cos", "ln", "log_2", "sqrt", "pi", "e^", "x^2",
        "**", "\\frac", "\\sqrt", "\\left(", "\\right)", "{", "}", "\\pi", "½", "²", "√", "≤", "°", "±",
        "∞", " or ", "U", "\\begin{pmatrix}", "\\end{pmatrix}", "&", "\\\\", "\\text{or}", "\\cdot", "\ud800",
        "\x00", "é", "٣",
    ]
)  # fmt: skip
MATHS_LIKE = st.lists(PIECES, max_size=40).map("".join)
ANY = st.text(max_size=80)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.one_of(MATHS_LIKE, ANY), KIND, st.sampled_from(["auto", "typed", "latex"]))
def test_reading_never_fails(text: str, kind: str, notation: str) -> None:
    reading = read(text, Scheme(kind), notation)
    assert reading.ok == (reading.problem is None)
    if reading.ok:
        ElementTree.fromstring(reading.mathml)
        assert reading.plain
    elif reading.problem is not None and reading.problem.position is not None:
        assert 1 <= reading.problem.position <= len(text) + 1


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(MATHS_LIKE, ANY), st.sampled_from(["number", "expression", "equation"]))
def test_bounded_marking_never_fails(text: str, kind: str) -> None:
    key = {"number": "3", "expression": "x+1", "equation": "y=2x"}[kind]
    try:
        verdict = mark_in_place(text, Scheme(kind, key))
    except NeedsPool:
        return
    assert verdict.outcome in ("correct", "incorrect", "unreadable", "undecided")


NUMBERS = st.integers(0, 12).map(str)
LEAVES = st.one_of(NUMBERS, st.sampled_from(["x", "y", "n", "pi", "2x", "x^2"]))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        inner.map(lambda t: f"sin({t})"),
        inner.map(lambda t: f"sqrt({t})"),
        inner.map(lambda t: f"({t})^2"),
        inner.map(lambda t: f"e^({t})"),
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(TREES)
def test_every_readable_answer_equals_itself(text: str) -> None:
    scheme = Scheme("expression", text)
    if read(text, scheme).ok:
        assert mark(text, scheme).outcome == "correct"


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(TREES)
def test_the_plain_text_reads_back_as_the_same(text: str) -> None:
    reading = read(text, Scheme("expression"))
    if reading.ok:
        assert read(reading.plain, Scheme("expression")).plain == reading.plain
        assert mark(reading.plain, Scheme("expression", text)).outcome == "correct"


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, TREES)
def test_the_same_input_has_the_same_verdict(answer: str, key: str) -> None:
    scheme = Scheme("expression", key)
    if read(key, scheme).ok:
        assert mark(answer, scheme) == mark(answer, scheme)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, st.integers(1, 9))
def test_a_number_too_many_is_never_right(text: str, more: int) -> None:
    scheme = Scheme("expression", text)
    if read(text, scheme).ok:
        assert mark(f"({text})+{more}", scheme).outcome != "correct"


COLLECTIONS = st.recursive(
    st.sampled_from(["x", "y", "1", "2", "pi", "oo", "-1", "x^2"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([*"+-*/^,=<>U", "≠", " or ", " and ", " in ", "±"]), inner).map(
            "".join
        ),
        st.tuples(
            st.sampled_from(["({0})", "{{{0}}}", "[{0}]", "sin({0})", "|{0}|", "2*({0})", "not {0}"]), inner
        ).map(lambda pair: pair[0].format(pair[1])),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]},{pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"[[{pair[0]},1],[2,{pair[1]}]]"),
    ),
    max_leaves=5,
)
KEYS = {
    "number": ["3", "sqrt(2)"],
    "expression": ["x+1", "1/x"],
    "equation": ["y=2x", "x=5", "x=1 and y=2"],
    "inequality": ["x>1", "y>x", "x in (1,2)"],
    "set": ["{1,2}", "{x=1}", "{(1,2)}", "{}"],
    "sequence": ["(1,2)", "x,y"],
    "interval": ["(1,2)", "(1,2) U {3}"],
    "matrix": ["[[1,2],[3,4]]", "(1,2)"],
}
KIND_AND_KEY = st.sampled_from([(kind, key) for kind, keys in KEYS.items() for key in keys])


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(COLLECTIONS, KIND_AND_KEY)
def test_whatever_stands_anywhere_gets_a_verdict(text: str, kind_and_key: tuple[str, str]) -> None:
    kind, key = kind_and_key
    assert mark(text, Scheme(kind, key)).outcome in ("correct", "incorrect", "unreadable", "undecided")


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(COLLECTIONS, COLLECTIONS, KIND)
def test_a_strange_key_is_the_schemes_fault(text: str, key: str, kind: str) -> None:
    try:
        mark(text, Scheme(kind, key))
    except SchemeError:
        return

"""Numbers with units: what is told about them, and what must hold whatever the number and the unit."""

from __future__ import annotations

from fractions import Fraction
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathsoc.marking import Scheme, SchemeError, mark, read, read_key
from mathsoc.marking.engine import mark_in_place
from mathsoc.marking.results import NeedsPool
from mathsoc.marking.syntax.unit_grammar import parse_unit
from mathsoc.marking.syntax.unit_table import NAMES, ROWS
from mathsoc.marking.syntax.unit_words import spellings
from mathsoc.marking.syntax.units import dimension, name_of


def scheme(units: str, key: str = "", **options: object) -> Scheme:
    return Scheme("number", key, {"units": units, **options})


@pytest.mark.parametrize(
    ("answer", "units", "key", "reason_class", "reason"),
    [
        ("5 m", "cm", "5", "unit", "The unit does not fit: it is the right number in another unit."),
        ("5", "cm", "5", "unit", "The number is right, but its unit is missing."),
        ("6", "cm", "5", "value", "The value is different."),
        ("6 cm", "cm", "5", "value", "The value is different."),
        ("5 cm²", "cm", "5", "unit", "This is an area; the answer should be a length."),
        ("5 cm", "cm^2", "5", "unit", "This is a length; the answer should be an area."),
        ("£5", "€", "5", "unit", "This is money in pounds; the answer should be money in euros."),
        ("5 kg m²", "cm", "5", "unit", "The unit kg·m² does not fit; the answer should be a length."),
        ("5 m", "kg m^2", "5", "unit", "The unit m does not fit. Give one such as kg·m²."),
        ("20 K", "°C", "20", "unit", "The unit does not fit: it is the right number in another unit."),
    ],
)
def test_why_it_is_wrong(answer: str, units: str, key: str, reason_class: str, reason: str) -> None:
    verdict = mark(answer, scheme(units, key))
    assert (verdict.outcome, verdict.reason_class, verdict.reason) == ("incorrect", reason_class, reason)


@pytest.mark.parametrize(
    ("answer", "options", "reason_class"),
    [
        ("0.333 m", {}, "accuracy"),
        ("0.33 m", {"tolerance": {"sf": 3}}, "accuracy"),
        ("2/6 m", {"form": "lowest-terms"}, "form"),
        ("0.333 m", {"tolerance": {"absolute": 0.0001}}, "accuracy"),
        ("1/3 cm", {"form": "lowest-terms"}, "unit"),
    ],
)
def test_the_other_classes_are_those_of_numbers(
    answer: str, options: dict[str, object], reason_class: str
) -> None:
    assert mark(answer, scheme("m", "1/3", **options)).reason_class == reason_class


@pytest.mark.parametrize(
    ("typed", "message", "position"),
    [
        ("5 cmm", "The unit cmm is not known. Did you mean mm?", 3),
        ("5 metrs", "The unit metrs is not known. Did you mean metre?", 3),
        ("5 xyz", "The unit xyz is not known.", 3),
        ("5 Mm", "The unit Mm is not known. Did you mean mm?", 3),
        ("5 tons", "The unit tons is not known. Did you mean tonnes?", 3),
        ("5 cm2", "Did you mean cm^2?", 3),
        ("cm", "Write the number before the unit cm.", 1),
        ("5 cm 3", "The number at the end has no unit.", 6),
        ("5 cm, 6 cm", "Only one answer is asked for: a number with its unit.", 5),
        (r"5\,\mathrm{zq}", "The unit zq is not known.", 12),
        ("£€5", "Write the number before the unit EUR.", 2),
        ("5 m + 3 s", "These units cannot be added. Give one number with its unit.", None),
        ("5 m^0", "There is no unit with this power.", 5),
    ],
)
def test_problems(typed: str, message: str, position: int | None) -> None:
    problem = read(typed, scheme("m")).problem
    assert problem is not None
    assert (problem.message, problem.position) == (message, position)


@pytest.mark.parametrize("typed", ["5 cm +", "5 m^", "£", "", "5 cm/"])
def test_unfinished(typed: str) -> None:
    problem = read(typed, scheme("cm")).problem
    assert problem is not None
    assert problem.unfinished


def test_a_missing_unit_is_told_before_sending() -> None:
    assert read("5", scheme("cm^2")).notes == ("no unit yet: give one, such as cm²",)
    assert read("5 cm^2", scheme("cm^2")).notes == ()


@pytest.mark.parametrize(
    ("typed", "units", "plain"),
    [
        ("5cm", "cm", "5 cm"),
        ("5 metres per second", "m/s", "5 m/s"),
        ("5 kg*m*s^-2", "N", "5 kg·m/s²"),
        ("4.2 J/kg°C", "J/(kg K)", "4.2 J/(kg·°C)"),
        ("3/s", "Hz", "3 s⁻¹"),
        ("-5 pounds", "£", "−£5"),
        ("5 pounds", "kg", "5 lb"),
        ("5 pounds", "m", "5 lb"),
        ("2.40 £/kg", "£/kg", "£2.40/kg"),
        ("550 pence", "£", "550p"),
        ("45^{\\circ}", "rad", "45°"),
        ("20 C", "K", "20 °C"),
        ("20 C", "C", "20 C"),
        ("20 C", "m", "20 C"),
        ("5 ms^-1", "m/s", "5 m/s"),
        ("5 ms", "s", "5 ms"),
        ("2h30min", "min", "2 h + 30 min"),
        ("-2 h 30 min", "min", "−2 h − 30 min"),
        ("(1+2) cm", "cm", "(1 + 2) cm"),
        ("2 1/2 h", "h", "2 1/2 h"),
        ("3pi cm^2", "cm^2", "3π cm²"),
    ],
)
def test_plain_text_reads_back(typed: str, units: str, plain: str) -> None:
    asked = scheme(units)
    assert read(typed, asked).plain == plain
    assert read(plain, asked).plain == plain


@pytest.mark.parametrize(
    ("typed", "units", "latex", "spoken"),
    [
        ("5 cm", "m", r"5\,\mathrm{cm}", "5 centimetres"),
        ("1 m", "m", r"1\,\mathrm{m}", "1 metre"),
        ("-9.8 m/s^2", "m/s^2", r"-9.8\,\mathrm{m}\,\mathrm{s}^{-2}", "minus 9.8 metres per second squared"),
        ("20 °C", "°C", r"20^{\circ}\mathrm{C}", "20 degrees Celsius"),
        ("£3/kg", "£/kg", r"£3\,\mathrm{kg}^{-1}", "3 pounds per kilogram"),
        ("2 h 30 min", "h", r"2\,\mathrm{h} + 30\,\mathrm{min}", "2 hours plus 30 minutes"),
        ("50 s^-1", "Hz", r"50\,\mathrm{s}^{-1}", "50 per second"),
    ],
)
def test_latex_and_spoken(typed: str, units: str, latex: str, spoken: str) -> None:
    reading = read(typed, scheme(units))
    assert (reading.latex, reading.spoken) == (latex, spoken)
    assert read(latex, scheme(units), "latex").source == reading.source


def test_mathml_is_upright_and_well_formed() -> None:
    shown = read("-£3 per kg", scheme("£/kg")).mathml + read("5 m s^-2", scheme("m/s^2")).mathml
    assert '<mi mathvariant="normal">£</mi>' in shown
    assert '<msup><mi mathvariant="normal">s</mi><mn>2</mn></msup>' in shown
    for typed in ("5 J/(kg K)", "45°", "2 h 30 min", "3 s^-1", "-£2"):
        ElementTree.fromstring(read(typed, scheme("cm")).mathml)


def test_a_key_is_shown_with_its_unit() -> None:
    assert read_key("sqrt(2)", scheme("cm")).plain == "√2 cm"
    assert read_key("5", scheme("£")).plain == "£5"
    assert read_key("5", Scheme("number")).plain == "5"
    assert not read_key("5 +", scheme("cm")).ok


@pytest.mark.parametrize("units", ["", "xyz", "%", "5 cm", "cm^", "m^99", "cm or m", "/", "m m m" * 40, 3])
def test_what_is_no_unit_is_refused(units: object) -> None:
    with pytest.raises(SchemeError, match="'units' must be a unit"):
        Scheme("number", "5", {"units": units})


def test_units_are_for_numbers() -> None:
    with pytest.raises(SchemeError, match="for the kind 'number' only"):
        Scheme("expression", "x", {"units": "cm"})


@pytest.mark.parametrize("key", ["5 cm", "0.05 m", "£5"])
def test_a_key_with_a_unit_is_the_officers_slip(key: str) -> None:
    with pytest.raises(SchemeError, match="must be a bare number"):
        mark("5 cm", scheme("cm", key))
    with pytest.raises(SchemeError):
        mark("5 cm", scheme("cm", "5 xyz"))


def test_hostile_units_are_refused_at_once() -> None:
    texts = [
        "1 " + "m " * 200, "1 m^" + "9" * 60, "1 " + "(" * 400 + "m", "1 " + "m/" * 200,
        "1 " + "\\frac{m}{" * 50, "1 m " * 100, "1 " + "hms" * 13, "1 " + "\\mathrm{" * 60, "m" * 40,
        "1 " + "C" * 19 + " C" * 11, "1 C C C C C C C C C C C C", "1 " + "m^{" * 100,
    ]  # fmt: skip
    for text in texts:
        started = process_time()
        assert not read(text[:500], scheme("kg")).ok or mark(text, scheme("kg", "1")).outcome == "incorrect"
        assert process_time() - started < 0.5, text


# What must hold for every number and every unit.

UNITS = sorted({row.symbol for row in ROWS} - {"°C", "°F", "floz"})
BY_DIMENSION = {
    what: [unit for unit in UNITS if parse_unit(unit).dimension == what]
    for what in {parse_unit(unit).dimension for unit in UNITS}
}
VALUES = st.fractions(min_value=-1000, max_value=1000, max_denominator=50)
PAIRS = st.sampled_from([(a, b) for group in BY_DIMENSION.values() for a in group for b in group])
COMPOUND = st.lists(
    st.tuples(st.sampled_from(["m", "km", "kg", "g", "s", "h", "l", "A", "mol", "ft"]), st.integers(-3, 3)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES, PAIRS)
def test_every_unit_of_the_dimension_is_accepted(value: Fraction, pair: tuple[str, str]) -> None:
    mine, asked = parse_unit(pair[0]), parse_unit(pair[1])
    ratio = mine.size / asked.size
    pi = "*pi" * (mine.pi - asked.pi) + "/pi" * (asked.pi - mine.pi)
    key = f"({value.numerator}/{value.denominator})*({ratio.numerator}/{ratio.denominator}){pi}"
    answer = f"({value.numerator}/{value.denominator}) {pair[0]}"
    assert mark(answer, scheme(pair[1], key)).outcome == "correct"
    wrong = f"({value.numerator + 1}/{value.denominator}) {pair[0]}"
    assert mark(wrong, scheme(pair[1], key)).outcome == "incorrect"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES, st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_another_dimension_never_is(value: Fraction, mine: str, asked: str) -> None:
    number = f"({value.numerator}/{value.denominator})"
    answer = f"{number} {mine}"
    # A letter may name a unit of the question's dimension as well: 5 c where dollars are asked for.
    another = read(answer, scheme(mine)).plain != read(answer, scheme(asked)).plain
    if another or parse_unit(mine).dimension == parse_unit(asked).dimension:
        return
    verdict = mark(answer, scheme(asked, number))
    assert (verdict.outcome, verdict.reason_class) == ("incorrect", "unit")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(COMPOUND)
def test_compound_units_read_back(factors: list[tuple[str, int]]) -> None:
    typed = "·".join(f"{name}^{power}" for name, power in factors if power)
    if not typed or len({name for name, _ in factors}) < len(factors):
        return
    unit = parse_unit(typed)
    assert parse_unit(unit.text).factors == tuple(sorted(unit.factors, key=lambda factor: factor[1] < 0))
    asked = scheme(unit.text, "7")
    assert mark(f"7 {typed}", asked).outcome == "correct"
    assert read(read(f"7 {typed}", asked).plain, asked).plain == f"7 {unit.text}"


PIECES = st.lists(
    st.sampled_from(
        [
            *"0123456789.+-*/^()[]{}|, '\"°£$€pCmM", "cm", "kg", " per ", "sq ", "squared", "\\mathrm{", "}",
            "\\frac{", "µ", "Ω", "²", "⁻¹", "\\,", "\\circ", "^{\\circ}", "min", "h", " and ", "ms", "C", "=",
        ]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@settings(max_examples=600, deadline=None, derandomize=True)
@given(PIECES, st.sampled_from(["cm", "m/s", "£", "°", "°C", "min", "J/(kg K)"]))
def test_reading_and_marking_never_fail(text: str, units: str) -> None:
    reading = read(text, scheme(units))
    assert reading.ok == (reading.problem is None)
    if reading.ok:
        ElementTree.fromstring(reading.mathml)
        assert read(reading.plain, scheme(units)).plain == reading.plain
    elif reading.problem is not None and reading.problem.position is not None:
        assert 1 <= reading.problem.position <= len(text) + 1
    try:
        verdict = mark_in_place(text, scheme(units, "3"))
    except NeedsPool:
        return
    assert verdict.outcome in ("correct", "incorrect", "unreadable", "undecided")


def test_the_table_is_sound() -> None:
    """Every symbol reads as itself, and every named dimension is written in its normal form."""
    for row in ROWS:
        found = spellings().symbols[row.symbol][0]
        assert found.size > 0
        if row.symbol != "floz":
            assert parse_unit(row.symbol).text == row.symbol
    for text, name in NAMES.items():
        assert name_of(dimension(text)) == name
    assert parse_unit("mile").size == Fraction("1609.344")
    assert parse_unit("pint").size * 10**6 == Fraction("568.26125")
    assert parse_unit("acre").size == Fraction("4046.8564224")
    assert parse_unit("stone").size == Fraction("6.35029318")

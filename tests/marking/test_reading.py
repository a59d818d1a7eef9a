"""What a member sees before sending: the reading, the letters found, and problems in plain words."""

from __future__ import annotations

import pickle
from xml.etree import ElementTree

import pytest

from mathsoc.marking import Reading, Scheme, SchemeError, mark, read
from mathsoc.marking.limits import MAX_CHARACTERS

EXPRESSION = Scheme("expression")
XN = Scheme("expression", options={"variables": ["x", "n"]})


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("(x+1)^2/2", "(x + 1)²/2"),
        ("1/2 x^2", "(1/2)·x²"),
        ("1/2x", "(1/2)·x"),
        ("2x(x+1)", "2x·(x + 1)"),
        ("xy(a+b)", "x·y·(a + b)"),
        ("sinx", "sin(x)"),
        ("sin^2 x", "sin(x)²"),
        ("sin 2x cos x", "sin(2x)·cos(x)"),
        ("ln x/y", "ln(x)/y"),
        ("x_1+x_12", "x_1 + x_12"),
        ("-x^2", "−x²"),
        ("x^-1", "x⁻¹"),
        ("log_2(8)", "log_2(8)"),
        ("|x||y|", "|x|·|y|"),
        ("||x|-1|", "||x| − 1|"),
        ("√2x", "√2·x"),
        ("theta+π", "θ + π"),
        (r"\frac{1}{2}x", "(1/2)·x"),
        (r"\sqrt[3]{x+1}", "root(x + 1, 3)"),
        ("n!", "n!"),
        ("a--b", "a − (−b)"),
        ("50%", "50%"),
        ("x ⋅ y", "x·y"),
        ("ｘ＋１", "x + 1"),
        ("3(4)", "3·4"),
        ("4/3pir^3", "(4/3)·π·r³"),
    ],
)
def test_plain_text(typed: str, plain: str) -> None:
    assert read(typed, EXPRESSION).plain == plain


@pytest.mark.parametrize(
    ("typed", "message", "position"),
    [
        ("(x+1", "The bracket opened at 1 is never closed.", 1),
        ("2+(3*(x+1)", "The bracket opened at 3 is never closed.", 3),
        ("x+1)", "The bracket ) closes nothing that was opened.", 4),
        ("x+", "Something is missing after +.", 2),
        ("x^", "Something is missing after ^.", 2),
        ("*x", "Something is missing before ×.", 1),
        ("1/0", "Nothing can be divided by 0.", None),
        ("x2", "Did you mean x^2, x_2 or 2*x?", 2),
        ("2 3", "Two numbers stand next to each other. Write a sign between them.", 3),
        ("foo(x)", "The function foo is not known. Write a * between letters that are multiplied.", 1),
        ("x = 2", "This asks for an expression. Leave out x =.", None),
        ("", "Please type an answer.", None),
        (r"x^{\placeholder{}}", "There is an empty box that is still to be filled.", 4),
        ("1,5", "Did you mean 1.5? Write a point, not a comma.", 1),
        ("|x", "The bar | opened at 1 is never closed.", 1),
    ],
)
def test_problems(typed: str, message: str, position: int | None) -> None:
    problem = read(typed, EXPRESSION).problem
    assert problem is not None
    assert (problem.message, problem.position) == (message, position)


@pytest.mark.parametrize(
    ("kind", "letter", "typed", "message"),
    [
        ("expression", "r", "3x2r", "The letter x is not used here. To multiply, write × or *."),
        ("expression", "n", "n x (n-1)/2", "The letter x is not used here. To multiply, write × or *."),
        ("expression", "n", "n+x", "The letter x is not used here. Use n."),
        ("expression", "x", "A=x^2", "This asks for an expression. Leave out A =."),
        ("expression", "x", "area = x^2", "This asks for an expression. Leave out area =."),
        ("number", "x", "perimeter = 3", "This asks for a number. Leave out perimeter =."),
        ("expression", "x", "dy/dx=3x^2", "Leave out dy/dx =."),
        ("expression", "x", "x dy/dx", "dy/dx cannot be read here."),
        ("equation", "x", "x=2 and -2", "Write each part whole, as in x = 2 or x = -2."),
        (
            "equation",
            "x",
            "x=2,3",
            "Did you mean 2.3, or 2 and 3? Write a point, or a space after the comma.",
        ),
        (
            "equation",
            "x",
            "x=-2,2",
            "Did you mean -2.2, or -2 and 2? Write a point, or a space after the comma.",
        ),
        (
            "equation",
            "x",
            "x=2 x=3",
            "These look like two statements. Write a comma or a word such as or between them.",
        ),
    ],
)
def test_problems_with_the_letters_of_the_question(kind: str, letter: str, typed: str, message: str) -> None:
    problem = read(typed, Scheme(kind, "", {"variables": [letter]})).problem
    assert problem is not None and problem.message == message


@pytest.mark.parametrize(
    "typed", ["", "x+", "(x", "x^", "2*(x+1", r"\frac{1}{", "sin", "|x", "x_", "sqrt(", "-"]
)
def test_unfinished(typed: str) -> None:
    problem = read(typed, EXPRESSION).problem
    assert problem is not None
    assert problem.unfinished


@pytest.mark.parametrize("typed", ["x)", "1/0", "hello", "x2", "2 3", "x+*2", "=x=3", "é"])
def test_not_merely_unfinished(typed: str) -> None:
    problem = read(typed, EXPRESSION).problem
    assert problem is not None
    assert not problem.unfinished


def test_declared_letters() -> None:
    assert read("2xn", XN).variables == ("x", "n")
    assert read("xn", XN).notes == ("xn is read as x·n",)
    wrong_case = read("X", XN).problem
    other = read("y", XN).problem
    assert wrong_case is not None and "Did you mean x?" in wrong_case.message
    assert other is not None and "Use n and x." in other.message


def test_constants_unless_declared() -> None:
    assert read("e^x", EXPRESSION).variables == ("x",)
    assert read("e*x", Scheme("expression", options={"variables": ["e", "x"]})).variables == ("e", "x")


def test_comma_question_of_a_number() -> None:
    problem = read("1,234", Scheme("number")).problem
    assert problem is not None
    assert problem.message == "Did you mean 1234 or 1.234? Write it without a comma."


def test_too_long_is_refused_at_once() -> None:
    assert read("1" + "+1" * (MAX_CHARACTERS // 2), EXPRESSION).problem is not None
    assert read("(" * 10_000, EXPRESSION).problem is not None


def test_mathml_is_escaped_and_well_formed() -> None:
    for kind, typed in (("text", "<script>&\"'"), ("expression", "x<1"), ("inequality", "x<1 and x>0")):
        reading = read(typed, Scheme(kind))
        if reading.ok:
            root = ElementTree.fromstring(reading.mathml)
            assert root.tag.endswith("math")
            assert "<script" not in reading.mathml


def test_mathml_of_a_fraction() -> None:
    assert (
        "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>" in read(r"\frac12", EXPRESSION).mathml
    )


def test_results_can_be_pickled() -> None:
    scheme = Scheme("expression", "x", {"variables": ["x"]})
    verdict = mark("x+", scheme)
    assert pickle.loads(pickle.dumps(verdict)) == verdict
    assert pickle.loads(pickle.dumps(scheme)) == scheme
    assert isinstance(pickle.loads(pickle.dumps(read("x", scheme))), Reading)


@pytest.mark.parametrize(
    ("kind", "key", "options"),
    [
        ("nonsense", "", {}),
        ("number", "1", {"colour": "red"}),
        ("number", "1", {"form": "pretty"}),
        ("number", "1", {"tolerance": {"sf": 0}}),
        ("number", "1", {"tolerance": {"absolute": -1}}),
        ("number", "1", {"tolerance": 3}),
        ("number", "1", {"variables": "x"}),
        ("number", "1", {"variables": ["<b>"]}),
        ("number", "1", {"also": [1]}),
        ("number", "1", {"up_to_constant": "yes"}),
    ],
)
def test_schemes_that_are_refused(kind: str, key: str, options: dict[str, object]) -> None:
    with pytest.raises(SchemeError):
        Scheme(kind, key, options)


def test_a_key_that_cannot_be_read() -> None:
    with pytest.raises(SchemeError, match="cannot be read"):
        mark("1", Scheme("number", "1/"))

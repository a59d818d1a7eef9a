"""How answers are read aloud: a pupil who cannot see the page must hear where a fraction or a root ends."""

from __future__ import annotations

import pytest

from mathsoc.marking import Scheme, mark, read
from mathsoc.marking.syntax.latex import latex
from mathsoc.marking.syntax.mathml import mathml
from mathsoc.marking.syntax.names import ARGUMENTS, FUNCTIONS
from mathsoc.marking.syntax.printing import plain
from mathsoc.marking.syntax.spoken import spoken
from mathsoc.marking.syntax.tree import Call, Symbol


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("expression", "(x^2+1)/2", "x squared plus 1, all over 2"),
        ("expression", "x^2+1/2", "x squared plus 1 over 2"),
        ("expression", "2x/3", "2 x over 3"),
        ("expression", "1/(x+1)", "the fraction with numerator 1 and denominator x plus 1, end fraction"),
        ("expression", "1+(x+1)/2",
         "1 plus the fraction with numerator x plus 1 and denominator 2, end fraction"),
        ("expression", "(x+1)^2", "open bracket x plus 1 close bracket squared"),
        ("expression", "sqrt(2)", "the square root of 2"),
        ("expression", "sqrt(x+1)-1", "the square root of x plus 1, end root minus 1"),
        ("expression", "root(x,3)", "the cube root of x"),
        ("expression", "root(x,n)", "the root of degree n of x"),
        ("expression", "sin 2x", "sine of 2 x"),
        ("expression", "sin^2 2x", "sine squared of 2 x"),
        ("expression", "sin(x^2)", "sine of open bracket x squared close bracket"),
        ("expression", "log_2(8)+ln x", "log base 2 of 8 plus natural log of x"),
        ("expression", "e^(2x)", "e to the power of 2 x, end power"),
        ("expression", "x^-1", "x to the power minus 1"),
        ("expression", "|x-1|", "the modulus of x minus 1, end modulus"),
        ("expression", "n!", "n factorial"),
        ("expression", "xy", "x times y"),
        ("expression", "X_1+theta", "capital X sub 1 plus theta"),
        ("expression", "nCr(5,2)", "5 choose 2"),
        ("number", "2 1/2", "2 and 1 half"),
        ("number", "1 3/4", "1 and 3 quarters"),
        ("number", "50%", "50 per cent"),
        ("number", "sin(30°)", "sine of open bracket 30 degrees close bracket"),
        ("equation", "y=(x+1)/2", "y equals x plus 1, all over 2"),
        ("equation", "x=1 or x=-1", "x equals 1 or x equals minus 1"),
        ("equation", "x=±2", "x equals plus or minus 2"),
        ("inequality", "x>3", "x is greater than 3"),
        ("inequality", "x in [1,2)", "x is in the interval from 1 to 2, 1 included, 2 not"),
        ("set", "{1,2,3}", "the set of 1, 2 and 3"),
        ("set", "{x+1,2}", "the set of x plus 1 comma 2, end set"),
        ("set", "{}", "the empty set"),
        ("sequence", "1,2,3", "the list 1, 2 and 3"),
        ("sequence", "(1,2)", "open bracket 1 comma 2 close bracket"),
        ("interval", "(1,2)", "from 1 to 2, neither included"),
        ("interval", "[1,2]", "from 1 to 2, both included"),
        ("interval", "(1,2]", "from 1 to 2, 2 included, 1 not"),
        ("interval", "(-oo,2] U (3,oo)",
         "from minus infinity to 2, 2 included, union from 3 to infinity, 3 not included"),
        ("matrix", "[[1,2],[3,4]]", "the 2 by 2 matrix with rows 1, 2 and 3, 4"),
        ("matrix", "[[x+1],[2]]", "the 2 by 1 matrix with rows x plus 1; next row 2, end matrix"),
        ("text", "a  triangle", "a triangle"),
    ],
)  # fmt: skip
def test_read_aloud(kind: str, typed: str, words: str) -> None:
    assert read(typed, Scheme(kind)).spoken == words


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS.values()) - {"cbrt"}))  # read as root(x, 3)
def test_every_function_has_a_name_and_a_sign(name: str) -> None:
    _, most = ARGUMENTS.get(name, (1, 1))
    tree = Call(name, (Symbol("x"), Symbol("y"))[:most])
    assert spoken(tree) and latex(tree) and plain(tree) and mathml(tree)


def test_marking_spends_no_time_on_words() -> None:
    scheme = Scheme("expression", "x+1")
    verdict = mark("x+1", scheme)
    assert not {"mathml", "plain", "latex", "spoken"} & set(vars(verdict.reading))
    assert verdict.reading.spoken == read("x+1", scheme).spoken == "x plus 1"

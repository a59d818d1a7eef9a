"""What is shown, typed or spoken is what was read: every printer keeps every tree apart and whole."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from mathsoc.marking import Scheme, mark, read
from mathsoc.marking.syntax.latex import latex
from mathsoc.marking.syntax.mathml import mathml
from mathsoc.marking.syntax.printing import plain
from mathsoc.marking.syntax.spoken import spoken
from mathsoc.marking.syntax.tree import Call, Negative, Node, Number, Power, Product, Quotient, Sum, Symbol
from tests.marking.trees import KIND_AND_TREE, settled, tree_of
from tests.support.mathml_reader import typed

thorough = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@thorough
@given(KIND_AND_TREE)
def test_the_plain_text_is_read_as_the_same_tree(kind_and_tree: tuple[str, Node]) -> None:
    kind, tree = kind_and_tree
    assert tree_of(plain(tree), kind) == tree, plain(tree)


@thorough
@given(KIND_AND_TREE)
def test_the_latex_is_read_as_the_same_tree(kind_and_tree: tuple[str, Node]) -> None:
    kind, tree = kind_and_tree
    assert tree_of(latex(tree), kind, latex=True) == tree, latex(tree)


@thorough
@given(KIND_AND_TREE)
def test_what_is_shown_is_read_as_the_same_tree(kind_and_tree: tuple[str, Node]) -> None:
    kind, tree = kind_and_tree
    text = typed(mathml(tree))
    assert tree_of(text, kind) == tree, text


def small_trees() -> set[Node]:
    """Every tree of a few nodes over 2 and x: where brackets are forgotten, two of them look alike."""
    leaves: list[Node] = [Number("2"), Symbol("x")]
    levels = leaves
    for _ in range(2):
        levels = [*leaves, *_built(levels, levels)]
    return {settled(tree) for tree in levels}


def _built(lefts: list[Node], rights: list[Node]) -> list[Node]:
    unary: list[Node] = [Negative(one) for one in lefts]
    unary += [Call(name, (one,)) for name in ("sqrt", "sin", "abs", "factorial") for one in lefts]
    for left, right in product(lefts, rights):
        pair = (left, right)
        unary += [Sum(pair), Product(pair), Quotient(left, right), Power(left, right), Call("log", pair)]
    return unary


def test_no_two_trees_look_or_sound_alike() -> None:
    trees = small_trees()
    assert len(trees) > 4_000
    for printer in (plain, latex, spoken):
        told: dict[str, Node] = {}
        for tree in trees:
            before = told.setdefault(printer(tree), tree)
            assert before is tree, (printer(tree), before, tree)


@pytest.mark.parametrize("text", ["6.02e23", "1e-3", "2e3+1", "-1.5e4", "(1e3)^2"])
def test_standard_form_is_shown_as_what_it_means(text: str) -> None:
    """It is printed as 6.02·10²³, which is another tree of the same value."""
    scheme = Scheme("number", text)
    reading = read(text, scheme)
    for printed, notation in (
        (reading.plain, "typed"),
        (reading.latex, "latex"),
        (typed(reading.mathml), "typed"),
    ):
        assert mark(printed, scheme, notation).outcome == "correct"


@pytest.mark.parametrize(
    ("name", "text"),
    [("v_max", "2v_max"), ("v_max", "v_max^2"), ("speed", "speed^2+1"), ("theta", "2theta"), ("e", "e*2")],
)
def test_declared_names_are_read_back(name: str, text: str) -> None:
    scheme = Scheme("expression", "", {"variables": [name]})
    reading = read(text, scheme)
    assert reading.ok
    for printed, notation in (
        (reading.plain, "typed"),
        (reading.latex, "latex"),
        (typed(reading.mathml), "typed"),
    ):
        assert read(printed, scheme, notation).plain == reading.plain

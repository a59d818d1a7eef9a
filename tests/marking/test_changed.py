"""An answer with one coefficient, sign or exponent changed is never called right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mathsoc.marking import Scheme, mark, read
from mathsoc.marking.syntax.printing import plain
from mathsoc.marking.syntax.tree import (
    Call,
    Constant,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    children,
    rebuild,
)
from tests.marking.rewriting import part
from tests.marking.trees import tree_of

POINTS = [
    {"x": 0.7, "y": 1.3, "x_1": -0.4},
    {"x": -1.2, "y": 0.6, "x_1": 2.1},
    {"x": 1.9, "y": -0.8, "x_1": 0.3},
]
NAMED = {"sin": math.sin, "cos": math.cos, "sqrt": math.sqrt, "ln": math.log, "abs": abs, "arctan": math.atan}
CONSTANTS = {"pi": math.pi, "e": math.e}


def value(node: Node, at: Mapping[str, float]) -> float:
    """In plain floats, without the engine. Raises ArithmeticError or ValueError where there is none."""
    match node:
        case Number(text=text):
            return float(text)
        case Symbol(name=name):
            return at[name]
        case Constant(name=name):
            return CONSTANTS[name]
    parts = [value(child, at) for child in children(node)]
    match node:
        case Sum():
            return sum(parts)
        case Product():
            return math.prod(parts)
        case Negative():
            return -parts[0]
        case Quotient():
            return parts[0] / parts[1]
        case Power():
            return math.pow(parts[0], parts[1])
        case Call(name=name):
            return NAMED[name](parts[0])
    raise TypeError(type(node).__name__)


def differ(left: Node, right: Node) -> bool:
    """Clearly, at some point where both have a value."""
    for at in POINTS:
        try:
            one, other = value(left, at), value(right, at)
        except (ArithmeticError, ValueError):
            continue
        if math.isfinite(one - other) and abs(one - other) > 1e-6 * (1 + abs(one) + abs(other)):
            return True
    return False


def changes(node: Node) -> Iterator[Node]:
    """The tree with one number moved by one, one sign turned or one exponent raised."""
    match node:
        case Number(text=text) if text.isdigit():
            yield Number(str(int(text) + 1))
            yield Number(str(abs(int(text) - 1)))
        case Negative(arg=arg):
            yield arg
        case Sum(terms=terms):
            for index, term in enumerate(terms):
                turned = term.arg if isinstance(term, Negative) else Negative(term)
                yield Sum((*terms[:index], turned, *terms[index + 1 :]))
        case Symbol():
            yield Product((Number("2"), node))
            yield Power(node, Number("2"))
        case Power(base=base, exponent=Number(text=text)) if text.isdigit():
            yield Power(base, Number(str(int(text) + 1)))
    parts = children(node)
    for index, inner in enumerate(parts):
        for changed in changes(inner):
            yield rebuild(node, (*parts[:index], changed, *parts[index + 1 :]))


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_one_change_is_never_right(chance: Random) -> None:
    key = part(chance, 3)
    tree = tree_of(key, "expression")
    changed = chance.choice(list(changes(tree)) or [tree])
    assume(differ(tree, changed))
    answer = plain(changed)
    assume(read(answer, Scheme("expression")).ok and read(key, Scheme("expression")).ok)
    assert mark(answer, Scheme("expression", key)).outcome != "correct", (key, answer)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_one_change_in_an_equation_a_set_or_a_matrix_is_never_right(chance: Random) -> None:
    entry = part(chance, 1)
    tree = tree_of(entry, "expression")
    changed = chance.choice(list(changes(tree)) or [tree])
    assume(differ(tree, changed))
    kind, around = chance.choice(
        [
            ("equation", "z={}"), ("equation", "2z-3=2*({})-3"), ("set", "{{100,{}}}"),
            ("sequence", "(1,{})"), ("matrix", "[[1,{}],[0,2]]"), ("inequality", "z>{}"),
        ]
    )  # fmt: skip
    scheme = Scheme(kind, around.format(entry))
    assert mark(around.format(plain(changed)), scheme).outcome != "correct", (scheme.key, plain(changed))

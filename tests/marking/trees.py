"""Random trees of every node, as the reader builds them."""

from __future__ import annotations

from hypothesis import strategies as st

from mathsoc.marking.fit import fit
from mathsoc.marking.syntax.grammar import Grammar
from mathsoc.marking.syntax.lexicon import Setting, resolve
from mathsoc.marking.syntax.names import BARE, GREEK
from mathsoc.marking.syntax.tokens import tokenize
from mathsoc.marking.syntax.tree import (
    All,
    Any,
    Call,
    Constant,
    Group,
    Matrix,
    Mixed,
    Negative,
    Node,
    Not,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    Symbol,
    Union,
    children,
    rebuild,
)

Trees = st.SearchStrategy[Node]


def bracketed(node: Node) -> Node:
    """A list inside another needs brackets of its own."""
    return Group("(", node.items, ")") if isinstance(node, Group) and not node.opening else node


def settled(node: Node) -> Node:
    """As the reader builds it: a product that begins with a product is one product."""
    node = rebuild(node, tuple(map(settled, children(node))))
    match node:
        case Product(factors=(Product(factors=first), *rest)):
            return Product((*first, *rest))
    return node


NUMBERS: Trees = st.sampled_from(
    ["0", "1", "2", "3", "7", "10", "12", "100", "2024", "0.5", ".25", "1.50"]
).map(Number)
NAMES = ["x", "y", "n", "a", "X", "f", "U", "d", "x_1", "x_12", "x_n", "v_max", "a_2n", "x_alpha", "e_1"]
SYMBOLS: Trees = st.sampled_from([*NAMES, *(name for name in GREEK if name != "Pi")]).map(Symbol)
CONSTANTS: Trees = st.sampled_from(["pi", "e", "i"]).map(Constant)
MIXED: Trees = st.sampled_from([Mixed(2, 1, 2), Mixed(1, 3, 4), Mixed(12, 5, 21), Mixed(3, 100, 101)])
ONE = sorted(
    BARE
    | {"sqrt", "abs", "sign", "floor", "ceil", "factorial", "percent", "degree", "re", "im", "conj", "arg"}
)
TWO = ["log", "root", "binomial", "permutations", "gcd", "lcm", "max", "min"]


def _longer(inner: Trees) -> Trees:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        inner.map(Negative),
        st.builds(PlusMinus, inner, st.booleans()),
        st.builds(Quotient, inner, inner),
        st.builds(Power, inner, inner),
        st.builds(Call, st.sampled_from(ONE), st.tuples(inner)),
        st.builds(Call, st.sampled_from(TWO), st.tuples(inner, inner)),
        st.builds(Call, st.sampled_from(["gcd", "max"]), st.tuples(inner, inner, inner)),
    )


def values(*leaves: Trees, most: int = 8) -> Trees:
    return st.recursive(st.one_of(*leaves), _longer, max_leaves=most).map(settled)


WITH_LETTERS = values(NUMBERS, SYMBOLS, CONSTANTS)
ITEMS = values(NUMBERS, SYMBOLS, CONSTANTS, MIXED, most=4)
SIGNS = st.sampled_from(["=", "<", ">", "<=", ">=", "!="])
SOME = st.lists(ITEMS, min_size=2, max_size=3).map(tuple)
SETS: Trees = st.lists(ITEMS, max_size=3).map(lambda items: Group("{", tuple(items), "}"))
INTERVALS: Trees = st.builds(Group, st.sampled_from("(["), st.tuples(ITEMS, ITEMS), st.sampled_from(")]"))
REGIONS: Trees = st.one_of(
    INTERVALS, SETS, st.lists(st.one_of(INTERVALS, SETS), min_size=2, max_size=3).map(tuple).map(Union)
)
LISTS: Trees = st.one_of(
    SOME.map(lambda items: Group("(", items, ")")),
    SOME.map(lambda items: Group("[", items, "]")),
    SOME.map(lambda items: Group("", items, "")),
)
MATRICES: Trees = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: (
        st.lists(
            st.lists(ITEMS, min_size=size[1], max_size=size[1]).map(tuple), min_size=size[0], max_size=size[0]
        )
        .map(tuple)
        .map(Matrix)
    )
)
# After ∈, a set of one member is read as a bracket where the question asks for a statement.
PLACES = values(NUMBERS, SYMBOLS, most=3).flatmap(
    lambda one: st.sampled_from(
        [
            Group("(", (Number("1"), one), "]"),
            Group("{", (Number("1"), one), "}"),
            Union((Group("[", (one, Number("3")), ")"), Group("(", (Number("5"), Constant("inf")), ")"))),
        ]
    )
)
SIDES = values(NUMBERS, SYMBOLS, CONSTANTS, most=4)
STATEMENTS: Trees = st.recursive(
    st.one_of(st.builds(Relation, SIGNS, SIDES, SIDES), st.builds(Relation, st.just("in"), SIDES, PLACES)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(All),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Any),
        inner.map(Not),
    ),
    max_leaves=4,
)
OF_KIND: dict[str, Trees] = {
    "number": values(NUMBERS, CONSTANTS, MIXED),
    "expression": WITH_LETTERS,
    "equation": STATEMENTS,
    "inequality": STATEMENTS,
    "set": st.one_of(SETS, st.lists(st.one_of(SETS, LISTS), min_size=1, max_size=2).map(
        lambda items: Group("{", tuple(bracketed(item) for item in items), "}")
    )),
    "sequence": LISTS,
    "interval": REGIONS,
    "matrix": MATRICES,
}  # fmt: skip
KIND_AND_TREE = st.sampled_from(sorted(OF_KIND)).flatmap(lambda kind: st.tuples(st.just(kind), OF_KIND[kind]))


def tree_of(text: str, kind: str, latex: bool = False) -> Node:
    """What the reader builds of a text, before it asks whether the value exists. Raises ReadError."""
    setting = Setting(kind, latex=latex)
    return fit(Grammar(resolve(tokenize(text), setting, []), setting, []).whole(), kind)

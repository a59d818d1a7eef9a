"""Slips where an expression is asked for: its form, its signs, its numbers, its letters and its constant."""

from __future__ import annotations

from collections.abc import Iterator

from ..algebra.convert import core
from ..scheme import Scheme
from ..syntax.tree import (
    Call,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    symbols,
    walk,
)
from . import polynomials
from .rewriting import (
    ONE,
    Slip,
    Slips,
    first_changed,
    flipped_terms,
    has_both_signs,
    negated,
    next_number,
    one_more,
    plus,
    swapped,
    upper_sign,
)

_TWO = Number("2")


def slips(key: Node, scheme: Scheme) -> Slips:
    if has_both_signs(key):
        yield "one-of-two", upper_sign(key)
        return
    if scheme.up_to_constant:
        yield from _antiderivatives(key, scheme)
        return
    yield from _forms(key)
    yield from _other_values(key)
    yield from _other_letters(key)


def _antiderivatives(key: Node, scheme: Scheme) -> Slips:
    """The key without its constant, and each slip with the constant put back."""
    bare, constant = _without_constant(key, scheme.variables)
    yield "missing-constant", bare
    yield "number-for-constant", plus(bare, ONE)
    yield "constant-multiplied", Product((constant, bare))
    for name, node in _other_values(bare):
        yield name, plus(node, constant)


def _without_constant(key: Node, declared: tuple[str, ...]) -> tuple[Node, Node]:
    """Letters that are not declared are constants; where there is none, C is."""
    free = Symbol(next(letter for letter in ("C", "k", "K", "A") if letter not in symbols(key)))
    if not declared or not isinstance(key, Sum):
        return key, free
    own = [term for term in key.terms if (names := symbols(term)) and not set(names) & set(declared)]
    kept = tuple(term for term in key.terms if term not in own)
    if not own or not kept:
        return key, free
    return kept[0] if len(kept) == 1 else Sum(kept), own[0]


# Right in value, in another form.


def _forms(key: Node) -> Slips:
    value = core(key)
    if len(symbols(key)) and (out := polynomials.expanded(value)) is not None:
        yield "expanded", out
        found = polynomials.factors(value)
        if found is not None and len(found.single) + (abs(found.front) != 1) > 1:
            yield "factorised", polynomials.product(found.front, found.bases)
            if (part := polynomials.partly(found)) is not None:
                yield "partly-factorised", part
    yield "terms-left", next(_split(key), None) or plus(key, ONE, Negative(ONE))


def _split(key: Node) -> Iterator[Node]:
    """2x + 1 as x + x + 1."""
    terms = key.terms if isinstance(key, Sum) else (key,)
    for place, term in enumerate(terms):
        match term:
            case Product(factors=(Number() as front, *rest)) if front.whole and int(front.text) > 1:
                unit = rest[0] if len(rest) == 1 else Product(tuple(rest))
                less = int(front.text) - 1
                first = unit if less == 1 else Product((Number(str(less)), *rest))
                yield Sum((*terms[:place], first, unit, *terms[place + 1 :]))


# Other values.


def _other_values(key: Node) -> Slips:
    yield "sign", negated(key)
    yield from flipped_terms(key)
    yield from _brackets(key)
    changed = first_changed(key, next_number)
    yield "coefficient", changed if changed is not None else Product((_TWO, key))
    if (raised := first_changed(key, _raised)) is not None:
        yield "exponent", raised
    if isinstance(key, Sum):
        kept = key.terms[:-1]
        yield "term-lost", kept[0] if len(kept) == 1 else Sum(kept)
    if isinstance(key, Quotient):
        yield "upside-down", Quotient(key.bottom, key.top)


def _raised(node: Node) -> Node | None:
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        return Power(node.base, one_more(node.exponent))
    return None


def _brackets(key: Node) -> Slips:
    """(x + 1)/2 as x + 1/2, 2(x + 3) as 2x + 3, (2x)² as 2x²."""
    match key:
        case Quotient(top=Sum(terms=(*first, last)), bottom=bottom):
            yield "brackets-lost", Sum((*first, _over(last, bottom)))
        case Product(factors=(front, Sum(terms=(first, *rest)))) if not isinstance(front, Sum):
            yield "brackets-lost", Sum((Product((front, first)), *rest))
        case Power(base=Product(factors=(*front, last)), exponent=exponent):
            yield "brackets-lost", Product((*front, Power(last, exponent)))


def _over(term: Node, bottom: Node) -> Node:
    return Negative(Quotient(term.arg, bottom)) if isinstance(term, Negative) else Quotient(term, bottom)


def _other_letters(key: Node) -> Iterator[Slip]:
    names = symbols(key)
    if not names:
        return
    letter = Symbol(names[0])
    other = next(name for name in ("x", "y", "t", "n", "a") if name not in names[:4])
    yield "other-letter", swapped(key, letter, Symbol(other))
    if letter in walk(key):
        size = Call("sqrt", (Power(letter, _TWO),))
        found = first_changed(key, lambda node: size if node == letter else None)
        if found is not None:
            yield "size-only", found

"""Where the key is a polynomial, what an expanded or a factorised answer is made of: no functions, no roots.

Whoever wraps the polynomial, as in (x+1)/(x+1)^-1, |x+1|² or (x²−1)!/(x²−2)!, has not rewritten it.
"""

from __future__ import annotations

from ..syntax.tree import (
    Call,
    Constant,
    Group,
    Matrix,
    Mixed,
    Negative,
    Node,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    children,
    contains,
)


def polynomial(tree: Node) -> bool:
    """Is this written as a polynomial, or a list of them: sums, products and whole powers of letters?"""
    match tree:
        case Number() | Mixed() | Symbol():
            return True
        case Constant(name=name):
            return name != "inf"
        case Sum() | Product() | Negative() | PlusMinus() | Group() | Matrix():
            return all(map(polynomial, children(tree)))
        case Quotient(top=top, bottom=bottom):
            return polynomial(top) and not contains(bottom, Symbol)
        case Power(base=base, exponent=exponent):
            return not contains(tree, Symbol) or (polynomial(base) and _whole(exponent))
        case Call():
            return not contains(tree, Symbol)
    return False


def in_terms(tree: Node) -> bool:
    """A sum of terms, each a number times powers of letters, each letter once."""
    if isinstance(tree, Sum):
        return all(map(in_terms, tree.terms))
    return _term(tree)


def _term(tree: Node) -> bool:
    match tree:
        case Negative(arg=arg) | PlusMinus(arg=arg):
            return _term(arg)
        case Product(factors=parts):
            bases = [part.base if isinstance(part, Power) else part for part in parts]
            letters = [base for base in bases if isinstance(base, Symbol)]
            return len(set(letters)) == len(letters) and all(map(_term, parts))
        case Quotient(top=top, bottom=bottom):
            return _term(top) and not contains(bottom, Symbol)
        case Power(base=Symbol(), exponent=exponent):
            return _whole(exponent)
        case Symbol():
            return True
    return not contains(tree, Symbol)


def in_factors(tree: Node) -> bool:
    """A product of whole powers of sums and letters, over numbers alone."""
    match tree:
        case Negative(arg=arg) | PlusMinus(arg=arg):
            return in_factors(arg)
        case Product(factors=parts):
            return all(map(in_factors, parts))
        case Quotient(top=top, bottom=bottom):
            return in_factors(top) and not contains(bottom, Symbol)
        case Power(base=base, exponent=exponent):
            return not contains(tree, Symbol) or (in_factors(base) and _whole(exponent))
    return polynomial(tree)


def _whole(exponent: Node) -> bool:
    return isinstance(exponent, Number) and exponent.value.denominator == 1

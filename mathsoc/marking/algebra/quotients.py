"""Expressions as quotients of exact polynomials (FLINT), roots and |…| as letters with a known power.

Everything here can be large: it runs in the pool only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from .. import limits
from ..results import Undecided
from .core import add, mul, power
from .node import Core, q, sym, symbols

Poly: TypeAlias = Any  # fmpq_mpoly: python-flint has no types


class TooBig(Undecided):
    """The polynomial would have too many terms."""

    def __init__(self) -> None:
        super().__init__("This is too big to be multiplied out.", "limit")


@dataclass(frozen=True)
class Root:
    """A letter standing for a root or |…|: its `degree`th power is `radicand`."""

    letter: str
    radicand: Core
    degree: int


@dataclass
class Ring:
    """Polynomials in the letters of some expressions, in their roots, and in what is not algebraic."""

    names: list[str] = field(default_factory=list)
    roots: list[Root] = field(default_factory=list)
    opaque: dict[str, str] = field(default_factory=dict)  # key of a transcendental part -> its letter
    known: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Core] = field(default_factory=dict)  # what each letter stands for
    context: Any = None
    generators: dict[str, Poly] = field(default_factory=dict)

    @classmethod
    def of(cls, *values: Core) -> Ring:
        """The ring that holds all these expressions."""
        ring = cls()
        ring.names = sorted({name for value in values for name in symbols(value)})
        for value in values:
            ring.collect(value)
        letters = [root.letter for root in reversed(ring.roots)] + list(ring.opaque.values())
        everything = letters + [f"v{index}" for index in range(len(ring.names))]
        ring.context = fmpq_mpoly_ctx.get(everything or ["unused"], Ordering.lex)
        gens = dict(zip(everything or ["unused"], ring.context.gens(), strict=True))
        ring.nodes |= {f"v{index}": sym(name) for index, name in enumerate(ring.names)}
        ring.generators = gens | {name: gens[f"v{index}"] for index, name in enumerate(ring.names)}
        return ring

    @property
    def algebraic(self) -> bool:
        return not self.opaque

    def collect(self, node: Core) -> None:
        """Find the roots, inner ones first, and the transcendental parts."""
        if node.kind in ("q", "s"):
            return
        if node.kind in ("+", "*"):
            for part in node.parts:
                self.collect(part)
        elif node.key == "'i":
            self.root(node.key, q(-1), 2, node)
        elif node.kind == "f" and node.name == "abs":
            self.collect(node.parts[0])
            self.root(node.key, power(node.parts[0], q(2)), 2, node)
        elif node.kind == "^" and node.parts[1].kind == "q":
            self.collect(node.parts[0])
            degree = node.parts[1].value.denominator
            if degree > 1:
                root = power(node.parts[0], q(Fraction(1, degree)))
                self.root(self.root_key(node.parts[0], degree), node.parts[0], degree, root)
        elif node.key not in self.opaque:
            self.opaque[node.key] = f"t{len(self.opaque)}"
            self.nodes[self.opaque[node.key]] = node

    def root_key(self, base: Core, degree: int) -> str:
        return f"{base.key}^(1/{degree})"

    def root(self, key: str, radicand: Core, degree: int, node: Core) -> None:
        if key not in self.known:
            self.known[key] = f"r{len(self.roots)}"
            self.nodes[self.known[key]] = node
            self.roots.append(Root(self.known[key], radicand, degree))

    def constant(self, value: Fraction) -> Poly:
        return self.context.constant(fmpq(value.numerator, value.denominator))

    def fraction(self, node: Core) -> tuple[Poly, Poly]:
        """Numerator and denominator, not reduced. Raises TooBig."""
        one = self.constant(Fraction(1))
        match node.kind:
            case "q":
                return self.constant(node.value), one
            case "s":
                return self.generators[node.name], one
            case "+":
                return self._sum(node)
            case "*":
                top, bottom = self.constant(node.value), one
                for part in node.parts:
                    more_top, more_bottom = self.fraction(part)
                    top, bottom = _small(top, more_top), _small(bottom, more_bottom)
                return top, bottom
        if node.kind == "^" and node.parts[1].kind == "q":
            return self._power(node.parts[0], node.parts[1].value)
        letter = self.known.get(node.key) or self.opaque[node.key]
        return self.generators[letter], one

    def _sum(self, node: Core) -> tuple[Poly, Poly]:
        top, bottom = self.fraction(node.parts[0])
        for part in node.parts[1:]:
            more_top, more_bottom = self.fraction(part)
            if more_bottom == bottom:
                top = top + more_top
            else:
                top = _small(top, more_bottom) + _small(more_top, bottom)
                bottom = _small(bottom, more_bottom)
        return top, bottom

    def _power(self, base: Core, exponent: Fraction) -> tuple[Poly, Poly]:
        if exponent.denominator > 1:
            letter = self.known[self.root_key(base, exponent.denominator)]
            pair = self.generators[letter], self.constant(Fraction(1))
        else:
            pair = self.fraction(base)
        count = abs(exponent.numerator)
        top, bottom = _raised(pair[0], count), _raised(pair[1], count)
        return (top, bottom) if exponent > 0 else (bottom, top)

    def expression(self, poly: Poly) -> Core:
        """The polynomial as an expression again."""
        letters = [self.nodes.get(name, q(1)) for name in self.context.names()]
        terms = []
        for powers, value in poly.to_dict().items():
            parts = [
                power(letter, q(int(count))) for letter, count in zip(letters, powers, strict=True) if count
            ]
            terms.append(mul(q(Fraction(int(value.p), int(value.q))), *parts))
        return add(*terms)

    def without_roots(self, poly: Poly) -> Poly:
        """A polynomial in the letters alone that vanishes wherever `poly` does (its norm)."""
        for root in reversed(self.roots):
            generator = self.generators[root.letter]
            if poly.degrees()[self.context.variable_to_index(root.letter)] == 0:
                continue
            top, bottom = self.fraction(root.radicand)
            relation = _small(bottom, _raised(generator, root.degree)) - top
            poly = poly.resultant(relation, root.letter)
            if len(poly) > limits.MAX_EXPANDED_TERMS:
                raise TooBig
        return poly


def _small(left: Poly, right: Poly) -> Poly:
    if len(left) * len(right) > 40 * limits.MAX_EXPANDED_TERMS:
        raise TooBig
    out = left * right
    if len(out) > limits.MAX_EXPANDED_TERMS:
        raise TooBig
    return out


def _raised(poly: Poly, count: int) -> Poly:
    """poly^count, refused before it grows: a power of t terms in n letters has at most C(n·count…) terms."""
    terms = len(poly)
    if terms <= 1:
        if count > limits.MAX_EXPONENT:
            raise TooBig
        return poly**count
    if terms > 1 and (count + 1) ** min(terms - 1, 6) > 200 * limits.MAX_EXPANDED_TERMS:
        raise TooBig
    if count * max(poly.degrees(), default=0) > limits.MAX_DEGREE:
        raise TooBig
    out = poly**count
    if len(out) > limits.MAX_EXPANDED_TERMS:
        raise TooBig
    return out


def factors(poly: Poly) -> list[Poly]:
    """The irreducible factors of a polynomial over the rationals, without the constant, once each."""
    _, found = poly.factor()
    return [factor / factor.leading_coefficient() for factor, _ in found]

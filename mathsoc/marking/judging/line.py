"""Statements about one real letter, compared exactly: the line is cut where a truth can change.

The cuts are the real roots of the polynomials behind each relation (roots and |…| eliminated by resultants).
Between two cuts one rational point speaks for all; each cut is tested itself. So the two statements are
compared as sets of numbers, and a lost or an extra solution is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lcm

from flint import fmpq, fmpz_poly

from ..algebra.balls import Unclear, accuracy, evaluate, is_real, precision, surely_not_real
from ..algebra.node import ZERO, Core, symbols, walk
from ..algebra.quotients import Poly, Ring, TooBig, factors
from ..algebra.replacing import replace
from ..results import Finding, Undecided
from .constant_zeros import NotSolvable, real_zeros
from .cuts import BITS, FINE_BITS, AnyCut, ConstantCut, Cut, Place, UniPoly, between, in_order, real_roots
from .formulas import Formula, atoms

_MAX_DEGREE = 120
_TELLING_BITS = 180  # a ball around 0 that is wider says nothing


class NotAlgebraic(Undecided):
    """A relation has sines, logarithms and the like: no polynomial tells where its truth changes."""

    def __init__(self) -> None:
        super().__init__("The engine could not decide whether these have the same solutions.", "line")


@dataclass(frozen=True)
class Atom:
    """One value f of a relation f ⋛ 0; `top` and `bottom` where f is a plain quotient of polynomials."""

    value: Core
    top: UniPoly | None = None
    bottom: UniPoly | None = None
    under: tuple[Atom, ...] = ()  # what stands under even roots: negative, the relation says nothing


def compare(answer: Formula, key: Formula, name: str) -> Finding:
    """Do both hold for the same real numbers? Raises NotAlgebraic, TooBig."""
    line = Line(answer, key, name)
    places = line.places()
    told = [(line.holds(answer, place), line.holds(key, place)) for place in places]
    method = "exact" if line.rational else "ball"
    if all(mine == theirs for mine, theirs in told):
        return Finding(True, method)
    return different(told, method)


def different(told: list[tuple[bool, bool]], method: str) -> Finding:
    """The reason why the solutions differ, from the truths at the tested places."""
    extra = any(mine and not theirs for mine, theirs in told)
    lost = any(theirs and not mine for mine, theirs in told)
    if extra and not lost:
        return Finding(False, method, "This has solutions that are not right.", "extra")
    if lost and not extra and any(mine for mine, _ in told):
        return Finding(False, method, "Some solutions are missing.", "lost")
    return Finding(False, method, "This does not have the right solutions.", "value")


class Line:
    """All relations of two statements about one letter."""

    def __init__(self, answer: Formula, key: Formula, name: str) -> None:
        self.name = name
        self.atoms: dict[str, Atom] = {}
        self.cuts: dict[str, AnyCut] = {}
        self.rational = True
        for value in atoms(answer) + atoms(key):
            if value.key not in self.atoms:
                self.atoms[value.key] = self.atom(value)

    def atom(self, value: Core) -> Atom:
        ring = Ring.of(value)
        if any(symbols(ring.nodes[letter]) for letter in ring.opaque.values()):
            raise NotAlgebraic
        top, bottom = ring.fraction(value)
        for root in ring.roots:
            for poly in ring.fraction(root.radicand):
                self.cut_at(ring, poly)
        self.cut_at(ring, top)
        self.cut_at(ring, bottom)
        if ring.roots or ring.opaque:
            self.rational = False
            even = [root.radicand for root in ring.roots if root.degree % 2 == 0 and symbols(root.radicand)]
            return Atom(value, under=tuple(map(self.atom, even)))
        common = top.gcd(bottom)
        return Atom(value, self.univariate(ring, top / common), self.univariate(ring, bottom / common))

    def cut_at(self, ring: Ring, poly: Poly) -> None:
        """Add the real roots of a polynomial to the cuts."""
        if poly.is_constant():
            return
        norm = ring.without_roots(poly)
        if norm.is_constant():
            return
        for factor in factors(norm):
            if any(factor.degrees()[ring.context.variable_to_index(t)] for t in ring.opaque.values()):
                self.constant_cuts(ring, factor)
                continue
            single = self.univariate(ring, factor)
            if single.degree() > _MAX_DEGREE:
                raise TooBig
            for index, _ in enumerate(real_roots(single, BITS)):
                self.cuts[f"{single}#{index}"] = Cut(single, index)

    def constant_cuts(self, ring: Ring, factor: Poly) -> None:
        try:
            found = real_zeros(ring, factor, self.name)
        except NotSolvable as error:
            raise NotAlgebraic from error
        self.cuts |= {value.key: ConstantCut(value) for value in found}

    def univariate(self, ring: Ring, poly: Poly) -> UniPoly:
        """As a polynomial of the one letter, with whole coefficients."""
        place = ring.names.index(self.name) if self.name in ring.names else None
        column = None if place is None else ring.context.variable_to_index(f"v{place}")
        terms = {
            (0 if column is None else int(powers[column])): value for powers, value in poly.to_dict().items()
        }
        common = lcm(*(int(value.q) for value in terms.values())) if terms else 1
        degree = max(terms, default=0)
        return fmpz_poly([int(terms.get(power, fmpq(0)) * common) for power in range(degree + 1)])

    def places(self) -> list[Place]:
        """Every cut, and a rational number in every gap."""
        cuts = in_order(list(self.cuts.values()))
        if not cuts:
            return [fmpq(1, 3)]
        balls = [cut.ball(BITS) for cut in cuts]
        places: list[Place] = [between(balls[0] - 1, balls[0])]
        for cut, here, following in zip(cuts, balls, [*balls[1:], balls[-1] + 1], strict=True):
            places += [cut, between(here, following)]
        return places

    def holds(self, item: Formula, place: Place) -> bool:
        if item.kind in ("true", "false"):
            return item.kind == "true"
        if item.kind == "and":
            return all(self.holds(part, place) for part in item.items)
        if item.kind == "or":
            return any(self.holds(part, place) for part in item.items)
        sign = self.sign(self.atoms[item.value.key], place) if item.value is not None else None
        return sign is not None and RELATIONS[item.op](sign)

    def sign(self, atom: Atom, place: Place) -> int | None:
        """Of f at the place: −1, 0, 1, or None where f has no real value."""
        signs = (self.sign(root, place) for root in atom.under)
        if any(sign is None or sign < 0 for sign in signs):
            return None
        if atom.top is not None and atom.bottom is not None:
            below = _poly_sign(atom.bottom, place)
            return _poly_sign(atom.top, place) * below if below else None
        for bits in (BITS, FINE_BITS):
            try:
                here = place if isinstance(place, fmpq) else place.ball(bits)
                value = evaluate(atom.value, {self.name: here}, bits)
            except Unclear:
                continue
            if surely_not_real(value):
                return None
            real = value if is_real(value) else value.real
            if not real.contains(0):
                return 1 if real > 0 else -1
            if real == 0 or (bits == FINE_BITS and accuracy(real) > _TELLING_BITS):
                return 0
        return self.at_the_edge(atom, place)

    def vanishes(self, value: Core, place: Cut) -> bool:
        """Is a value that is a plain quotient of polynomials exactly 0 at a cut?"""
        ring = Ring.of(value)
        if ring.roots or ring.opaque:
            return False
        top, _ = ring.fraction(value)
        return bool(self.univariate(ring, top).gcd(place.poly).degree() > 0)

    def at_the_edge(self, atom: Atom, place: Place) -> int | None:
        """√(x−1) at x = 1: no ball holds only numbers above, but what stands under the root is exactly 0."""
        if not isinstance(place, Cut):
            return None
        try:
            value = evaluate(
                _with_zero_radicands(atom.value, self, place), {self.name: place.ball(BITS)}, BITS
            )
        except Unclear:
            return None
        if surely_not_real(value):
            return None
        real = value if is_real(value) else value.real
        return 0 if real.contains(0) else (1 if real > 0 else -1)


def _with_zero_radicands(value: Core, line: Line, place: Cut) -> Core:
    """The value with every root of something that is exactly 0 here replaced by 0."""
    replaced = value
    for node in walk(value):
        root = node.kind == "^" and node.parts[1].kind == "q" and node.parts[1].value.denominator > 1
        if root and node.parts[1].value > 0 and line.vanishes(node.parts[0], place):
            replaced = replace(replaced, {node.key: ZERO})
    return replaced


RELATIONS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _poly_sign(poly: UniPoly, place: Place) -> int:
    if isinstance(place, fmpq):
        value = poly(place)
        return int(value > 0) - int(value < 0)
    if isinstance(place, Cut) and poly.gcd(place.poly).degree() > 0:
        return 0
    for bits in (BITS, FINE_BITS, 4 * FINE_BITS):
        with precision(bits):
            ball = poly(place.ball(bits))
        if not ball.contains(0):
            return 1 if ball > 0 else -1
    raise Undecided("The engine could not decide this.", "line")

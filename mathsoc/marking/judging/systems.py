"""Polynomial equations joined by `and` and `or`, compared exactly by their irreducible components.

Each system is brought to reduced Gröbner bases and split along factors until nothing factors any more.
The solutions compared are the complex ones: x = 1 is not all of (x − 1)(x² + x + 1) = 0.
"""

from __future__ import annotations

from math import lcm
from typing import Any, TypeAlias

from flint import Ordering, fmpz_mpoly_ctx, fmpz_mpoly_vec

from ..algebra.node import Core
from ..algebra.quotients import Ring, TooBig
from ..results import Finding
from .formulas import Formula, atoms

IntPoly: TypeAlias = Any
_BASIS_LIMITS = (40, 400, 4000)
_MOST_SYSTEMS = 64
_MOST_SPLITS = 400


def _untyped(value: Any) -> Any:
    """The stubs of python-flint give the wrong type to a basis."""
    return value


class NotPolynomial(Exception):
    """The statements are no systems of polynomial equations."""


def compare(answer: Formula, key: Formula) -> Finding | None:
    """Whether both have the same solutions; None where it cannot be told. Raises NotPolynomial."""
    values = atoms(answer) + atoms(key)
    ring = Ring.of(*values)
    if ring.roots or ring.opaque:
        raise NotPolynomial
    solver = _Solver(ring)
    mine, theirs = solver.components(answer), solver.components(key)
    if mine == theirs:
        return Finding(True, "exact")
    return _told(mine, theirs, solver)


def _told(mine: set[str], theirs: set[str], solver: _Solver) -> Finding | None:
    """Curves of one polynomial and single points tell a difference; others may lie in each other."""
    plain = all(name in solver.plain for name in mine ^ theirs)
    if not plain:
        return None
    extra, lost = mine - theirs, theirs - mine
    if extra and not lost and theirs:
        return Finding(False, "exact", "This has solutions that are not right.", "extra")
    if lost and not extra and mine:
        return Finding(False, "exact", "Some solutions are missing.", "lost")
    return Finding(False, "exact", "This does not have the right solutions.", "value")


class _Solver:
    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        names = [f"v{index}" for index in range(len(ring.names))] or ["unused"]
        self.context = fmpz_mpoly_ctx.get(names, Ordering.lex)
        self.plain: set[str] = set()  # components that no other component can contain or lie in
        self.splits = 0

    def components(self, item: Formula) -> set[str]:
        """The names of the irreducible components of all solutions."""
        found: set[str] = set()
        for system in self.systems(item):
            found |= self.split(system)
        return found

    def systems(self, item: Formula) -> list[list[IntPoly]]:
        """The formula as a list of systems, one of which must hold."""
        if item.kind == "true":
            return [[]]
        if item.kind == "false":
            return []
        if item.kind == "atom":
            if item.op != "=" or item.value is None:
                raise NotPolynomial
            return [[self.polynomial(item.value)]]
        parts = [self.systems(part) for part in item.items]
        if item.kind == "or":
            return [system for part in parts for system in part]
        out: list[list[IntPoly]] = [[]]
        for part in parts:
            out = [[*one, *other] for one in out for other in part]
            if len(out) > _MOST_SYSTEMS:
                raise TooBig
        return out

    def polynomial(self, value: Core) -> IntPoly:
        """The numerator in lowest terms, with whole coefficients."""
        top, bottom = self.ring.fraction(value)
        terms = (top / top.gcd(bottom)).to_dict()
        common = lcm(*(int(number.q) for number in terms.values())) if terms else 1
        return self.context.from_dict({powers: int(number * common) for powers, number in terms.items()})

    def split(self, system: list[IntPoly]) -> set[str]:
        self.splits += 1
        if self.splits > _MOST_SPLITS:
            raise TooBig
        basis = self.basis(system)
        if any(poly.is_constant() for poly in basis):
            return set()
        for index, poly in enumerate(basis):
            factors = [factor for factor, _ in poly.factor()[1]]
            if len(factors) > 1 or factors[0].total_degree() < poly.total_degree():
                rest = basis[:index] + basis[index + 1 :]
                return {name for factor in factors for name in self.split([*rest, factor])}
        return {self.name(basis)}

    def basis(self, system: list[IntPoly]) -> list[IntPoly]:
        polys = [poly.primitive()[1] for poly in system if not poly.is_zero()]
        if len(polys) > 1:
            vector, done = fmpz_mpoly_vec(polys, self.context).buchberger_naive(limits=_BASIS_LIMITS)
            if not done:
                raise TooBig
            polys = list(_untyped(vector).autoreduction(groebner=True))
        return [poly if poly.leading_coefficient() > 0 else -poly for poly in polys]

    def name(self, basis: list[IntPoly]) -> str:
        name = "; ".join(sorted(map(str, basis)))
        point = len(basis) == len(self.ring.names) and all(poly.total_degree() == 1 for poly in basis)
        if len(basis) <= 1 or point:
            self.plain.add(name)
        return name

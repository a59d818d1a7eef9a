"""Does a statement hold at a point that is known only as a ball? Yes, no, or not to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import acb

from ..algebra.balls import Ball, Unclear, evaluate, is_real, surely_not_real
from ..algebra.node import Core
from ..algebra.quotients import Ring
from . import space
from .formulas import Formula

_BITS = 200
_FLAT = 1e-10  # a ball around 0 that is wider says nothing


@dataclass(frozen=True)
class At:
    """A zero of the polynomial called `shape` in the ring, caught in a ball."""

    point: Mapping[str, Ball]
    ring: Ring
    shape: str

    def holds(self, item: Formula, sure: bool) -> bool | None:
        """None where it cannot be seen. What looks like 0 counts as 0, unless it must be `sure`."""
        if item.kind in ("true", "false"):
            return item.kind == "true"
        if item.items:
            found = [self.holds(part, sure) for part in item.items]
            settling = item.kind == "or"
            if settling in found:
                return settling
            return None if None in found else not settling
        return None if item.value is None else self._relation(item.op, item.value, sure)

    def _relation(self, op: str, value: Core, sure: bool) -> bool | None:
        if op == "=" and self.shape in space.irreducible(self.ring, [value]):
            return True if self._divided(value) else None
        try:
            there = evaluate(value, self.point, _BITS)
        except Unclear:
            return None
        if surely_not_real(there):
            return False
        if not is_real(there):
            return None
        if there.contains(0):
            return None if sure or op != "=" or float(there.rad()) > _FLAT else True
        return {"=": False, "!=": True}.get(op, bool(there > 0))

    def _divided(self, value: Core) -> bool:
        """Is the denominator surely not 0? sin(x)/x is not 0 at 0."""
        try:
            return not acb(evaluate(space.denominator(self.ring, value), self.point, _BITS)).contains(0)
        except Unclear:
            return False

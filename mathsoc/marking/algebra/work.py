"""How much may be built where nothing can stop it: short texts can stand for enormous expressions.

500! has four thousand bits, and cosh(cosh(…)) doubles with every step; both are short to type.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..results import NeedsPool

_IN_PLACE = 600_000  # characters of all keys, which is some tens of milliseconds
_FOR_EACH = 60  # what a node costs beside its key
_left: ContextVar[list[int] | None] = ContextVar("left", default=None)


@contextmanager
def bounded() -> Iterator[None]:
    """Inside, building too much raises NeedsPool: in the pool the work can be ended."""
    before = _left.set([_IN_PLACE])
    try:
        yield
    finally:
        _left.reset(before)


def spend(size: int) -> None:
    """Count a node whose key has this size."""
    left = _left.get()
    if left is None:
        return
    if left[0] < 0:
        raise NeedsPool
    left[0] -= size + _FOR_EACH

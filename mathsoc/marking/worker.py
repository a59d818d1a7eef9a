"""The one task of a marking worker, in a module of its own so that a worker loads it and no more."""

from __future__ import annotations

from .engine import mark
from .results import Verdict
from .scheme import Scheme


def task(answer: str, scheme: Scheme, notation: str) -> Verdict:
    """Mark one answer with every layer."""
    return mark(answer, scheme, notation)

"""Text in, verdict out: the marking engine. Pure but for `pool`; imports neither web nor database."""

from .engine import mark
from .reading import read, read_key
from .results import MarkingError, Problem, SchemeError, Verdict
from .scheme import Scheme
from .shown import Reading

__all__ = [
    "MarkingError",
    "Problem",
    "Reading",
    "Scheme",
    "SchemeError",
    "Verdict",
    "mark",
    "read",
    "read_key",
]

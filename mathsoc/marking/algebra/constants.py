"""Two constants compared by balls that shrink until they part."""

from __future__ import annotations

from .. import limits
from ..results import Finding, Undecided
from .balls import Unclear, accuracy, differ, evaluate
from .core import subtract
from .node import Core


def compare(answer: Core, key: Core) -> Finding:
    """Certainly different, or equal to thousands of digits. Raises Undecided where a value is unclear."""
    difference = subtract(answer, key)
    agreed = 0
    for bits in limits.PRECISIONS:
        try:
            left, right = evaluate(answer, {}, bits), evaluate(key, {}, bits)
            rest = evaluate(difference, {}, bits)
        except Unclear:
            continue
        if differ(left, right) or differ(rest, 0):
            return Finding(False, "ball", "The value is different.", "value")
        if all(accuracy(value) > bits // 3 for value in (left, right)):  # else the balls are too wide to tell
            agreed = bits
    if not agreed:
        raise Undecided("This value could not be worked out.", "ball")
    return Finding(True, "ball")

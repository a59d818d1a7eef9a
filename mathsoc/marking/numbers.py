"""Kind number: exact equality, or within the tolerance that the question allows."""

from __future__ import annotations

from . import judges
from .results import Finding
from .scheme import Scheme
from .tree import Node


def judge(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    return judges.values_equal(answer, key, in_place)

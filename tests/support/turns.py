"""Long tests of many people, to whom the kind of database makes no difference, but whom it must all serve."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import cycle

import pytest

KINDS = ("sqlite", "postgresql")


def in_turns(people: Iterable[str], *, later: Container[str] = ()) -> pytest.MarkDecorator:
    """Run a test for each `who` of the people on one database, the next on the other.

    Those `later` wait for the drills: what they may do others may do too.
    """
    pairs = [
        pytest.param(who, kind, marks=pytest.mark.drill if who in later else ())
        for who, kind in zip(people, cycle(KINDS))
    ]
    return pytest.mark.parametrize(("who", "database_url"), pairs, indirect=["database_url"])

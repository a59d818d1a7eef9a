"""A true rewriting of an answer is never called wrong, and hardly ever left undecided."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathsoc.marking import Scheme, mark
from tests.marking.rewriting import any_pair

CENSUS = 600


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_true_rewriting_is_never_wrong(chance: Random) -> None:
    kind, key, answer = any_pair(chance)
    assert mark(answer, Scheme(kind, key)).outcome != "incorrect", (kind, key, answer)


def test_rewritings_are_hardly_ever_left_undecided() -> None:
    census: Counter[str] = Counter()
    for seed in range(CENSUS):
        kind, key, answer = any_pair(Random(seed))
        outcome = mark(answer, Scheme(kind, key)).outcome
        census[outcome] += 1
        assert outcome in ("correct", "undecided"), (outcome, kind, key, answer)
    assert census["correct"] >= 0.98 * CENSUS, census

"""A true rewriting of an answer is never called wrong, and hardly ever left undecided."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathsoc.marking import Scheme, mark, read
from tests.marking.rewriting import any_pair

CENSUS = 600


def outcome(kind: str, key: str, answer: str) -> str:
    """What comes of it; `too big` where chance has built a tower that the reader refuses."""
    for text in (key, answer):
        problem = read(text, Scheme(kind)).problem
        if problem is not None:
            assert "too big" in problem.message, (text, problem)
            return "too big"
    return mark(answer, Scheme(kind, key)).outcome


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_true_rewriting_is_never_wrong(chance: Random) -> None:
    kind, key, answer = any_pair(chance)
    assert outcome(kind, key, answer) != "incorrect", (kind, key, answer)


def test_rewritings_are_hardly_ever_left_undecided() -> None:
    census: Counter[str] = Counter()
    for seed in range(CENSUS):
        kind, key, answer = any_pair(Random(seed))
        found = outcome(kind, key, answer)
        census[found] += 1
        assert found != "incorrect", (kind, key, answer)
    assert census["correct"] >= 0.98 * CENSUS, census

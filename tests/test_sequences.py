"""What two rows have in common: always the same in both, the most there is, and at once."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathsoc import sequences
from mathsoc.sequences import Work, stretches

ROWS = st.lists(st.sampled_from("abcde"), max_size=12)
ENOUGH = 1_000_000


@given(ROWS, ROWS, st.sampled_from([ENOUGH, 50, 10, 0]))
def test_what_is_found_is_the_same_in_both_and_in_order(one: list[str], other: list[str], left: int) -> None:
    at = to = 0
    for here, there, size in stretches(one, other, Work(left)):
        assert size and here >= at and there >= to
        assert one[here : here + size] == other[there : there + size]
        at, to = here + size, there + size


@given(ROWS, ROWS)
def test_without_things_that_stand_once_it_is_the_most_there_is(one: list[str], other: list[str]) -> None:
    best = [0] * (len(other) + 1)
    for item in one:
        row = [0]
        for number, there in enumerate(other):
            row.append(best[number] + 1 if item == there else max(row[-1], best[number + 1]))
        best = row
    parts = [[(ord(item), at) for at, item in enumerate(row)] for row in (one, other)]
    assert len(sequences._most(*parts, Work(ENOUGH))) == best[-1]


def test_what_stands_once_in_both_belongs_together() -> None:
    assert stretches("xxxAxxx", "xAx", Work(ENOUGH)) == [(0, 0, 1), (3, 1, 1), (6, 2, 1)]
    assert stretches("abc", "abc", Work(0)) == [(0, 0, 3)], "beginnings and ends need no work"
    assert stretches("abc", "xyz", Work(ENOUGH)) == []


def test_two_comparisons_share_the_work() -> None:
    work = Work(100)
    stretches("ab" * 10, "ba" * 10, work)
    assert 0 < work.left < 100
    assert work.take(work.left) and not work.take(1)


LENGTH = 30_000
CHANCE = random.Random(7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0] * LENGTH, [number % 2 and number for number in range(LENGTH)]),
        (list(range(LENGTH)), list(range(LENGTH))[::-1]),
        ([number // 2 for number in range(LENGTH)], [number // 2 for number in range(LENGTH)][::-1]),
        *((CHANCE.choices(range(many), k=LENGTH), CHANCE.choices(range(many), k=LENGTH)) for many in (2, 50)),
        ([1, 2, *[0] * LENGTH, 2, 1], [2, 1, *[0] * (LENGTH - 9), 1, 2]),
    ],
    ids=["one of them alone", "turned", "turned pairs", "two by chance", "fifty by chance", "long stretch"],
)
def test_any_rows_are_compared_at_once(one: list[int], other: list[int]) -> None:
    began = time.process_time()
    stretches(one, other, Work(ENOUGH))
    assert time.process_time() - began < 1

"""What a box takes and why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mathsoc.challenges.rules import Phase
from mathsoc.submissions.rules import Sent, box_state, competes, letter, next_recorded, refusal
from tests.support.world import noon

WRONG, RIGHT, WAITING = Sent("incorrect", 1), Sent("correct", 2), Sent("undecided", None)


@pytest.mark.parametrize(
    ("phase", "attempts", "counts", "name"),
    [
        (Phase.OPEN, [], True, "open"),
        (Phase.OPEN, [WRONG], True, "open"),
        (Phase.OPEN, [WRONG, RIGHT], True, "solved"),
        (Phase.OPEN, [WRONG, WRONG, WRONG], True, "spent"),
        (Phase.OPEN, [WAITING], True, "open"),
        (Phase.OPEN, [], False, "readonly"),
        (Phase.LOCKED, [RIGHT], True, "locked"),
        (Phase.PRACTICE, [], True, "practice"),
    ],
)
def test_the_state_of_a_box(phase: Phase, attempts: list[Sent], counts: bool, name: str) -> None:
    state = box_state(phase, 3, attempts, competes=counts)
    assert state.name == name
    assert (refusal(state) is None) == (name == "open")


def test_undecided_answers_hold_tries_so_that_nobody_guesses_for_ever() -> None:
    for sends, name in ((1, "open"), (2, "open"), (3, "waiting"), (9, "waiting")):
        state = box_state(Phase.OPEN, 3, [Sent("undecided", None, sends)], competes=True)
        assert (state.name, state.left) == (name, 3)
    assert box_state(Phase.OPEN, 3, [WRONG, Sent("undecided", None, 2)], competes=True).name == "waiting"


def test_an_undecided_answer_costs_nothing() -> None:
    assert box_state(Phase.OPEN, 3, [WAITING], competes=True).left == 3


def test_whose_answers_count() -> None:
    assert competes(may_score=True, answers="any", own_stage_id=1, stage_id=2)
    assert competes(may_score=True, answers="own", own_stage_id=2, stage_id=2)
    assert not competes(may_score=True, answers="own", own_stage_id=1, stage_id=2)
    assert not competes(may_score=True, answers="own", own_stage_id=None, stage_id=2)
    assert not competes(may_score=False, answers="any", own_stage_id=2, stage_id=2)


def test_recorded_moments_only_go_forward() -> None:
    assert next_recorded(noon(), None) == noon()
    assert next_recorded(noon(2), noon(1)) == noon(2)
    assert next_recorded(noon(1), noon(2)) == noon(2) + timedelta(microseconds=1)


def test_letters() -> None:
    assert [letter(0), letter(25), letter(26)] == ["a", "z", "27"]

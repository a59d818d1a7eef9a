"""What is asked is words, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathsoc.search import rules
from mathsoc.search.rules import START, STOP, Query


@pytest.mark.parametrize(
    ("asked", "phrases", "open_end"),
    [
        ("squares", [("squares",)], True),
        ("Squares in a row", [("Squares",), ("row",)], True),
        ('"squares in a row" prime', [("squares", "in", "a", "row"), ("prime",)], True),
        ('"squares in a row"', [("squares", "in", "a", "row")], False),
        ('"never closed', [("never", "closed")], True),
        ("“curly marks” too", [("curly", "marks")], False),
        ("x+1", [("x", "1")], False),
        ("well-known fact", [("well", "known"), ("fact",)], True),
        ("a NOT b* OR NEAR(c)", [("b",), ("NEAR", "c")], False),
        ("primes primes", [("primes",)], True),
        ("pi", [("pi",)], False),
        ("the of", [], False),
        ("  *  \" ' -- ) ", [], False),
        ("", [], False),
        ("קרא ואמור", [("קרא",), ("ואמור",)], True),
    ],
)
def test_what_is_typed_is_read_as_words(asked: str, phrases: list[tuple[str, ...]], open_end: bool) -> None:
    assert rules.read(asked) == Query(tuple(phrases), open_end)


@given(st.text(max_size=400))
def test_a_query_has_letters_and_digits_alone(asked: str) -> None:
    query = rules.read(asked)
    assert len(query.phrases) <= rules.MOST_PHRASES
    for word in (word for phrase in query.phrases for word in phrase):
        assert word.isalnum() or all(letter.isalnum() or letter.isnumeric() for letter in word), word
        assert len(word) <= rules.LONGEST_WORD


def test_hits_are_told_from_the_rest() -> None:
    marked = f"one {START}two{STOP} three {START}four{STOP}"
    assert rules.pieces(marked) == [("one ", False), ("two", True), (" three ", False), ("four", True)]
    assert rules.pieces(f"{START}one{STOP}") == [("one", True)]
    assert rules.pieces("") == []


@given(st.text(max_size=200))
def test_no_stored_text_has_the_signs_that_stand_round_a_hit(text: str) -> None:
    kept = rules.storable(text, 100)
    assert START not in kept and STOP not in kept and "\x00" not in kept and len(kept) <= 100

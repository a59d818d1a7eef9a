"""Two texts made into one: nothing that somebody wrote is lost."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathsoc.writing import rules
from tests.support.world import noon

PARAGRAPHS = st.lists(st.sampled_from([f"<p>{letter}</p>" for letter in "abcdefghij"]), max_size=8)
# Begun from the same, so that most of it is alike.
CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "take", "swap"]), st.integers(0, 8), st.sampled_from("klmnop")),
    max_size=4,
)


def changed(paragraphs: list[str], changes: list[tuple[str, int, str]], who: str) -> list[str]:
    found = list(paragraphs)
    for what, at, letter in changes:
        own = f"<p>{letter}{who}</p>"
        if what == "put":
            found.insert(at, own)
        elif found and what == "take":
            del found[at % len(found)]
        elif found:
            found[at % len(found)] = own
    return found


@given(PARAGRAPHS, CHANGES, CHANGES)
def test_a_merge_loses_nobodys_words(base: list[str], one: list[tuple], other: list[tuple]) -> None:  # type: ignore[type-arg]
    mine, theirs = changed(base, one, " mine"), changed(base, other, " theirs")
    merged = rules.merge("\n".join(base), "\n".join(mine), "\n".join(theirs))
    blocks = rules.blocks(merged.text)
    for paragraph in {*mine, *theirs} - set(base):
        assert paragraph in blocks
    for paragraph in set(base) & set(mine) & set(theirs):
        # Of one that was there twice each may have taken another.
        assert paragraph in blocks or base.count(paragraph) > 1
    assert rules.has_marks(merged.text) == bool(merged.conflicts)
    assert sum(f"<p>{mark}</p>" in blocks for mark in rules.MARKS) in (0, 3)
    if mine in (base, theirs) or theirs == base:
        assert not merged.conflicts
        assert blocks == (theirs if mine == base else mine)
    # Without the marks, each side's own text can be read off a conflict, in its order.
    back = rules.merge("\n".join(base), "\n".join(theirs), "\n".join(mine))
    assert back.conflicts == merged.conflicts


def test_changes_in_different_places_come_together() -> None:
    base = "<p>one</p>\n<p>two</p><p>three</p>"
    mine, theirs = base.replace("one", "first"), base.replace("three", "third")
    assert rules.merge(base, mine, theirs) == rules.Merged("<p>first</p>\n<p>two</p>\n<p>third</p>", 0)


def test_a_place_that_both_changed_has_both_between_marks() -> None:
    merged = rules.merge("<p>a</p><p>x</p><p>z</p>", "<p>a</p><p>y</p><p>z</p>", "<p>a</p><p>w</p><p>z</p>")
    assert merged.conflicts == 1
    assert rules.blocks(merged.text) == [
        *("<p>a</p>", f"<p>{rules.MINE}</p>", "<p>y</p>", f"<p>{rules.THEIRS}</p>", "<p>w</p>"),
        *(f"<p>{rules.END}</p>", "<p>z</p>"),
    ]
    # One took it away, the other rewrote it.
    assert "<p>y</p>" in rules.merge("<p>x</p>", "", "<p>y</p>").text


def test_what_both_added_to_a_long_text_comes_after_it() -> None:
    base = "".join(f"<p>{number}</p>" for number in range(2_000))
    merged = rules.merge(base, base + "<p>mine</p>", base + "<p>theirs</p>")
    assert merged.conflicts == 1 and len(rules.blocks(merged.text)) == 2_000 + 5


OVER_AND_OVER = "<p>x</p>"
TURNED = [f"<p>{number}</p>" for number in range(10_000)]
SHUFFLED = random.Random(7)


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        (OVER_AND_OVER * 10_000, f"{OVER_AND_OVER}<p>a</p>" * 6_000, f"<p>b</p>{OVER_AND_OVER}" * 6_000),
        ("".join(TURNED), "".join(TURNED[::-1]), "".join(TURNED[1::2] + TURNED[::2])),
        tuple("".join(SHUFFLED.choice(TURNED[:9]) for _ in range(9_000)) for _ in range(3)),
    ],
    ids=["over and over", "turned", "shuffled"],
)
def test_any_long_texts_are_made_into_one_at_once(base: str, mine: str, theirs: str) -> None:
    began = time.process_time()
    merged = rules.merge(base, mine, theirs)
    assert time.process_time() - began < 2
    assert not set(rules.blocks(mine)) - set(rules.blocks(merged.text)) - set(rules.blocks(base))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("words", ["words"]),
        ("<p>a</p>\n\n<p>b</p>", ["<p>a</p>", "<p>b</p>"]),
        ("a <b>b</b> c<p>d</p>e", ["a <b>b</b> c", "<p>d</p>", "e"]),
        ("<ul><li>a</li><li>b</li></ul><hr>c<br>d", ["<ul><li>a</li><li>b</li></ul>", "<hr>", "c<br>d"]),
        ('<div data-latex="a/&gt;b">a</div><p>c</p>', ['<div data-latex="a/&gt;b">a</div>', "<p>c</p>"]),
        ("<blockquote><p>a</p></blockquote><h2>b</h2>", ["<blockquote><p>a</p></blockquote>", "<h2>b</h2>"]),
        ("</p>odd<p>open", ["</p>", "odd<p>open"]),
    ],
)
def test_a_text_is_cut_between_its_outermost_elements(text: str, blocks: list[str]) -> None:
    assert rules.blocks(text) == blocks


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<br>", "<hr>", "a", " b ", "&lt;", "\n"]
    )
)


@given(MARKUP)
def test_cutting_loses_nothing(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join("".join(rules.blocks(text)).split()) == "".join(text.split())


def test_what_both_added_to_the_same_line_over_and_over_is_between_marks() -> None:
    base = "<p>a</p>" * 200
    merged = rules.merge(base, base + "<p>mine</p>", base + "<p>theirs</p>")
    assert merged.conflicts == 1 and "mine" in merged.text and "theirs" in merged.text


def test_minutes_in_words() -> None:
    assert rules.minutes(noon(), noon()) == 1
    assert rules.minutes(noon(), noon() + timedelta(seconds=200)) == 3


@pytest.mark.parametrize(("text", "marked"), [("<p>⟪ yours: ⟫</p>", True), ("<p>⟨x⟩ yours:</p>", False)])
def test_marks_are_seen(text: str, marked: bool) -> None:
    assert rules.has_marks(text) is marked

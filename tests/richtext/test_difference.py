"""What became of a text: the words of both sides stand in it, and any two texts are compared at once."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mathsoc import richtext

PIECES = st.sampled_from(
    [
        *("a", "b", "c", " ", "  ", "a b", " c ", "\n", "<b>a</b>", "<b>b </b>", "<i> c</i>", "<br>"),
        *("</p><p>", "</p><h2>", "</p><pre>", "</p><ul><li>", "</p><blockquote><p>", "</p><hr><p>"),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map(lambda pieces: richtext.clean(f"<p>{''.join(pieces)}</p>"))


def words(html: str) -> list[str]:
    """As a browser shows them: a block or a line is the end of a word, a mark is not."""
    apart = re.sub(r"</?+(?!strong>|em>|del>|ins>)[^>]*>", " ", html.replace("<hr>", " — — — "))
    return re.sub("<[^>]*>", "", apart).split()


@given(TEXTS, TEXTS)
@example("<p>a</p>", "<p>a b</p>")
@example("<p>a <strong>b</strong> c</p>", "<p>a<em>c</em></p>")
def test_each_side_of_a_difference_has_its_words(old: str, new: str) -> None:
    shown = str(richtext.diff(old, new))
    assert words(re.sub(r"<ins>.*?</ins>", "", shown, flags=re.DOTALL)) == words(old)
    assert words(re.sub(r"<del>.*?</del>", "", shown, flags=re.DOTALL)) == words(new)
    if old == new:
        assert "<ins>" not in shown and "<del>" not in shown


def test_what_follows_the_last_word_does_not_change_it() -> None:
    assert richtext.diff("<p>two primes</p>", "<p>two primes more</p>") == "<p>two primes <ins>more</ins></p>"
    assert richtext.diff("<p>two primes more</p>", "<p>two primes</p>") == "<p>two primes <del>more</del></p>"


def test_only_where_lines_are_kept_a_gap_is_a_difference() -> None:
    assert richtext.diff("<p>a  b</p>", "<p>a\nb</p>") == "<p>a b</p>"
    code = "<pre><code>a\n  b</code></pre>"
    shown = re.sub("</?code>", "", richtext.diff(code, code.replace("  b", "    b")))
    assert shown == "<pre><del>a\n  </del><ins>a\n    </ins>b</pre>"


CHANCE = random.Random(7)


def by_chance(many: int, length: int) -> str:
    return " ".join(f"w{number}" for number in CHANCE.choices(range(many), k=length))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>x</p>" * 1_900, "".join(f"<p>x</p><p>{number}</p>" for number in range(950))),
        (
            f"<p>{' '.join(['x'] * 60_000)}</p>",
            f"<p>{' '.join(f'x {number}' for number in range(20_000))}</p>",
        ),
        *((f"<p>{by_chance(many, 30_000)}</p>", f"<p>{by_chance(many, 30_000)}</p>") for many in (2, 700)),
        tuple("".join(f"<p>{by_chance(200, 700)}</p>" for _ in range(50)) for _ in range(2)),
        tuple("".join(f"<p>{by_chance(9, 4)}</p>" for _ in range(1_900)) for _ in range(2)),
    ],
    ids=["equal lines", "equal words", "two words", "a long paragraph", "long paragraphs", "short ones"],
)
def test_any_two_texts_are_compared_at_once(old: str, new: str) -> None:
    old, new = richtext.clean(old), richtext.clean(new)
    began = time.process_time()
    richtext.diff(old, new)
    assert time.process_time() - began < 1.5

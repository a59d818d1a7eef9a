"""The sanitiser: narrow, stable, never weaker than its measure, and within its time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathsoc import richtext
from mathsoc.richtext import cleaning, policy
from tests.richtext.judging import ALL, Parts, by_nh3, harmful, ids
from tests.support.payloads import Payload

TAGS = (
    "p b a i u h1 h2 h5 ul ol li table thead tbody tr td th caption pre code div figure figcaption blockquote"
)
RAW = "script style svg math template select textarea title iframe noscript form"
OPENING = st.sampled_from([f"<{tag}>" for tag in f"{TAGS} {RAW}".split()])
CLOSING = st.sampled_from([f"</{tag}>" for tag in f"{TAGS} {RAW}".split()])
ELEMENTS = st.sampled_from(
    [
        "<a href='javascript:1'>",
        '<a href="/x" title="&quot;">',
        "<img src=x onerror=1>",
        '<img src="/uploads/bcdfghjkmn2345678923" alt=\'"<>\' onload=1>',
        "<span data-latex='x^2'>",
        '<div data-latex="\\frac12&amp;amp;lt;">',
        "<td colspan=3 rowspan=1 onclick=1>",
        "<ol start=4>",
        '<code class="language-py x">',
        "<br>",
        "<hr>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<p title='",
    ]
)
TEXTS = st.sampled_from(
    [
        r"\(",
        r"\)",
        r"\[",
        r"\]",
        "$$",
        "$",
        "\\",
        "x<y",
        "<",
        "</",
        "&lt;",
        "&amp;",
        "&amp;lt;",
        "&#106",
        '"',
        "'",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\xa0",
        "\u202e",
        "\x00",
        "hx-get=/x",
        "word",
    ]
)
MARKUP = st.lists(st.one_of(OPENING, CLOSING, ELEMENTS, TEXTS), max_size=25).map("".join)


def harmless_and_stable(source: str) -> str:
    """The text as it is stored, or nothing where it is refused."""
    try:
        cleaned = richtext.clean(source)
    except richtext.TooMuch:
        return ""
    assert not harmful(cleaned)
    assert Parts(cleaned).found <= Parts(by_nh3(cleaned)).found, cleaned
    assert richtext.clean(cleaned) == cleaned
    return cleaned


@pytest.mark.parametrize("payload", ALL, ids=ids)
def test_each_payload_is_harmless_and_stable(payload: Payload) -> None:
    cleaned = harmless_and_stable(payload.text)
    base, page = "https://school.example", "/articles/x"
    for shown in (
        richtext.render(payload.text),
        richtext.render(cleaned),
        richtext.diff(cleaned, payload.text),
    ):
        assert not [one for one in harmful(str(shown), page=True) if one[0] not in ("ins", "del")]
    mail = richtext.for_mail(payload.text, base, page)
    assert not harmful(mail)
    assert not [
        one for one in Parts(mail).values if one[1] == "src" or one[2].startswith("/") or one[1] == "img"
    ]
    richtext.faults(payload.text)
    richtext.text_for_mail(payload.text, base, page)
    if cleaned:
        written = richtext.from_source(richtext.as_source(cleaned))
        assert richtext.from_source(richtext.as_source(written)) == written


def test_the_lists_are_long() -> None:
    assert len(ALL) > 500, "without payloads this shows nothing"


@given(MARKUP)
def test_any_markup_comes_out_harmless_and_stable(source: str) -> None:
    cleaned = harmless_and_stable(source)
    harmless_and_stable(cleaned + source)
    richtext.render(cleaned)


@given(MARKUP)
def test_a_source_is_read_as_what_it_was_written_from(source: str) -> None:
    stored = richtext.from_source(source)
    assert richtext.from_source(richtext.as_source(stored)) == stored


@given(st.text(max_size=200))
def test_any_text_can_be_written_and_read(source: str) -> None:
    cleaned = harmless_and_stable(source)
    richtext.render(cleaned)
    richtext.typeset(source)
    richtext.plain_maths(source)
    richtext.plain(source)


HOLES = {"javascript": '<a href="javascript:1">t</a>', "onclick": "<table><tr><td onclick=1>t</table>"}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_lists_turns_this_red(monkeypatch: pytest.MonkeyPatch, hole: str) -> None:
    """The sanitiser broken once, in each way: the tests above must notice."""
    as_before = policy.attribute
    harmless_and_stable(HOLES[hole])
    monkeypatch.setattr(policy, "PROTOCOLS", policy.PROTOCOLS | {"javascript"})
    monkeypatch.setattr(policy, "ATTRIBUTES", policy.ATTRIBUTES | {"td": ("onclick",)})
    monkeypatch.setattr(
        policy,
        "attribute",
        lambda tag, name, value: value if name == "onclick" else as_before(tag, name, value),
    )
    with pytest.raises(AssertionError):
        harmless_and_stable(HOLES[hole])


def test_bleach_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were our own writing to let something through, bleach would not."""
    monkeypatch.setattr(cleaning, "write", lambda _: "<p onclick=1>x</p><script>1</script>")
    assert richtext.clean("x") == "<p>x</p>"


OURS = '<img src="/uploads/bcdfghjkmn2345678923" alt="t" width="3" height="4">'


def test_what_may_stand_in_a_text() -> None:
    for kept in (
        f"<figure>{OURS}<figcaption>Words <em>below</em></figcaption></figure>",
        '<table><thead><tr><th scope="col" colspan="2">A</th></tr></thead>'
        '<tbody><tr><td rowspan="3">B</td><td></td></tr></tbody></table>',
        '<pre><code class="language-c++">int x;\n  return x &lt; 1;</code></pre>',
        '<p><a href="https://a.example/?x=1&amp;y=2" title="A">a</a> <a href="mailto:a@b.example">b</a></p>',
        '<p><a href="/articles/x#y">here</a>, <a href="#z">there</a><br>x<sub>1</sub><sup>2</sup></p>',
        "<h2>A</h2><h3>B</h3><h4>C</h4><blockquote><p>D</p></blockquote><hr>",
        '<ol start="3"><li>A<ul><li><p>B</p><p>C</p></li></ul></li></ol>',
        '<p>So <span data-latex="a&lt;b">a&lt;b</span>.</p><div data-latex="x">x</div>',
    ):
        assert richtext.clean(kept) == kept


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("<b>a</b><i>b</i><h1>c</h1><h6>d</h6>", "<strong>a</strong><em>b</em><h2>c</h2><h4>d</h4>"),
        ("<div>a</div><div><div>b</div></div>", "<p>a</p><p>b</p>"),
        ("<p>a<p>b<ul><li>c<li>d</ul>", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"),
        ("<p>a \\[x\\] b</p>", '<p>a</p><div data-latex="x">x</div><p>b</p>'),
        ("<strong>a<p>b</p></strong>", "<strong>a</strong><p><strong>b</strong></p>"),
        ("<p> a   b <b> c </b> </p><p> </p>", "<p>a b <strong>c</strong></p>"),
        (
            "<table><tr><td>a<th>b<tr><td>c</table>",
            "<table><tbody><tr><td>a</td><th>b</th></tr><tr><td>c</td></tr></tbody></table>",
        ),
        ("<table>out<tr><td>in</table>", "<p>out</p><table><tbody><tr><td>in</td></tr></tbody></table>"),
        ("<script>1</script>a<style>b</style>", "a"),
        ("<svg><p>a</p></svg>b", "b"),
        ("<font color=red>a</font> &nbsp;b", "a \u00a0b"),
        ("<a href=/x?y=1&z=2>a</a>", '<a href="/x?y=1&amp;z=2">a</a>'),
        ("a < b and <3", "a &lt; b and &lt;3"),
        (
            '<a href="https://a.example/">a<p>b</p></a>',
            '<a href="https://a.example/">a</a><p><a href="https://a.example/">b</a></p>',
        ),
    ],
)
def test_what_becomes_of_other_markup(written: str, stored: str) -> None:
    assert richtext.clean(written) == stored


def test_only_our_own_pictures() -> None:
    assert richtext.pictures(richtext.clean(f"{OURS}<img src=https://x.example/y><img src=/logout>")) == [
        richtext.Picture("bcdfghjkmn2345678923", "t")
    ]


def test_links_are_told_where_they_lead() -> None:
    shown = richtext.render('<a href="https://a.example/">a</a><a href="/x">b</a><a href="//c.example">c</a>')
    assert shown.count('rel="noopener noreferrer nofollow"') == 2
    assert '<a href="/x">b</a>' in shown


@pytest.mark.parametrize(
    "text",
    [
        "x" * (policy.MAX_TEXT + 1),
        "&" * (policy.MAX_TEXT // 2),
        "<br>x" * (policy.MAX_PARTS + 1),
        r"\(x\)" * (policy.MAX_FORMULAS + 1),
        "<blockquote>" * (policy.MAX_DEPTH + 1) + "x",
        "<div>" * 5_000 + "x",
    ],
    ids=["long", "escaped", "parts", "formulas", "deep", "deeper"],
)
def test_too_much_is_refused_in_words_and_shown_in_part(text: str) -> None:
    with pytest.raises(richtext.TooMuch, match=r"^The (parts of the )?text (is|has|stand)"):
        richtext.clean(text)
    assert 0 < len(richtext.render(text)) < 200_000


HARD = {
    "open formulas": r"\(" * 100_000,
    "dollars": "$" * 200_000,
    "backslashes": "\\" * 200_000,
    "comments": "<!--" * 50_000,
    "scripts": "<script>" * 25_000,
    "quotes": "<a '\"" * 40_000,
    "spaces": "<a" + " " * 199_000,
    "attributes": "<a " + "x = " * 49_000 + ">",
    "digits": "&#" + "1" * 190_000 + ";",
    "entities": "&lt;" * 50_000,
    "signs": "<" * 49_000,
    "parts": '<p>x <b>y</b> <a href="/z">z</a></p>' * 1_300,
    "rows": "<table>" + "<tr><td>x" * 1_900,
    "marks": "<b><i><sub><sup><a href=/x>" + "<p>x" * 3_000,
    "ends": "<p>" * 90 + "</b>" * 49_000,
    "wide formulas": (r"\(\def\a{" + "x" * 350 + "}" + r"\a" * 99 + r"\)") * 120,
    "stacks": r"\(" + r"\substack{" * 190 + r"\)",
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_no_text_takes_long(text: str) -> None:
    """A second of one processor's time at most; most take a tenth."""
    began = time.process_time()
    try:
        cleaned = richtext.clean(text)
    except richtext.TooMuch:
        cleaned = ""
    spent = time.process_time() - began
    began = time.process_time()
    richtext.render(cleaned)
    richtext.diff(cleaned, cleaned[::-1][: policy.MAX_TEXT // 4])
    assert max(spent, time.process_time() - began) < 3

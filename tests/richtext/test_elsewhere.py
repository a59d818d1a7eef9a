"""Stored text outside its page: as source, as differences, in mail, in feeds, in summaries."""

from __future__ import annotations

from mathsoc import richtext
from mathsoc.richtext import Fault

BASE, PAGE = "https://maths.example", "https://maths.example/articles/halves"
PICTURE = "/uploads/bcdfghjkmn2345678923"
TEXT = (
    r"<h2>Halves</h2><p>So \(\frac12 < 1\), <a href='/pages/rules'>see <b>the</b> rules</a>.</p>\[x^2=4\]"
    f"<ul><li>one</li><li>two<ol start=3><li>deep</li></ol></li></ul><img src={PICTURE} alt='A square'>"
    "<table><tr><th>a<td>b</table><blockquote>said</blockquote><pre><code class=language-c>a\n b</code></pre>"
)


def test_mail_loads_nothing_and_says_everything() -> None:
    html = richtext.for_mail(TEXT, BASE, PAGE)
    assert "<img" not in html and "src=" not in html and "data-latex" not in html
    assert "So ½ &lt; 1, " in html and f'<a href="{BASE}/pages/rules">' in html
    assert f'<a href="{PAGE}">x² = 4</a>' in html and f'<a href="{PAGE}">[Picture: A square]</a>' in html
    assert html.count(f'href="{PAGE}"') == 3, "the page itself is named at the end"


def test_mail_in_plain_text() -> None:
    assert richtext.text_for_mail(TEXT, BASE, "/articles/halves").split("\n\n") == [
        "Halves\n======",
        f"So ½ < 1, see the rules ({BASE}/pages/rules).",
        "    x² = 4",
        "- one\n- two\n  3. deep",
        "[Picture: A square]",
        "a | b",
        "> said",
        "    a\n     b",
        f"With its formulas and pictures as they are meant, this is on the page:\n{PAGE}\n",
    ]


def test_a_feed_shows_pictures_from_their_full_address() -> None:
    html = richtext.for_feed(TEXT, BASE, PAGE)
    assert f'<img src="{BASE}{PICTURE}" alt="A square">' in html and 'href="/' not in html


def test_a_text_without_formulas_needs_no_way_back() -> None:
    assert richtext.for_mail("<p>Hello</p>", BASE, PAGE) == "<p>Hello</p>"
    assert richtext.text_for_mail("<p>Hello</p>", BASE, PAGE) == "Hello\n"


def test_a_summary_is_words() -> None:
    assert richtext.plain("<p>One <b>two</b> three</p>", limit=9) == "One two …"
    assert richtext.plain(r"<p>One</p><p>\(x^2\)</p>") == "One x²"


def test_a_source_is_for_people() -> None:
    stored = richtext.from_source("First\n\nSecond \\(a&=b\\)\\[c\\]")
    assert stored.startswith("<p>First</p><p>Second ")
    assert richtext.as_source(stored) == "<p>First</p>\n<p>Second \\(a&=b\\)</p>\n\\[c\\]\n"
    assert richtext.from_source(richtext.as_source(stored)) == stored


def test_faults_have_their_line() -> None:
    stored = richtext.clean(
        "<p>ok \\(x\\)</p><p>\\(\\foo\\)</p><pre>a\nb</pre>"
        f"\\[x\\\\\n\\bar\\]<ul><li><img src={PICTURE}></ul>"
    )
    assert richtext.faults(stored) == [
        Fault(2, 'This formula cannot be read: Unknown command "\\foo".'),
        Fault(6, richtext.faults(stored)[1].message),
        Fault(8, "This picture needs words for those who do not see it."),
    ]
    assert richtext.faults("<p>fine</p>") == []


def test_differences_are_told_by_word() -> None:
    shown = richtext.diff("<p>One two three</p><p>gone</p>", "<p>One 2 three</p><h2>come \\(x\\)</h2>")
    assert "<p>One <del>two</del><ins>2</ins> three</p>" in shown
    assert "<del>gone</del>" in shown and "<h2><ins>come <math><mi>x</mi></math></ins></h2>" in shown
    assert richtext.diff("<p>a <b>b c</b></p>", "<p>a <b>b c</b></p>") == "<p>a <strong>b c</strong></p>"
    assert "<ins>" in richtext.diff("<p>a b</p>", "<p>a <b>b</b></p>"), "a new mark is a difference"

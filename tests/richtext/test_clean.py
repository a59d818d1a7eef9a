"""The sanitiser: narrow, stable, never weaker than its measure, and formulas as MathML only."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathsoc import richtext
from tests.support.payloads import payloads

PAYLOADS = [one for one in payloads("richtext") if len(one.text) < 60_000]
TAGS = [
    "<p>",
    "</p>",
    "<b>",
    "</a>",
    "<script>",
    "</script>",
    "<svg>",
    "<math>",
    "<style>",
    "<!--",
    "-->",
    "</span>",
    "]]>",
]
ELEMENTS = [
    "<a href='javascript:1'>",
    '<a href="/x">',
    "<img src=x onerror=1>",
    "<span data-latex='x^2'>",
    '<div data-latex="\\frac12">',
]
TEXTS = ["\\(", "\\)", "\\[", "x<y", "<", "&lt;", "&amp;", '"', "'", "hx-get=/x"]
MARKUP = st.lists(st.sampled_from(TAGS + ELEMENTS + TEXTS), max_size=12).map("".join)


class Parts(HTMLParser):
    """Elements, attributes and URL schemes of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str, str]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, "", ""))
        for name, value in attributes:
            scheme = (
                (value or "").partition(":")[0].lower() if name == "href" and ":" in (value or "") else ""
            )
            self.found.add((tag, name, scheme))


def by_nh3(text: str) -> str:
    return nh3.clean(
        text,
        tags=set(richtext.TAGS),
        attributes={"a": {"href", "title"}, "span": {"data-latex"}, "div": {"data-latex"}, "th": {"scope"}},
        url_schemes=set(richtext.PROTOCOLS),
        link_rel=None,
    )


def no_stronger_than_nh3(source: str) -> None:
    cleaned = richtext.clean(source)
    assert Parts(cleaned).found <= Parts(by_nh3(cleaned)).found, cleaned
    assert richtext.clean(cleaned) == cleaned


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.id)
def test_each_payload_is_harmless_and_stable(payload: object) -> None:
    source = payload.text  # type: ignore[attr-defined]
    no_stronger_than_nh3(source)
    rendered = str(richtext.render(richtext.clean(source)))
    found = Parts(rendered).found
    assert not {tag for tag, _, _ in found} & {
        "script",
        "img",
        "svg",
        "iframe",
        "style",
        "form",
        "object",
        "button",
    }
    assert not [
        name for _, name, _ in found if name.startswith(("on", "hx-", "sse-")) or name in ("style", "id")
    ]
    assert not [
        scheme for _, name, scheme in found if name == "href" and scheme not in (*richtext.PROTOCOLS, "")
    ]


@given(MARKUP)
def test_any_markup_comes_out_harmless_and_stable(source: str) -> None:
    no_stronger_than_nh3(source)


@given(st.text(max_size=200))
def test_any_text_can_be_written_and_read(source: str) -> None:
    richtext.render(richtext.clean(source))
    richtext.typeset(source)


def test_formulas_are_kept_as_source_and_shown_as_mathml() -> None:
    stored = richtext.clean(r"<p>Half: \(\frac12 < 1\)</p>\[x^2\]")
    assert 'data-latex="\\frac12 &lt; 1"' in stored
    shown = richtext.render(stored)
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in shown and 'display="block"' in shown


def test_a_formula_cannot_carry_markup_style_or_giants() -> None:
    assert "<img" not in richtext.typeset(r"\text{<img src=x onerror=1>}")
    assert " style=" not in richtext.typeset(r"\textcolor{red}{x}")
    assert " style=" not in richtext.typeset(r"\begin{align}x&=1\\y&=2\end{align}", display=True)
    assert "999" not in richtext.typeset(r"\hspace{999em}")
    assert 'class="formula-error"' in richtext.typeset(r"\href{javascript:1}{x}")
    assert 'class="formula-error"' in richtext.typeset("x" * 3000)


def test_a_summary_is_words() -> None:
    assert richtext.plain("<p>One <b>two</b> three</p>", limit=9) == "One two …"

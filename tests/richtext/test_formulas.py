"""Formulas: stored as their source, shown as MathML of known elements, said in plain Unicode elsewhere."""

from __future__ import annotations

import time

import pytest

from mathsoc import richtext
from mathsoc.richtext import latex as maths


def test_formulas_are_kept_as_source_and_shown_as_mathml() -> None:
    stored = richtext.clean(r"<p>Half: \(\frac12 < 1\)</p>\[x^2\]$$y$$")
    assert 'data-latex="\\frac12 &lt; 1"' in stored
    assert '<div data-latex="x^2">x^2</div><div data-latex="y">y</div>' in stored
    shown = richtext.render(stored)
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in shown and 'display="block"' in shown


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5, or $6 on Fridays.",
        r"An open \( bracket",
        r"\) and \(",
        r"<p>\(</p><p>x\)</p>",
        r"<code>\(x\)</code>",
        r"Two lines \\(so\\)",
    ],
)
def test_what_is_no_formula(text: str) -> None:
    assert "data-latex" not in richtext.clean(text)


def test_rows_and_brackets_inside_a_formula() -> None:
    text = r"\[\begin{aligned} a &= (b \\[2pt] c) \\(d) \end{aligned}\]"
    assert richtext.clean(text).count("<div data-latex=") == 1
    assert "formula-error" not in richtext.render(text) and "pt" not in richtext.plain(text)


def test_a_formula_cannot_carry_markup_style_or_giants() -> None:
    assert "<img" not in richtext.typeset(r"\text{<img src=x onerror=1>}")
    assert " style=" not in richtext.typeset(r"\textcolor{red}{x}")
    assert " style=" not in richtext.typeset(r"\begin{align}x&=1\\y&=2\end{align}", display=True)
    labelled = richtext.typeset(r"\begin{equation}x\label{main}\end{equation}\eqref{main}", display=True)
    assert " id=" not in labelled and "href" not in labelled and "(1)" in labelled
    assert "999" not in richtext.typeset(r"\hspace{999em}")
    for refused in (
        r"\href{javascript:1}{x}",
        r"\includegraphics{x}",
        r"\url{x}",
        "x" * 3000,
        "x^{" * 70 + "}" * 70,
    ):
        assert 'class="formula-error"' in richtext.typeset(refused)
    assert "<img" not in richtext.typeset("<img src=x>\\foo")


def test_what_the_converter_lacks_is_understood() -> None:
    for latex in (
        r"\sum_{\substack{i<n\\j<\frac{n}{2}}} a_{ij}",
        r"\begin{smallmatrix}a&b\\c&d\end{smallmatrix}",
        r"\begin{equation}\begin{split}a&=b\\&=c\end{split}\end{equation}",
        r"\textcolor[rgb]{1,0,0}{x}+{\color{blue}y}",
    ):
        assert "formula-error" not in richtext.typeset(latex, display=True), latex
        assert maths.mathml(latex, display=True).count("<mi>") >= 2


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"x^2+\frac12", "x² + ½"),
        (r"\sqrt{x+1}", "√(x + 1)"),
        (r"\sqrt[3]{2}", "∛2"),
        (r"\int_0^1 x\,dx", "∫₀¹ x dx"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\frac{dy}{dx}=3x^2", "dy/dx = 3x²"),
        (r"e^{i\pi}+1=0", "e^(iπ) + 1 = 0"),
        (r"x^{x^2}", "x^(x²)"),
        (r"\sum_{i=1}^n i", "∑ᵢ₌₁ⁿ i"),
        (r"\lim_{x\to0}\frac{\sin x}{x}", "lim_(x → 0) (sin x)/x"),
        (r"\binom nk", "(n choose k)"),
        (r"\angle ABC=90^\circ", "∠ABC = 90°"),
        (r"\begin{align}x&=1\\y&=2\end{align}", "x = 1; y = 2"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1, 2; 3, 4)"),
        (r"\log_2 x + \log_2 (x-2) = 3", "log₂ x + log₂ (x − 2) = 3"),
        (r"-x+(-3)\ne\pm y", "−x + (−3) ≠ ±y"),
        (r"\left(\frac{a+b}{2}\right)^2", "((a + b)/2)²"),
        (r"a<b,\ \vec v", "a < b, v⃗"),
        (r"\unknown{x}", r"\unknown{x}"),
    ],
)
def test_a_formula_in_plain_unicode(latex: str, said: str) -> None:
    assert richtext.plain_maths(latex) == said


def test_a_formula_of_many_lines_is_written_as_source_at_once() -> None:
    lines = r" \\ ".join(f"a &= {number}" for number in range(18)) + r" \\ 0<n"
    stored = richtext.clean(rf"\[\begin{{aligned}}{lines}\end{{aligned}}\]")
    began = time.process_time()
    assert "0&lt;n" in richtext.as_source(stored)
    assert time.process_time() - began < 0.05  # else each line more doubles it

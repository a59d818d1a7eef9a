"""Texts with nothing to take away are passed on at a glance; these show that the glance is right."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mathsoc.marking.syntax import delimiters, typeset

# Of each pattern one text that it changes, and what stands in others beside it.
WHOLE = r"""
\begin{array}{lcr} \begin{cases*} \end{cases*} \not= 1,\!000 \operatorname*{sin} \\[2pt] \cr \hspace{3pt}
\vspace*{1em} \mspace{2mu} \hskip3pt \vskip1em \mskip2mu \kern3pt \mkern2mu \textcolor{x} \color{x} \hline
\cline{1} \underline \boxed{1} \fbox{1} \framebox{1} \ensuremath{x} \phantom{x} \hphantom{1} \vphantom{i}
\mathrel{=} \mathbin{+} \mathbf{x+1} \bm{x+1} \boldsymbol{x+1} \text{x+1} \textrm{x+1} \mbox{x+1} \vec{x}
\overrightarrow{x} \hat{i} \widehat{i} {\,} {~} {\!} 2{\frac12} \operatorname{x+1} $1$ $$x$$ \(1\) \[x\]
1. x。
"""
PARTS = r"""
\frac \dfrac \sqrt \left \right \cdot \sin \pi \imath \mathrm \text \begin \end \over \\ \{ \} \( \) \[ \]
\, \! { } [ ] ( ) $ ~ * & | _ ^ - + = , . {array} {12} x i 1 12 0.5
"""
SPACES = [" ", "  ", "\t", "\n", "\u00a0"]
texts = st.lists(st.sampled_from([*re.findall(r"\S+", WHOLE + PARTS), *SPACES]), max_size=6).map("".join)


@settings(max_examples=2000)
@given(texts)
def test_what_has_no_trace_of_typesetting_is_left_as_it_is(text: str) -> None:
    assert typeset.untypeset(text) == typeset.stripped(text)
    assert len(typeset.stripped(text)) == len(text)


@settings(max_examples=2000)
@given(texts)
def test_what_has_no_delimiters_is_left_as_it_is(text: str) -> None:
    assert delimiters.bare(text) == delimiters.bared(text)
    assert len(delimiters.bared(text)) == len(text)

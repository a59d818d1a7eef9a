"""Recurring decimals: 0.(3), 0.\\dot{3}, 0.1\\overline{6}, 0.333…, as the fractions that they are."""

from __future__ import annotations

import re
from fractions import Fraction

_BLOCK = re.compile(r"\((\d{1,20})\)|\\(?:overline|bar|dot)\s?\{(\d{1,20})\}|\\dot\s?(\d)(?!\d)")
_DOTS = re.compile(r"\.\.\.|\\[lc]?dots(?![A-Za-z])")
_SECOND_DOT = re.compile(r"(\d{0,18})\\dot\s?\{?(\d)\}?")
_FEWEST_FIGURES = 3  # 0.33… could be anything; 0.333… could not


def recurring(typed: str, following: str) -> tuple[Fraction, int] | None:
    """The value of a decimal such as `0.1` with what follows it, and how many more characters belong to it.

    None where nothing recurs, or where it cannot be seen what does.
    """
    whole, point, figures = typed.partition(".")
    if not point:
        return None
    block = _BLOCK.match(following)
    if block:
        digits = next(group for group in block.groups() if group is not None)
        length = block.end()
        more = _SECOND_DOT.match(following, length) if "\\dot" in block.group() else None
        if more:  # dots over the first and the last figure: 0.\\dot{1}42\\dot{7}
            digits, length = digits + more.group(1) + more.group(2), more.end()
        return _value(whole, figures, digits), length
    dots = _DOTS.match(following)
    found = _repeated(figures) if dots else None
    if dots is None or found is None:
        return None
    return _value(whole, *found), dots.end()


def _repeated(figures: str) -> tuple[str, str] | None:
    """The figures before and the block, where the last figures are one block twice over at least."""
    for size in range(1, len(figures) // 2 + 1):
        block = figures[-size:]
        times = 2 if size > 1 else _FEWEST_FIGURES
        if figures.endswith(block * times):
            before = figures
            while before.endswith(block):
                before = before[:-size]
            return before, block
    return None


def _value(whole: str, before: str, block: str) -> Fraction:
    shift = 10 ** len(before)
    return Fraction(int((whole + before) or "0"), shift) + Fraction(
        int(block), shift * (10 ** len(block) - 1)
    )

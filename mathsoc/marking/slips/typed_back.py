"""Formulas in the statement of a question, which a pupil may type back as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from .. import limits

_MOST = 40  # formulas of one statement
_LONGEST_STATEMENT = 20_000
_BETWEEN = rf"(.{{1,{limits.MAX_CHARACTERS}}}?)"
_FORMULA = re.compile(
    rf"\$\${_BETWEEN}\$\$|\${_BETWEEN}\$|\\\({_BETWEEN}\\\)|\\\[{_BETWEEN}\\\]"
    rf'|data-latex="([^"]{{1,{2 * limits.MAX_CHARACTERS}}})"',
    re.DOTALL,
)


def formulas(statement: str) -> Iterator[str]:
    """Each formula between $…$, \\(…\\), \\[…\\] or in data-latex; after it, the sides of its = signs."""
    found = _FORMULA.finditer(statement[:_LONGEST_STATEMENT])
    for _, match in zip(range(_MOST), found, strict=False):
        text = unescape(next(part for part in match.groups() if part)).strip()
        yield text
        sides = [side.strip() for side in text.split("=")]
        if len(sides) > 1:
            yield from filter(None, sides)

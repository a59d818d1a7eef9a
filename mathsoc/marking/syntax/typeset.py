"""LaTeX that only sets how things look: spaces take its place, so that every character keeps its position."""

from __future__ import annotations

import re
from collections.abc import Callable

from .delimiters import closing_brace

_LENGTH = r"-?\s*[\d.]+\s*(?:pt|em|ex|mu|cm|mm|in|sp|bp|pc)"
_THIN = r"(?:\\[,;:! ]|~)"
_UNIT_VECTOR = r"(?:\\[ij]math(?![A-Za-z])|[ijk](?![A-Za-z]))"
_LETTER = r"(?:\\[ij]math(?![A-Za-z])|[A-Za-z](?![A-Za-z]))"


def _accented(letter: str) -> str:
    """The pattern of a letter in braces or without, upright or bold or neither."""
    upright = r"\\(?:mathbf|mathrm|mathit|bm|boldsymbol)\s*"
    inner = rf"(?:{upright}\{{\s*{letter}\s*\}}|{upright}(?<=[\s}}]){letter}|{letter})"
    return rf"\s*(?:\{{\s*{inner}\s*\}}|{inner})"


_BLANK = re.compile(
    rf"\\(?:[hv]space|mspace)\*?\s*\{{[^{{}}]*\}}|\\(?:[hvm]skip|m?kern)\s*{_LENGTH}"
    r"|\\(?:textcolor|color)\s*(?:\[[^\][]*\])?\s*\{[^{}]*\}"
    r"|\\(?:hline|underline|boxed|fbox|ensuremath)(?![A-Za-z])|\\cline\s*\{[^{}]*\}"
)
_HIDDEN = re.compile(r"\\[hv]?phantom\s*\{")
_ARROW = re.compile(rf"\\(?:vec|overrightarrow)(?![A-Za-z]){_accented(_LETTER)}")
_HAT = re.compile(rf"\\(?:wide)?hat(?![A-Za-z]){_accented(_UNIT_VECTOR)}")
_IN_ACCENT = re.compile(rf"{_LETTER}(?=[\s}}]*$)")
_SIGN = re.compile(r"\\math(?:rel|bin|op|ord|open|close|punct|inner)\s*\{([^{}]*)\}")
_GAP = re.compile(rf"([\^_}}]|\\[A-Za-z]+)?\s*\{{\s*(?:{_THIN}\s*)+\}}")
_FONT = re.compile(
    r"\\(?:math(?:bf|rm|it|sf|tt|normal)|bm|boldsymbol|text(?:rm|bf|it|sf|tt|up|normal)?|mbox|operatorname)\s*\{"
)
_PLAIN_WORDS = re.compile(r"\s*(?:(?:[A-Za-z]+|\d+(?:\.\d*)?|\.\d+|[,%;])(?:\s+|$))*")
_MIXED = re.compile(
    r"([\^_]\s*)?(?<![\d.])(\d+)(\s*)\{(\s*\\[dtc]?frac\s*(?:\{[^{}]*\}|\d)\s*(?:\{[^{}]*\}|\d)\s*)\}"
)
_EXACT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\\not\s*="), r"\ne"),
    (re.compile(r"(?<=\d),\\!(?=\d{3}(?!\d))"), "{,}"),
    (re.compile(r"\\operatorname\*"), r"\operatorname"),
    (re.compile(rf"\\\\\s*\[\s*{_LENGTH}\s*\]"), r"\\"),
    (re.compile(r"\\cr(?![A-Za-z])"), r"\\"),
)
_STARRED = re.compile(r"(\\(?:begin|end)\s*\{[A-Za-z]+)\*\}(?:\s*\[[lrc]\])?")
_COLUMNS = re.compile(r"(\\begin\s*\{array\})\s*(?:\[[tcb]\]\s*)?(?:\{(?:[lcr|:\s]|@\{[^{}]*\})+\}|(?=\S))")
# Every pattern above holds one of these.
_TRACES = re.compile(
    r"\\(?:begin|end|not|operatorname|cr|[hvm]s|m?kern|text|mbox|math|bm|boldsymbol|color|hline|cline|underline"
    r"|boxed|fbox|ensuremath|[hv]?phantom|vec|over|hat|widehat|\\|!)"
    r"|\{\s*(?:\\[,;: ]|~)|\d\s*\{\s*\\[dtc]?frac"
)


def untypeset(text: str) -> str:
    """The LaTeX text without what only sets how it looks, as long as it was."""
    return stripped(text) if _TRACES.search(text) else text


def stripped(text: str) -> str:
    """What `untypeset` gives, whether or not there is anything to do."""
    text = _STARRED.sub(lambda match: _padded(match[1] + "}", match), text)
    text = _COLUMNS.sub(lambda match: _padded(match[1], match), text)
    for pattern, plain in _EXACT:
        text = pattern.sub(_padding(plain), text)
    text = _BLANK.sub(_padding(""), text)
    text = _emptied(text)
    text = _GAP.sub(lambda match: match[0] if match[1] else _padded("", match), text)
    text = _SIGN.sub(lambda match: _kept(match, *match.span(1)), text)
    for accent in (_ARROW, _HAT):
        text = accent.sub(_letter, text)
    text = _fonts(text)
    return _MIXED.sub(
        lambda match: match[0] if match[1] else f"{match[2]}{match[3]} {match[4]} ",
        text,
    )


def _padded(plain: str, match: re.Match[str]) -> str:
    return plain.ljust(len(match[0]))


def _padding(plain: str) -> Callable[[re.Match[str]], str]:
    return lambda match: _padded(plain, match)


def _kept(match: re.Match[str], start: int, end: int) -> str:
    """The match with spaces for all but one part of it."""
    first, last = match.span()
    return " " * (start - first) + match.string[start:end] + " " * (last - end)


def _letter(match: re.Match[str]) -> str:
    """The letter below an arrow."""
    inner = _IN_ACCENT.search(match[0])
    assert inner is not None  # both patterns end with it
    return _kept(match, *(match.start() + at for at in inner.span()))


def _emptied(text: str) -> str:
    """Without what \\phantom hides."""
    while match := _HIDDEN.search(text):
        end = closing_brace(text, match.end())
        if end < 0:
            return text
        text = text[: match.start()] + " " * (end + 1 - match.start()) + text[end + 1 :]
    return text


def _fonts(text: str) -> str:
    """Without the fonts of mathematics; words in a font stay words."""
    at = 0
    while match := _FONT.search(text, at):
        opened, at = match.end(), match.end()
        end = closing_brace(text, opened)
        if end < 0 or _PLAIN_WORDS.fullmatch(text, opened, end):
            continue
        text = text[: match.start()] + " " * (opened - 1 - match.start()) + text[opened - 1 :]
    return text

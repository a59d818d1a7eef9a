"""The first step of reading: every character becomes one that the tokenizer knows, or is refused.

Positions always count the characters that the member typed, so each kept character carries its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ..results import ReadError
from .names import FROM_GREEK

_SAME = frozenset("0123456789.,+-*/^_=<>!%()[]{}|\\&;:°±∓√∪∈∅∞≤≥≠~'\"?@#$`")
_PLAIN = re.compile(f"[ A-Za-z{re.escape(''.join(sorted(_SAME)))}]*")
_REPLACED = {
    "×": "*", "⋅": "*", "·": "*", "∙": "*", "•": "*", "∗": "*", "⁎": "*", "✕": "*", "✖": "*", "⨯": "*",
    "÷": "/", "∕": "/", "⁄": "/", "➗": "/", "−": "-", "–": "-", "—": "-", "‒": "-", "‐": "-", "‑": "-",
    "➖": "-", "➕": "+", "⩽": "≤", "⩾": "≥", "≦": "≤", "≧": "≥", "∣": "|", "￨": "|", "º": "°", "˚": "°",
    "⌊": "⌊", "⌋": "⌋", "⌈": "⌈", "⌉": "⌉", "∛": "∛", "∜": "∜", "∨": " or ", "∧": " and ", "¬": " not ",
    "ˆ": "^", "＾": "^", "⟨": "(", "⟩": ")", "µ": "μ", "ℼ": "π", "⦰": "∅", "ℯ": "e", "ⅇ": "e", "ⅈ": "i",
    "…": "...",
}  # fmt: skip
_SUPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣʸ", "0123456789+-()nixy", strict=True))
_SUB = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₙₓᵢⱼₖₘₜ", "0123456789aenxijkmt", strict=True))
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u00ad\ufe0e\ufe0f")
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_OPERATORS = {"\u2061": "", "\u2062": "*", "\u2063": ",", "\u2064": "+"}
_DOTS = frozenset("\u0307\u02d9")  # a dot above the digit before
_ASKS = {
    "≈": "≈ (about) cannot be marked. Write = or just the number.",
    "≃": "≈ (about) cannot be marked. Write = or just the number.",
    "'": "The sign ' cannot be read here.",
    '"': 'Leave out the quotation marks " here.',
    "π": "",
}


def characters(text: str) -> tuple[str, Sequence[int]]:
    """`text` in the tokenizer's alphabet, and for each character its position in `text`, counted from 1.

    Raises ReadError for what nobody means as mathematics: control characters, accents, emoji.
    """
    if _PLAIN.fullmatch(text):
        return text, range(1, len(text) + 1)
    out: list[str] = []
    positions: list[int] = []
    run = ""  # "^" or "_" while inside a run of raised or lowered characters
    for position, char in enumerate(text, 1):
        if char == "√" and run == "^" and _may_be_degree(text, position):
            raise ReadError(
                "Is the small figure a power or part of the root? Write a sign before it.", position
            )
        if char in _DOTS and out and out[-1].isdigit() and "." in out:
            out[-1] = f"\\dot{{{out[-1]}}}"  # 0.3̇
            positions += [position] * (len(out[-1]) - 1)
            continue
        mode = "^" if char in _SUPER else "_" if char in _SUB else ""
        pieces = (_SUPER if mode == "^" else _SUB)[char] if mode else _one(char, position)
        if mode != run:
            if run:
                out.append(")")
                positions.append(position - 1)
            if mode:
                pieces = f"{mode}({pieces}"
            run = mode
        out.append(pieces)
        positions += [position] * len(pieces)
    if run:
        out.append(")")
        positions.append(len(text))
    return "".join(out), positions


def _may_be_degree(text: str, position: int) -> bool:
    """2³√5, the root at `position`: is it 2 ∛5 or 2³ √5? In x³√y and in 2²√5 the figure is a power."""
    figure = text[position - 2 : position - 1]
    return figure in "³⁴⁵⁶⁷⁸⁹" and position > 2 and text[position - 3].isdecimal()


def _one(char: str, position: int) -> str:
    if char in _SAME or (char.isascii() and char.isalnum()):
        return char
    if char in _REPLACED:
        return _REPLACED[char]
    if char in _INVISIBLE:
        return ""
    if char in _INVISIBLE_OPERATORS:
        return _INVISIBLE_OPERATORS[char]
    if char in FROM_GREEK:
        return char
    if char.isspace():
        return " "
    return _foreign(char, position)


def _foreign(char: str, position: int) -> str:
    """Full-width, mathematical and other scripts' forms of what we know; everything else is refused."""
    category = unicodedata.category(char)
    if char in _DIRECTION or category in ("Cc", "Cs", "Co", "Cn", "Cf"):
        raise ReadError(
            "There is a hidden character here that cannot be read. Please type it again.", position
        )
    if category.startswith("M"):
        raise ReadError("A letter with an accent cannot be read. Please use a plain letter.", position)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "No" and is_vulgar(char):
        return char
    if char in _ASKS:
        raise ReadError(_ASKS[char], position)
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain != char:
        if plain.isascii() and (plain.isalnum() or plain in _SAME):
            return plain
        if plain in _REPLACED or plain in FROM_GREEK:
            return _REPLACED.get(plain, plain)
    raise ReadError(f"The character {char} cannot be read here.", position)


def is_vulgar(char: str) -> bool:
    """Is this one character that stands for a fraction, such as ½?"""
    return unicodedata.decomposition(char).startswith("<fraction>") and "2044 " in unicodedata.decomposition(
        char
    )


def vulgar(char: str) -> tuple[int, int]:
    """The numerator and denominator of ½ and its like."""
    top, bottom = unicodedata.normalize("NFKC", char).split("\u2044")
    return int(top), int(bottom)

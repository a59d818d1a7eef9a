"""The first step of reading: every character becomes one that the tokenizer knows, or is refused.

Positions always count the characters that the member typed, so each kept character carries its own.
"""

from __future__ import annotations

import unicodedata

from ..results import ReadError
from .names import FROM_GREEK

_SAME = frozenset("0123456789.,+-*/^_=<>!%()[]{}|\\&;:°±∓√∪∈∅∞≤≥≠~'\"?@#$`")
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
_ASKS = {
    "≈": "≈ (about) cannot be marked. Write = or just the number.",
    "≃": "≈ (about) cannot be marked. Write = or just the number.",
    "'": "The sign ' cannot be read here.",
    '"': 'Leave out the quotation marks " here.',
    "π": "",
}


def characters(text: str) -> list[tuple[str, int]]:
    """The characters of `text` in the tokenizer's alphabet, each with its position counted from 1.

    Raises ReadError for what nobody means as mathematics: control characters, accents, emoji.
    """
    out: list[tuple[str, int]] = []
    run = ""  # "^" or "_" while inside a run of raised or lowered characters
    for position, char in enumerate(text, 1):
        mode = "^" if char in _SUPER else "_" if char in _SUB else ""
        if run and mode != run:
            out.append((")", position - 1))
            run = ""
        if mode:
            if not run:
                out += [(mode, position), ("(", position)]
                run = mode
            out.append(((_SUPER if mode == "^" else _SUB)[char], position))
            continue
        out.extend((piece, position) for piece in _one(char, position))
    if run:
        out.append((")", len(text)))
    return out


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

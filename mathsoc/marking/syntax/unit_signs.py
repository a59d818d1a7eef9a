"""What only units need is written in signs that the tokenizer knows; every character keeps its position."""

from __future__ import annotations

import re

_SIGNS = {
    "£": " GBP ", "€": " EUR ", "$": " USD ", "¥": " JPY ", "₹": " INR ", "¢": " USDc ", "℃": " °C ",
    "℉": " °F ", "′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"',
}  # fmt: skip
_COMMANDS = {
    "pounds": " GBP ", "textsterling": " GBP ", "euro": " EUR ", "texteuro": " EUR ", "EUR": " EUR ",
    "dollar": " USD ", "textdollar": " USD ", "yen": " JPY ", "celsius": " °C ", "degreeCelsius": " °C ",
    "textdegree": " ° ", "ohm": " Ω ", "upmu": " μ", "textmu": " μ", "micro": " μ", "rm": " ", "per": " / ",
}  # fmt: skip
_UPRIGHT = ("mathrm", "text", "textrm", "operatorname", "mathit", "mathsf", "textit", "mbox", "unit", "si")
_PIECE = re.compile(
    r"(?P<degree>\^\s*(?:\{\s*(?:\\circ|°)\s*\}|\\circ))"
    r"|(?P<upright>\\(?:" + "|".join(_UPRIGHT) + r")\*?\s*\{)"
    r"|(?P<command>\\(?:" + "|".join(_COMMANDS) + r")(?![A-Za-z]))"
    r"|(?P<escaped>\\[£€$¥₹¢])"
    r"|(?P<kept>\\.)"
    r"|(?P<other>.)",
    re.S,
)  # fmt: skip


def rewritten(text: str, latex: bool) -> tuple[str, list[int]]:
    """The text, and for each of its characters (and for its end) the position in what was typed, from 1.

    Upright groups such as \\mathrm{m\\,s^{-1}} lose their command and braces.
    """
    out: list[str] = []
    positions: list[int] = []
    braces: list[str] = []  # what the closing brace of each open group becomes
    for found in _PIECE.finditer(text):
        piece = _piece(found, latex, braces)
        out.append(piece)
        positions += _positions(found, piece)
    return "".join(out), [*positions, len(text) + 1]


def _piece(found: re.Match[str], latex: bool, braces: list[str]) -> str:
    typed = found.group()
    match found.lastgroup:
        case "degree":
            return "°"
        case "upright" if latex:
            braces.append(" ")
            return " "
        case "command":
            return _COMMANDS[typed[1:]]
        case "escaped":
            return _SIGNS[typed[1:]]
        case "other" if typed == "{":
            braces.append("}")
        case "other" if typed == "}":
            return braces.pop() if braces else typed
    return _SIGNS.get(typed, typed)


def _positions(found: re.Match[str], piece: str) -> list[int]:
    start = found.start() + 1
    same = piece == found.group()
    return [start + (index if same else 0) for index in range(len(piece))]

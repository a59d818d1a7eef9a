"""What is wrong where a token cannot stand, in words for a pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .brackets import CLOSING

if TYPE_CHECKING:
    from .grammar import Grammar

_NAMES = {
    "*": "×", "<=": "≤", ">=": "≥", "!=": "≠", "⦃": "{", "⦄": "}", "in": "in", "\\\\": "\\\\",
}  # fmt: skip
_CLOSING = frozenset(CLOSING.values())


def check_two_statements(g: Grammar) -> None:
    """`x=1 y=2` is no chain: nobody multiplies the 1 by y there. Raises ReadError."""
    before, letter = g.tokens[g.at - 2 : g.at]
    if g.op != "=" or letter.kind != "var" or not letter.spaced or g.setting.latex:
        return
    if before.spaced if before.text == "/" else before.kind != "op" or before.text in _CLOSING:
        message = "These look like two statements. Write a comma or a word such as or between them."
        raise ReadError(message, letter.position)


def unexpected(g: Grammar) -> ReadError:
    """The error for a token that cannot stand here."""
    token = g.token
    if token.kind == "ask":
        return ReadError(token.text, token.position)
    if token.kind == "end":
        before = g.tokens[g.at - 1] if g.at else token
        shown = _NAMES.get(before.text, before.text)
        return ReadError(f"Something is missing after {shown}.", before.position, unfinished=True)
    shown = _NAMES.get(token.text, token.text)
    if token.text in _CLOSING:
        if g.at and g.tokens[g.at - 1].text in ("(", "[", "{", "⦃"):
            return ReadError("There is nothing between these brackets.", token.position, unfinished=True)
        last = g.tokens[g.at - 1] if g.at else None
        if last and last.kind == "op" and last.text not in _CLOSING:
            return ReadError("Something is missing before the bracket.", token.position, unfinished=True)
        return ReadError(f"The bracket {shown} closes nothing that was opened.", token.position)
    if g.at == 0 or g.tokens[g.at - 1].kind == "op":
        return ReadError(f"Something is missing before {shown}.", token.position)
    return ReadError(f"The sign {shown} cannot be read here.", token.position)

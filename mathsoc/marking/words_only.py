"""The kinds without mathematics: text and choice."""

from __future__ import annotations

import unicodedata

from . import limits
from .results import ReadError
from .scheme import Scheme
from .shown import Reading

WORD_KINDS = frozenset(("text", "choice"))


def read_words(answer: str, scheme: Scheme) -> Reading:
    """The reading of a text or a choice. Raises ReadError."""
    text = tidy(answer)
    if scheme.kind == "choice":
        text = _label(text, scheme)
    return Reading(True, text)


def tidy(answer: str) -> str:
    """The text with single spaces, or a ReadError for what is no text."""
    if len(answer) > limits.MAX_CHARACTERS:
        raise ReadError(f"This is too long. Please use at most {limits.MAX_CHARACTERS} characters.")
    for position, char in enumerate(answer, 1):
        if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Cf") and not char.isspace():
            raise ReadError("There is a hidden character here that cannot be read.", position)
    text = " ".join(unicodedata.normalize("NFKC", answer).split())
    if not text:
        raise ReadError("Please type an answer.", None, unfinished=True)
    return text


def same_text(answer: str, key: str, case_sensitive: bool) -> bool:
    """Equal without regard to extra spaces and, unless asked for, to case."""
    left, right = tidy(answer), tidy(key)
    return left == right if case_sensitive else left.casefold() == right.casefold()


def _label(text: str, scheme: Scheme) -> str:
    choices = scheme.options.get("choices", ())
    labels = [str(choice) for choice in choices] if isinstance(choices, list | tuple) else []
    bare = text.strip("().").strip() or text
    for label in labels:
        if bare.casefold() == label.casefold() or text.casefold() == label.casefold():
            return label
    if labels:
        raise ReadError(f"Choose one of {', '.join(labels)}.")
    return bare

"""Slips in words and choices."""

from __future__ import annotations

from collections.abc import Iterator

from ..scheme import Scheme
from ..words_only import tidy

_ARTICLES = ("the ", "a ", "an ")


def texts(key: str, scheme: Scheme) -> Iterator[tuple[str, str]]:
    text = tidy(key)
    middle = len(text) // 2
    if len(text) > 2:
        yield "letter-lost", text[:middle] + text[middle + 1 :]
        yield "letters-swapped", text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
    if text[-1:].isalpha():
        yield "plural", text[:-1] if text.endswith("s") else text + "s"
        article = next((word for word in _ARTICLES if text.lower().startswith(word)), None)
        yield "article", text[len(article) :] if article else f"the {text}"
    if scheme.options.get("case_sensitive") is True:
        yield "case", text.swapcase()


def choices(key: str, scheme: Scheme) -> Iterator[tuple[str, str]]:
    labels = scheme.options.get("choices", ())
    for label in labels if isinstance(labels, list | tuple) else ():
        yield "other-choice", str(label)

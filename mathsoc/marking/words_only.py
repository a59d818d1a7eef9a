"""The kinds without mathematics: text and choice."""

from __future__ import annotations

import unicodedata

from . import limits
from .results import ReadError
from .scheme import Scheme
from .shown import Reading
from .syntax.delimiters import words as words_of

WORD_KINDS = frozenset(("text", "choice"))
# What keyboards and word processors put in for ', " and -.
_PLAIN = str.maketrans(
    dict.fromkeys("’‘‛ʼ′´`", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_AROUND = "()[]. "
_QUOTES = frozenset("\"'")


def read_words(answer: str, scheme: Scheme) -> Reading:
    """The reading of a text or a choice: what was typed, or the label meant. Raises ReadError."""
    text = tidy(answer)
    if scheme.kind == "choice":
        return Reading(True, _label(text, scheme))
    return Reading(True, " ".join(words_of(answer).split()))


def tidy(answer: str) -> str:
    """The text as it is compared: single spaces, plain signs. Raises ReadError for what is no text."""
    if len(answer) > limits.MAX_CHARACTERS:
        raise ReadError(f"This is too long. Please use at most {limits.MAX_CHARACTERS} characters.")
    for position, char in enumerate(answer, 1):
        if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Cf") and not char.isspace():
            raise ReadError("There is a hidden character here that cannot be read.", position)
    text = _tidied(answer)
    if not text:
        raise ReadError("Please type an answer.", None, unfinished=True)
    return text


def is_right(words: str, scheme: Scheme) -> bool:
    """Is the reading one of the keys, without regard to extra spaces and, unless asked for, to case?

    Raises ReadError where a key is no text or no label.
    """
    if scheme.kind == "choice":
        sensitive = _is_label(words, scheme)
        labels = (_label(tidy(key), scheme) for key in scheme.keys)
        return any(_folded(words, sensitive) == _folded(label, sensitive) for label in labels)
    sensitive = scheme.options.get("case_sensitive") is True
    return any(same_text(words, key, sensitive) for key in scheme.keys)


def same_text(answer: str, key: str, case_sensitive: bool) -> bool:
    """Equal without regard to extra spaces and, unless asked for, to case.

    Quotation marks around the answer and a full stop after it do not matter either, unless the key has them.
    """
    wanted = _folded(words_of(key), case_sensitive)
    return any(_folded(form, case_sensitive) == wanted for form in _forms(tidy(answer)))


def _folded(text: str, case_sensitive: bool) -> str:
    return tidy(text) if case_sensitive else tidy(text).casefold()


def _forms(text: str) -> list[str]:
    """The tidy text, and it without its full stop, its quotation marks, its LaTeX."""
    forms = [text, words_of(text)]
    while True:
        last = forms[-1]
        stop = last.endswith(".") and not last.endswith("..")
        quoted = len(last) > 2 and last[0] == last[-1] and last[0] in _QUOTES
        inner = words_of(last[:-1] if stop else last[1:-1] if quoted else "")
        if not inner.strip():
            return list(dict.fromkeys(forms))
        forms.append(" ".join(inner.split()))


def _tidied(text: str) -> str:
    if text.isascii() and "`" not in text:
        return " ".join(text.split())
    plain = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    return " ".join(plain.replace("\u2044", "/").split())


def _labels(scheme: Scheme) -> list[str]:
    choices = scheme.options.get("choices", ())
    return [str(choice) for choice in choices] if isinstance(choices, list | tuple) else []


def _is_label(text: str, scheme: Scheme) -> bool:
    return text in _labels(scheme)


def _bare(text: str) -> str:
    return text.strip(_AROUND) or text


def _unframed(label: str) -> str:
    """(a) as a; an interval keeps its brackets, for they say which one it is."""
    inner = label.strip(_AROUND)
    return inner if inner.isalnum() else label.removesuffix(".").strip()


def _alike(text: str, label: str) -> tuple[bool, ...]:
    """Is the text this label, more and more loosely? The first of these that fits one label decides."""
    bare, inner = _bare(text), _unframed(label)
    return (
        text == label,
        text.casefold() == label.casefold(),
        (text.removesuffix(".").strip() or text).casefold() == label.removesuffix(".").strip().casefold(),
        bare == inner,
        bare.casefold() == inner.casefold(),
    )


def _label(text: str, scheme: Scheme) -> str:
    """The label that the tidy text stands for: (b) and B. choose B."""
    labels = _labels(scheme)
    forms = _forms(text)
    for form in forms:
        typed = [_alike(form, _tidied(label)) for label in labels]
        shown = [_alike(form, _tidied(words_of(label))) for label in labels]
        for level in (*zip(*typed, strict=True), *zip(*shown, strict=True)):
            found = {label for label, fit in zip(labels, level, strict=True) if fit}
            if len(found) == 1:
                return found.pop()
    if labels:
        raise ReadError(f"Choose one of {', '.join(labels)}.")
    return _bare(forms[-1])

"""What stands round a whole answer and is no part of it: $…$, \\(…\\), \\boxed{…}, a full stop."""

from __future__ import annotations

import re

_DOLLARS = re.compile(r"(?<![\\$])\$(?=\S)([^$]*?[^\s$\\])\$(?![\d$])")
_ROUND = re.compile(r"(?<!\\)\\\(((?:(?!\\[()]).)+)\\\)")
_PAIRS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_FRAME = re.compile(r"\\(?:boxed|fbox|framebox|ensuremath)\s*\{")
_FONT = re.compile(
    r"\\(?:math(?:bf|rm|it|sf|tt|normal)|bm|boldsymbol|(?:text|mbox)(?:rm|bf|it|sf|tt|up|normal)?)\s*\{"
)
_ONLY_WORDS = re.compile(r"[A-Za-z\s]*")
_STOPS = frozenset(".。．｡")
_MAY_BEGIN = re.compile(r"\s|\\(?:[(\[]|boxed|fbox|framebox|ensuremath|math|bm|boldsymbol|text|mbox)")
_NO_STOP = re.compile(r"(?:[.…。．｡]|\\(?:left|right|mleft|mright|middle|[lc]?dots|[Bb]igg?[lrm]?))\s*$")
Span = tuple[int, int]


def bare(text: str) -> str:
    """The text of an answer without delimiters, frame and full stop: spaces in their place.

    So every character keeps its position.
    """
    return text if _is_bare(text) else bared(text)


def bared(text: str) -> str:
    """What `bare` gives, whether or not there is anything to take away."""
    span, stopped = trimmed(text, (0, len(text))), False
    while True:
        inner = unframed(text, span) or _unfonted(text, span)
        if inner is None and not stopped:
            inner = without_stop(text, span)
            stopped = inner is not None
        if inner is None:
            break
        span = inner
    start, end = span
    body = _ROUND.sub(r"  \1  ", _without_dollars(text[start:end]))
    return " " * start + body + " " * (len(text) - end)


def _is_bare(text: str) -> bool:
    """Is it seen at a glance that there is nothing to take away? So it is for most answers."""
    last = text[-1:]
    if last in _STOPS or last.isspace() or "$" in text or r"\(" in text:
        return False
    return _MAY_BEGIN.match(text) is None


def words(text: str) -> str:
    """The words of a text without delimiters, frame and font."""
    span: Span | None = trimmed(text, (0, len(text)))
    while span is not None:
        start, end = span
        span = unframed(text, span) or within(text, span, _FONT)
    return text[start:end]


def unframed(text: str, span: Span) -> Span | None:
    """What stands within delimiters or a frame, if they enclose the whole span."""
    start, end = span
    for opening, closing in _PAIRS:
        inside = (start + len(opening), end - len(closing))
        if inside[0] < inside[1] and text.startswith(opening, start) and text.startswith(closing, inside[1]):
            content = text[slice(*inside)].replace(r"\$", "")
            cut = opening in content or closing in content or content.endswith("\\") or "$" in content[:1]
            if content.strip() and not cut:
                return trimmed(text, inside)
    return within(text, span, _FRAME)


def within(text: str, span: Span, command: re.Pattern[str]) -> Span | None:
    """The argument of such a command, if it is the whole span."""
    start, end = span
    match = command.match(text, start, end)
    if match is None or closing_brace(text, match.end()) != end - 1:
        return None
    inside = trimmed(text, (match.end(), end - 1))
    return inside if inside[0] < inside[1] else None


def without_stop(text: str, span: Span) -> Span | None:
    """The span without the full stop that ends it."""
    start, end = span
    if end - start < 2 or text[end - 1] not in _STOPS or _NO_STOP.search(text, start, end - 1):
        return None
    return trimmed(text, (start, end - 1))


def trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def closing_brace(text: str, at: int) -> int:
    """Where the brace that was opened before `at` is closed; −1 where it is not."""
    level = 1
    while at < len(text):
        char = text[at]
        level += (char == "{") - (char == "}")
        if level == 0:
            return at
        at += 2 if char == "\\" else 1
    return -1


def _unfonted(text: str, span: Span) -> Span | None:
    inside = within(text, span, _FONT)
    return None if inside is None or _ONLY_WORDS.fullmatch(text, *inside) else inside


def _without_dollars(text: str) -> str:
    """`$x=2$ or $x=3$`: pairs that each hold something, where no dollar is left over."""
    if "$" not in text:
        return text
    out = _DOLLARS.sub(lambda match: f" {match[1]} ", text)
    return text if "$" in out.replace(r"\$", "") else out

"""From any text to text that is stored and shown: read, shaped, and let through bleach.

`settled(settled(x)) == settled(x)`: a text comes out only when it went through unchanged once more.
"""

from __future__ import annotations

import html

from bleach.sanitizer import Cleaner

from mathsoc.richtext import policy
from mathsoc.richtext.policy import TooMuch
from mathsoc.richtext.shape import shape
from mathsoc.richtext.tree import Element, read, write

_PASSES = 6
_MATHS_SIGNS = (r"\(", r"\[", "$$")


def _keeps(tag: str, name: str, value: str) -> bool:
    """bleach hands values over as they are written, with their entities."""
    plain = html.unescape(value)
    return policy.attribute(tag, name, plain) == plain


def _cleaner() -> Cleaner:
    """A new one each time: html5lib's parser is not to be shared between threads."""
    return Cleaner(
        tags=policy.TAGS, attributes=_keeps, protocols=policy.PROTOCOLS, strip=True, strip_comments=True
    )


def settled(source: str, *, paragraphs: bool = False) -> str:
    """Sanitised HTML of whatever somebody wrote; raises TooMuch beyond the limits of `policy`."""
    if len(source) > policy.MAX_TEXT:
        raise TooMuch(
            f"The text is longer than {policy.MAX_TEXT:,} characters. Make two texts of it.", "text"
        )
    text = write(shape(read(source), paragraphs=paragraphs))
    for _ in range(_PASSES):
        shaped = write(shape(read(text)))
        if shaped != text:
            text = shaped
            continue
        if len(text) > policy.MAX_TEXT:
            raise TooMuch(
                f"The text is longer than {policy.MAX_TEXT:,} characters. Make two texts of it.", "text"
            )
        cleaned = str(_cleaner().clean(text))
        if cleaned == text:
            return text
        text = cleaned
    return words_only(text)


def words_only(source: str) -> str:
    """The last resort for a text that does not come to rest: its words alone."""
    words = read(source).words()
    for sign in _MATHS_SIGNS:
        words = words.replace(sign, " ")
    return f"<p>{html.escape(' '.join(words.split()), quote=False)}</p>"


def as_tree(source: str) -> Element:
    """A cleaned text as a tree of ours."""
    return shape(read(source))

"""Sets and intervals that are said in words: `no solutions`, `all real numbers`."""

from __future__ import annotations

import re

from .syntax.tree import Constant, Group, Negative, Node

EMPTY = Group("{", (), "}")
_INF = Constant("inf")
LINE = Group("(", (Negative(_INF), _INF), ")")

_LONGEST = 80
_BEFORE_WORDS = frozenset("\\ ")
_LAYOUT = re.compile(r"\\(?:text|mathrm|mathbb|mathbf|operatorname)(?![A-Za-z])|\\[ ,;:!]|[\s{}~]+")
_EMPTY = re.compile(
    r"none|dne|doesnotexist|(?:thereare)?no(?:real)?(?:solutions?|roots?|values?|answers?)(?:exist)?|(?:the)?(?:emptyset|nullset)"
)
_ALL = re.compile(
    r"(?:[a-z](?:∈|\\in|in|is))?"
    r"(?:r|ℝ|\\r|\\reals|(?:all|any|every)(?:real|reals|numbers?|realnumbers?|real[a-z]|[a-z]|(?:real)?values?)"
    r"|(?:the)?realnumbers|(?:the)?reals)"
)


def phrase(text: str, kind: str, declared: tuple[str, ...]) -> Node | None:
    """The tree of such an answer to a question of this kind, if the text is one."""
    if kind not in ("set", "interval") or len(text) > _LONGEST:
        return None
    if not (text[:1].isalpha() or text[:1] in _BEFORE_WORDS):
        return None
    said = _LAYOUT.sub("", text).casefold().removesuffix(".")
    if _EMPTY.fullmatch(said):
        return EMPTY
    if kind == "interval" and "R" not in declared and _ALL.fullmatch(said):
        return LINE
    return None

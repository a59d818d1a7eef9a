"""No pattern of the package takes long over any text: 10,000 letters that nearly match, in 50 ms.

Which ending spoils a match differs from pattern to pattern, so each text is tried with several.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from functools import reduce
from itertools import product
from operator import or_
from pathlib import Path

import pytest

import mathsoc
from mathsoc.marking import limits

MANY = 10_000
LENGTHS = (30, 60, MANY // 10, MANY)
MAKES = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
LETTERS = (
    "a",
    " ",
    "1",
    "(",
    "<",
    "\\",
    r"\\#",
    '"',
    "0.",
    "a,",
    "-1",
    "a b",
    "ab_",
    "<p",
    "a@",
    "π",
    "\u0301",
    "\n",
)
ENDINGS = ("!", "$", "<a", "&amp;")
HOSTILE = [(letter * MANY)[:MANY] for letter in LETTERS]
# Looked for only in texts that are short by then, or that cannot hold what would be slow: (how long, why).
ANSWER = (limits.MAX_CHARACTERS, "an answer or key that is longer has been refused")
BOUNDED = {
    r"\s*(?:(?:[A-Za-z]+|\d+(?:\.\d*)?|\.\d+|[,%;])(?:\s+|$))*": ANSWER,
    r" *\(| +[A-Za-z0-9√\\|⌊]|[√\\]": ANSWER,
    r" +((?:sin|cos|tan|sec|csc|cot|tg|ctg)h?[A-Za-z]*)": ANSWER,
    r"([\^_}]|\\[A-Za-z]+)?\s*\{\s*(?:(?:\\[,;:! ]|~)\s*)+\}": ANSWER,
    r"\s*\$[^$\\]*\$\s*\.?\s*": ANSWER,
}
PACKAGE = Path(mathsoc.__file__).parent
NOT_IMPORTED = {"mathsoc.__main__"}


def compiled() -> dict[str, re.Pattern[str]]:
    """Every pattern that a module of the package holds, also inside its tables."""
    found: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(mathsoc.__path__, "mathsoc."):
        if module.name in NOT_IMPORTED:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            for one in _inside(value):
                found.setdefault(one.pattern, one)
    return found


def _inside(value: object, depth: int = 0) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value if isinstance(value.pattern, str) else re.compile(_text(value.pattern))]
    if depth < 3 and isinstance(value, dict):
        value = [*value, *value.values()]
    if depth < 3 and isinstance(value, list | tuple | set | frozenset):
        return [one for item in value for one in _inside(item, depth + 1)]
    return []


def _text(given: object) -> str:
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)


def used_in_place() -> list[tuple[str, re.Pattern[str]]]:
    """Patterns that are given as text where they are used, and those compiled inside a function."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            first = node.args[0]
            if of_re and node.func.attr in MAKES and isinstance(first, ast.Constant):
                given = [flag for flag in re.RegexFlag if f"re.{flag.name}" in ast.unparse(node)]
                flags = reduce(or_, given, re.RegexFlag(0))
                found.append((f"{path.name}:{node.lineno}", re.compile(_text(first.value), flags)))
    return found


PATTERNS = sorted({**{one.pattern: one for _, one in used_in_place()}, **compiled()}.items())


def test_the_list_holds_them_all() -> None:
    assert len(PATTERNS) >= 40
    assert BOUNDED.keys() <= dict(PATTERNS).keys()


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The longest of the ways in which it may be used; what is quick once is not asked again."""
    longest = 0.0
    for way in (pattern.match, pattern.fullmatch, pattern.search, lambda text: pattern.sub("", text)):
        began = time.process_time()
        way(text)
        longest = max(longest, time.process_time() - began)
    return longest


@pytest.mark.parametrize("pattern", [one for _, one in PATTERNS], ids=lambda one: one.pattern[:40])
def test_a_pattern_is_quick_over_any_text(pattern: re.Pattern[str]) -> None:
    slow = []
    longest, _why = BOUNDED.get(pattern.pattern, (MANY, ""))
    for text, ending in product([text[:longest] for text in HOSTILE], ENDINGS):
        # A few letters first: what is slow over those would take for ever over all.
        if any(seconds(pattern, text[:length] + ending) > 0.05 for length in LENGTHS):
            slow.append(text[:6] + ending)
            break
    assert not slow, pattern.pattern


def test_the_clock_sees_a_slow_one() -> None:
    assert seconds(re.compile(r"(a|a)*$"), "a" * 20 + "!") > 0.05

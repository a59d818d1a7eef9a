"""Two texts compared: which blocks came and went, and inside changed ones which words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from mathsoc.richtext import pages, policy
from mathsoc.richtext.tree import Element, escape, opening, write

MAX_WORDS = 3_000  # of both sides, to be compared word by word
_WORDS = re.compile(r"\S+|\s+")


@dataclass(frozen=True)
class _Word:
    """A word, or what counts as one, as HTML; and the marks around it."""

    html: str
    begin: str = ""
    end: str = ""


@dataclass(frozen=True)
class _Line:
    """A line of a text: what kind it is, and its words."""

    tag: str
    words: tuple[_Word, ...]


def _joined(words: Iterable[_Word]) -> str:
    """Neighbours share their marks."""
    groups = groupby(words, key=lambda word: (word.begin, word.end))
    return "".join(f"{begin}{''.join(word.html for word in group)}{end}" for (begin, end), group in groups)


def compared(old: Element, new: Element) -> str:
    before, after = _lines(old), _lines(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False) if _small(before, after) else None
    if matcher is None:
        return "".join(_whole(line, "del") for line in before) + "".join(
            _whole(line, "ins") for line in after
        )
    said = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            said += [_block(line.tag, _joined(line.words)) for line in before[a:b]]
        else:
            said += [_changed(one, two) for one, two in zip_longest(before[a:b], after[c:d])]
    return "".join(said)


def _small(before: list[_Line], after: list[_Line]) -> bool:
    return len(before) * len(after) <= 4_000_000


def _changed(old: _Line | None, new: _Line | None) -> str:
    if old is None or new is None or old.tag != new.tag or len(old.words) + len(new.words) > MAX_WORDS:
        return (_whole(old, "del") if old else "") + (_whole(new, "ins") if new else "")
    said = ""
    matcher = SequenceMatcher(None, old.words, new.words, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            said += _joined(old.words[a:b])
        else:
            said += _mark("del", old.words[a:b]) + _mark("ins", new.words[c:d])
    return _block(new.tag, said)


def _whole(line: _Line, mark: str) -> str:
    return _block(line.tag, _mark(mark, line.words))


def _mark(mark: str, words: tuple[_Word, ...]) -> str:
    return f"<{mark}>{_joined(words)}</{mark}>" if words else ""


def _block(tag: str, inside: str) -> str:
    """Items and cells stand alone here: what is compared is their words."""
    if tag == "li":
        return f"<ul><li>{inside}</li></ul>"
    kept = tag if tag in ("p", "h2", "h3", "h4", "pre", "blockquote") else "p"
    return f"<{kept}>{inside}</{kept}>"


def _lines(root: Element) -> list[_Line]:
    found: list[_Line] = []
    _collect(root, "p", found)
    return found


def _collect(element: Element, tag: str, found: list[_Line]) -> None:
    words: list[_Word] = []

    def end() -> None:
        if words:
            found.append(_Line(tag, tuple(words)))
            words.clear()

    for child in element.children:
        if isinstance(child, Element) and child.tag in policy.BLOCKS and child.latex is None:
            end()
            inner = child.tag if child.tag in policy.HEADINGS | {"pre"} else tag
            inner = child.tag if child.tag in ("li", "blockquote") else inner
            if child.tag == "hr":
                found.append(_Line("p", (_Word("— — —"),)))
            _collect(child, inner, found)
        else:
            words += _words(child, "", "")
    end()


def _words(node: Element | str, begin: str, end: str) -> list[_Word]:
    if isinstance(node, str):
        return [_Word(write(word), begin, end) for word in _WORDS.findall(node)]
    if node.latex is not None:
        return [_Word(pages.formula(node.latex, display=node.tag == "div"), begin, end)]
    if node.tag == "br":
        return [_Word("<br>")]
    if node.tag == "img":
        return [_Word(f"[Picture: {escape(node.attributes['alt'] or node.attributes['src'])}]")]
    inner = f"{begin}{opening(node)}", f"</{node.tag}>{end}"
    return [word for child in node.children for word in _words(child, *inner)]

"""Two texts compared: which blocks came and went, and inside changed ones which words."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest

from mathsoc.richtext import pages, policy
from mathsoc.richtext.tree import Element, escape, opening, write
from mathsoc.sequences import Work, stretches

WORK = 1_000_000  # for a whole text; what is not compared by then is shown as gone and come
_WORDS = re.compile(r"([^ \t\n\r\f]*)([ \t\n\r\f]*)")


@dataclass(frozen=True)
class _Word:
    """A word, or what counts as one, as HTML; the marks around it; and the gap to the next.

    At the end of a line there is a gap that nobody has written: else what follows a word would change it.
    """

    html: str
    begin: str = ""
    end: str = ""
    gap: str = ""
    written: str = field(default="", compare=False)


@dataclass(frozen=True)
class _Line:
    """A line of a text: what kind it is, and its words."""

    tag: str
    words: tuple[_Word, ...]


def compared(old: Element, new: Element) -> str:
    before, after = _lines(old), _lines(new)
    work = Work(WORK)
    said = []
    for same, a, b, c, d in _pieces(before, after, work):
        if same:
            said += [_block(line.tag, _joined(line.words)) for line in after[c:d]]
        else:
            said += [_changed(one, two, work) for one, two in zip_longest(before[a:b], after[c:d])]
    return "".join(said)


def _pieces(
    old: Sequence[Hashable], new: Sequence[Hashable], work: Work
) -> Iterator[tuple[bool, int, int, int, int]]:
    """Both cut where what is the same begins and ends: is it the same, from where to where in each."""
    at = to = 0
    for a, c, size in [*stretches(old, new, work), (len(old), len(new), 0)]:
        if at < a or to < c:
            yield False, at, a, to, c
        at, to = a + size, c + size
        if size:
            yield True, a, at, c, to


def _changed(old: _Line | None, new: _Line | None, work: Work) -> str:
    if old is None or new is None or old.tag != new.tag:
        return (_whole(old, "del") if old else "") + (_whole(new, "ins") if new else "")
    said = ""
    for same, a, b, c, d in _pieces(old.words, new.words, work):
        if same:
            said += _joined(_with_gaps(old.words[a:b], new.words[c:d]))
        else:
            said += _replaced(old.words[a:b], new.words[c:d])
    return _block(new.tag, said)


def _with_gaps(old: tuple[_Word, ...], new: tuple[_Word, ...]) -> Iterator[_Word]:
    """Words that are the same, the gap after the last written where either side goes on."""
    for one, other in zip(old, new, strict=True):
        yield replace(other, written=one.written or other.written)


def _replaced(old: tuple[_Word, ...], new: tuple[_Word, ...]) -> str:
    """A gap after both is outside the marks, where it is not struck out."""
    if old and new and old[-1].gap == new[-1].gap:
        gap = old[-1].written or new[-1].written
        old, new = ((*words[:-1], replace(words[-1], written="")) for words in (old, new))
        return _mark("del", old) + _mark("ins", new) + gap
    return _mark("del", old) + _mark("ins", new)


def _joined(words: Iterable[_Word]) -> str:
    """Neighbours share their marks; a gap between marks is outside them."""
    said = ""
    for (begin, end), group in groupby(words, key=lambda word: (word.begin, word.end)):
        inside = [*group]
        html = "".join(f"{word.html}{word.written}" for word in inside[:-1]) + inside[-1].html
        said += f"{begin}{html}{end}{inside[-1].written}"
    return said


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
            words[-1] = replace(words[-1], gap=words[-1].gap or ("\n" if tag == "pre" else " "))
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
            for word in _words(child, "", ""):
                _add(word, words, tag)
    end()


def _add(word: _Word, words: list[_Word], tag: str) -> None:
    """A gap that stands alone belongs to the word before it; only in <pre> does it matter how wide it is."""
    gap = word.written if tag == "pre" or not word.written else " "
    if word.html or (tag == "pre" and not words):
        words.append(replace(word, gap=gap, written=gap))
    elif words:
        gap = words[-1].written + gap if tag == "pre" else gap
        words[-1] = replace(words[-1], gap=gap, written=gap)


def _words(node: Element | str, begin: str, end: str) -> list[_Word]:
    if isinstance(node, str):
        found = _WORDS.findall(node)[:-1]  # the last is always empty
        return [_Word(write(word), begin, end, written=gap) for word, gap in found]
    if node.latex is not None:
        return [_Word(pages.formula(node.latex, display=node.tag == "div"), begin, end)]
    if node.tag == "br":
        return [_Word("<br>")]
    if node.tag == "img":
        return [_Word(f"[Picture: {escape(node.attributes['alt'] or node.attributes['src'])}]")]
    inner = f"{begin}{opening(node)}", f"</{node.tag}>{end}"
    return [word for child in node.children for word in _words(child, *inner)]

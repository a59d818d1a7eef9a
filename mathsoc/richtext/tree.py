"""Written text as a small tree, and the tree as HTML: what everything here works on.

`read` takes any text and fails by its limits alone; each character is looked at a few times at most.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mathsoc.richtext import policy
from mathsoc.richtext.policy import TooMuch

ROOT = ""
OPEN_AT_ONCE = 100

# Other spellings, and elements of which the words are kept.
_MEANS = {
    **{"b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4", "tfoot": "tbody"},
    **{"dt": "p", "dd": "p", "caption": "p", "legend": "p", "summary": "p", "xmp": "pre", "listing": "pre"},
    **{"kbd": "code", "samp": "code", "tt": "code", "cite": "em", "var": "em", "dfn": "em"},
}
_PLAIN_BLOCKS = policy.names(
    "address article aside body center details dir div dl fieldset footer form header hgroup html main menu"
    " nav section"
)
# Elements that a browser reads otherwise than as words, or that are no words.
_DROPPED_WHOLE = policy.names(
    "audio canvas embed head iframe math noembed noframes object script select style svg template textarea"
    " title video"
)
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # An opening tag → the open elements that it ends, as far as one of the others stands between.
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th"}), frozenset({"table", "tr"}))),
    **dict.fromkeys(("thead", "tbody"), (frozenset({"thead", "tbody"}), frozenset({"table"}))),
    "figcaption": (frozenset({"figcaption"}), frozenset({"figure"})),
    "a": (frozenset({"a"}), policy.BLOCKS),
}
_CELLS = frozenset({"td", "th", "table"})
_NAME = re.compile(r"</?([a-zA-Z][^\s/<>\"'=]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>`]++)))?+",
)
_FOUND = re.compile(r"<|\\\\|\\\(|\\\[|\$\$")
_LINE_TAGS = "|".join(sorted(policy.BLOCKS | _PLAIN_BLOCKS | {"br", "h1", "h5", "h6"}))
_END_OF_FORMULA = re.compile(
    rf"\\\\|\\[()\[\]]|\$\$|</?(?:{_LINE_TAGS})\b|<(?:span|div)\s+data-latex", re.IGNORECASE
)
_MARK_TAGS = re.compile(
    r"</?(?:a|b|strong|em|i|u|s|font|span|sub|sup|code|mark)(?:\s[^<>]*+)?>", re.IGNORECASE
)
_ENDS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
_UNWANTED = re.compile(
    # Controls, halves of characters, non-characters, and what turns the direction of the words that follow.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff\u202a-\u202e\u2066-\u2069]"
)
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def latex(self) -> str | None:
        """The source of a formula; None if it is something else."""
        return self.attributes.get("data-latex")

    def walk(self) -> Iterator[Element]:
        """This element and all inside it, in reading order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

    def words(self) -> str:
        """All text inside; of formulas their source."""
        if self.latex is not None:
            return self.latex
        return "".join(child if isinstance(child, str) else child.words() for child in self.children)


def formula(latex: str, *, display: bool) -> Element:
    return Element("div" if display else "span", {"data-latex": latex})


def decode(text: str) -> str:
    """Entities as characters, without what has no place in a text."""
    if "&" in text:
        text = html.unescape(_LONG_NUMBER.sub("\ufffd", text))
    return _UNWANTED.sub("", text)


def read(source: str) -> Element:
    """Any text as a tree of known elements, as they were nested; `shape` makes it a text of ours."""
    reader = _Reader(_UNWANTED.sub("", source.replace("\r\n", "\n").replace("\r", "\n")))
    reader.run()
    return reader.root


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.root = Element(ROOT)
        self.open = [self.root]
        self.parts = 0
        # Ends of comments and of dropped elements that are not to be found any more.
        self.missing: set[str] = set()
        self.pending: list[str] = []

    def run(self) -> None:
        at = 0
        while (found := _FOUND.search(self.source, at)) is not None:
            self.text(self.source[at : found.start()])
            at = self.tag(found.start()) if found[0] == "<" else self.maths(found)
        self.text(self.source[at:])
        self.flush()

    def text(self, raw: str) -> None:
        if raw:
            self.pending.append(raw)

    def flush(self) -> None:
        """The characters since the last element, as one text."""
        if self.pending:
            self.open[-1].children.append(decode("".join(self.pending)))
            self.pending.clear()

    def maths(self, found: re.Match[str]) -> int:
        r"""`\( … \)`, `\[ … \]`, `$$ … $$`; whatever else begins like them are characters."""
        begin, after = found[0], found.end()
        if begin != r"\\" and not self.in_code():
            for end in _END_OF_FORMULA.finditer(self.source, after):
                if end[0] == r"\\":
                    continue
                latex = decode(_MARK_TAGS.sub("", self.source[after : end.start()])).strip()
                if end[0] == _ENDS[begin] and latex:
                    self.add(formula(latex, display=begin != r"\("))
                    return end.end()
                break
        self.text(begin)
        return after

    def in_code(self) -> bool:
        return any(element.tag in ("pre", "code") or element.latex is not None for element in self.open)

    def tag(self, at: int) -> int:
        """Read the tag, comment or bare `<` here; gives where to go on."""
        if self.source.startswith(("<!", "<?"), at):
            return self.comment(at)
        match = _NAME.match(self.source, at)
        if match is None:
            self.text("<")
            return at + 1
        name = match[1].lower()
        closing = self.source[at + 1] == "/"
        if name in _DROPPED_WHOLE:
            return match.end() if closing else self.skip(f"</{name}", match.end())
        if closing:
            self.end(name)
        else:
            self.start(name, match[2])
        return match.end()

    def comment(self, at: int) -> int:
        end = "-->" if self.source.startswith("<!--", at) else ">"
        found = -1 if end in self.missing else self.source.find(end, at + 2)
        if found < 0:
            self.missing.add(end)
            self.text(self.source[at : at + 2])
            return at + 2
        return found + len(end)

    def skip(self, end: str, at: int) -> int:
        """Past the end of an element that is dropped with all inside; past its tag if it never ends."""
        if end in self.missing:
            return at
        found = re.compile(rf"{end}(?=[\s/>])[^>]*+>", re.IGNORECASE).search(self.source, at)
        if found is None:
            self.missing.add(end)
            return at
        return found.end()

    def start(self, name: str, written: str) -> None:
        name = _MEANS.get(name, name)
        if name in _PLAIN_BLOCKS or name in policy.TAGS:
            attributes = _attributes(name, written)
            if name == "span" and "data-latex" not in attributes:
                return
            self.flush()
            self.close_before(name)
            element = Element("div" if name in _PLAIN_BLOCKS else name, attributes)
            self.add(element)
            if name not in policy.VOID:
                self.open.append(element)
                if len(self.open) > OPEN_AT_ONCE:
                    raise TooMuch("The parts of the text stand too deeply inside each other.", "text")

    def add(self, element: Element) -> None:
        self.flush()
        self.parts += 1
        if self.parts > 2 * policy.MAX_PARTS:
            raise TooMuch(f"The text has more than {policy.MAX_PARTS:,} parts. Make two texts of it.", "text")
        self.open[-1].children.append(element)

    def close_before(self, name: str) -> None:
        """End what the new element ends by itself, as an `li` ends the `li` before it."""
        if name in policy.BLOCKS or name in _PLAIN_BLOCKS:
            for at in range(len(self.open) - 1, 0, -1):
                if self.open[at].tag == "p" or self.open[at].tag in policy.HEADINGS:
                    del self.open[at:]
                    break
                if self.open[at].tag in policy.BLOCKS:
                    break
        ends, until = _CLOSES.get(name, (frozenset(), frozenset()))
        for at in range(len(self.open) - 1, 0, -1):
            tag = self.open[at].tag
            if tag in ends:
                del self.open[at:]
                return
            if tag in until:
                return

    def end(self, name: str) -> None:
        self.flush()
        name = _MEANS.get(name, name)
        name = "div" if name in _PLAIN_BLOCKS else name
        block = name in policy.BLOCKS
        for at in range(len(self.open) - 1, 0, -1):
            tag = self.open[at].tag
            if tag == name:
                del self.open[at:]
                return
            if (tag in policy.BLOCKS and not block) or (
                tag in _CELLS and name not in ("table", "thead", "tbody", "tr")
            ):
                return


def _attributes(tag: str, written: str) -> dict[str, str]:
    wanted = policy.ATTRIBUTES.get(tag)
    if not wanted or not written:
        return {}
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(written):
        name = match[1].lower()
        if name in wanted and name not in found:
            value = policy.attribute(tag, name, decode(match[2] or match[3] or match[4] or ""))
            if value is not None:
                found[name] = value
    return {name: found[name] for name in wanted if name in found}


def write(node: Element | str) -> str:
    """The tree as HTML: each character of a text or a value is escaped here, and nowhere else."""
    if isinstance(node, str):
        return html.escape(node, quote=False)
    inside = (
        html.escape(node.latex, quote=False) if node.latex is not None else "".join(map(write, node.children))
    )
    if node.tag == ROOT:
        return inside
    begin = opening(node)
    return begin if node.tag in policy.VOID else f"{begin}{inside}</{node.tag}>"


def opening(element: Element) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in element.attributes.items())
    return f"<{element.tag}{written}>"


def escape(value: str) -> str:
    return html.escape(value).replace("&#x27;", "'")

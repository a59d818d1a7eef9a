"""A formula as plain Unicode, for mail and feeds: `x² + ½`, `√(x + 1)`, `∫₀¹`, `(a + b)/2`."""

from __future__ import annotations

import re
from functools import lru_cache

from mathsoc.richtext import latex as maths
from mathsoc.richtext.tree import Element, decode

_SUPERSCRIPT = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_RAISED = frozenset("0123456789+-−=()ni")
_LOWERED = frozenset("0123456789+-−=()aehijklmnoprstuvx")
_PRIMES = frozenset("′″‴⁗")
_FRACTIONS = {
    **{("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾", ("1", "5"): "⅕"},
    **{("2", "5"): "⅖", ("3", "5"): "⅗", ("4", "5"): "⅘", ("1", "6"): "⅙", ("5", "6"): "⅚", ("1", "8"): "⅛"},
    **{("3", "8"): "⅜", ("5", "8"): "⅝", ("7", "8"): "⅞"},
}
_ACCENTS = {
    **{
        "ˆ": "\u0302",
        "^": "\u0302",
        "¯": "\u0304",
        "‾": "\u0304",
        "˙": "\u0307",
        "¨": "\u0308",
        "~": "\u0303",
    },
    **{"˜": "\u0303", "⃗": "\u20d7", "→": "\u20d7", "̲": "\u0304", "_": "\u0304"},
}
_INVISIBLE = re.compile("[\u2061-\u2064\ufe00\ufe01]|&ApplyFunction;|&nbsp;(?=$)")
_RELATIONS = frozenset("=<>≤≥≠≈≡∼≅∈∉⊂⊆⊃⊇→⇒⇔↦⟹⟺⟶←↔∝≔:∣")
_BETWEEN = frozenset("+−±∓×÷∪∩∧∨∖")
_TOKEN = re.compile(r"<(/?)([a-z]+)([^<>]*)>|([^<]+)")
_SIMPLE = re.compile(r"(?:[^\W_]|[.,′″°∞²³ⁿ¹])+")
_SPACES = re.compile(r"[ \t\n\u00a0]+")
_SCRIPTED = frozenset(("msup", "msub", "msubsup", "mover", "munder", "munderover"))
_OPERATOR = re.compile(r"[∑∏∫∮⋃⋂]|[a-z]{2,6}(?![a-z])")


@lru_cache(maxsize=4096)
def plain_maths(latex: str) -> str:
    """The formula in one line of Unicode; its source if it cannot be read."""
    try:
        root = _parsed(maths.mathml(latex))
    except maths.Unreadable:
        return latex
    return _SPACES.sub(" ", _row(root)).strip() or latex


def _parsed(mathml: str) -> Element:
    top = Element("top")
    open_ = [top]
    for closing, name, attributes, text in _TOKEN.findall(mathml):
        if text:
            open_[-1].children.append(decode(_INVISIBLE.sub("", text)))
        elif closing:
            open_.pop()
        else:
            element = Element(name, {"as": attributes})
            open_[-1].children.append(element)
            if not attributes.endswith("/"):
                open_.append(element)
    return top


def _parts(element: Element) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element)]


def _row(element: Element) -> str:
    """What stands side by side, with spaces around relations and between terms."""
    said = ""
    reaches_out = False
    for child in element.children:
        if isinstance(child, str):
            said += child
            continue
        piece = _said(child)
        if not piece:
            continue
        if reaches_out and (piece[0].isalnum() or piece[0] in "(√|"):
            said += " "
        reaches_out = child.tag in _SCRIPTED and _OPERATOR.match(piece) is not None
        if child.tag == "mo" and piece in _RELATIONS | _BETWEEN:
            binary = bool(said.strip()) and said.rstrip()[-1] not in _RELATIONS | frozenset("([{,+−±×")
            said = f"{said.rstrip()} {piece} " if binary or piece in _RELATIONS else said + piece
        elif child.tag == "mo" and piece in (",", ";"):
            said += f"{piece} "
        elif _is_word(child, piece) and said and (said[-1].isalnum() or said[-1] in ")"):
            said += f" {piece}"
        else:
            said += (
                f" {piece}" if said[-1:].isalpha() and _ends_with_word(said) and piece[0].isalnum() else piece
            )
    return said


def _is_word(element: Element, piece: str) -> bool:
    return len(piece) > 1 and piece[0].isalpha() and piece.isalpha() and element.tag in ("mi", "mrow")


def _ends_with_word(said: str) -> bool:
    """Whether the last thing said is a name such as `sin`, which must not run into what follows."""
    return bool(re.search(r"(?:^|[^A-Za-z])[a-z]{3,6}$", said))


def _said(element: Element) -> str:
    tag, parts = element.tag, _parts(element)
    if tag in ("mi", "mn", "ms", "mtext", "mo") and not parts:
        text = "".join(child for child in element.children if isinstance(child, str))
        return text if tag == "mtext" else text.strip()
    if tag == "mspace":
        return " " if _wide(element.attributes["as"]) else ""
    if tag == "mfrac" and len(parts) == 2:
        return _fraction(parts, element.attributes["as"])
    if tag == "msqrt":
        return "√" + _grouped(_row(element))
    if tag == "mroot" and len(parts) == 2:
        return _root(parts)
    if tag == "mtable":
        return "; ".join(_table_row(row) for row in parts)
    if tag in ("msup", "msub", "msubsup", "mover", "munder", "munderover") and len(parts) > 1:
        return _scripted(tag, parts)
    return _row(element)


def _wide(attributes: str) -> bool:
    found = re.search(r'width="([0-9.]+)em"', attributes)
    return found is not None and float(found[1]) >= 0.16


def _fraction(parts: list[Element], attributes: str) -> str:
    above, below = _said(parts[0]).strip(), _said(parts[1]).strip()
    if 'linethickness="0"' in attributes:
        return f"{above} choose {below}"
    return _FRACTIONS.get((above, below)) or f"{_grouped(above)}/{_grouped(below)}"


def _root(parts: list[Element]) -> str:
    sign = {"2": "√", "3": "∛", "4": "∜"}.get(degree := _said(parts[1]).strip())
    return (sign or _script(degree, up=True) + "√") + _grouped(_said(parts[0]))


def _table_row(row: Element) -> str:
    cells = [_row(cell).strip() for cell in _parts(row)]
    if any(cell[:1] in _RELATIONS for cell in cells if cell):
        return " ".join(cell for cell in cells if cell and not re.fullmatch(r"\([0-9]+\)", cell))
    return ", ".join(cell for cell in cells if cell)


def _scripted(tag: str, parts: list[Element]) -> str:
    base = _said(parts[0]).strip()
    if tag == "mover" and (accent := _ACCENTS.get(_said(parts[1]).strip())):
        return base + accent if len(base) == 1 else "".join(letter + accent for letter in base)
    if len(base) > 1 and not _SIMPLE.fullmatch(base) and not _bracketed(base):
        base = f"({base})"
    lower = parts[1] if tag in ("msub", "munder", "msubsup", "munderover") else None
    upper = parts[-1] if tag not in ("msub", "munder") else None
    said = base
    if lower is not None:
        said += _script(_said(lower).strip(), up=False)
    if upper is not None:
        said += _script(_said(upper).strip(), up=True)
    return said


def _script(text: str, *, up: bool) -> str:
    if text == "∘":
        return "°"
    if set(text) <= _PRIMES:
        return text
    tight = text.replace(" ", "")
    if set(tight) <= (_RAISED if up else _LOWERED):
        return tight.translate(_SUPERSCRIPT if up else _SUBSCRIPT)
    bare = len(text) == 1 or _bracketed(text)
    return ("^" if up else "_") + (text if bare else f"({text})")


def _grouped(text: str) -> str:
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) or _bracketed(text) else f"({text})"


def _bracketed(text: str) -> bool:
    """Whether one pair of brackets goes around all of it."""
    if text[:1] not in ("(", "[", "|") or len(text) < 2:
        return False
    if text[0] == "|":
        return text[-1] == "|" and text.count("|") == 2
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return at == len(text) - 1
    return False

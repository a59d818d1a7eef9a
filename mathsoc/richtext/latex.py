"""LaTeX to MathML by math-core, and its result made strict: known elements, no style, no address, no id."""

from __future__ import annotations

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML

from mathsoc.richtext.policy import MAX_LATEX, names

MAX_MATHML = 40_000  # characters
MAX_MATHML_DEPTH = 60
_converter = LatexToMathML(fancy_error=False, max_expansions=100)

_ELEMENTS = names(
    "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms"
    " mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
_VALUES = {
    name: re.compile(pattern)
    for written, pattern in (
        (
            "accent accentunder displaystyle fence largeop movablelimits separator stretchy symmetric",
            "true|false",
        ),
        (
            "width height depth lspace rspace voffset minsize maxsize linethickness",
            r"[+-]?[0-9.]{1,12}(?:[a-z]{2}|%)?",
        ),
        ("scriptlevel columnspan rowspan", r"[+-]?[0-9]{1,2}"),
        (
            "display mathvariant form notation columnalign rowspacing columnspacing class intent dir",
            r"[a-z0-9 .-]{1,60}",
        ),
    )
    for name in written.split()
}
_LENGTHS = names("width height depth lspace rspace voffset minsize maxsize linethickness")
_WIDEST_EM = 20.0
_TAG = re.compile(r"<(/?)([a-z]+)([^<>]*)>")
_ATTRIBUTE = re.compile(r'(?<![a-z-])([a-z-]+)="([^"]*)"')
_CLASS_OF_STYLE = {
    "text-align:left": "m-left",
    "text-align:right": "m-right",
    "width:50%": "m-half",
    "width:100%": "m-full",
    "padding-left:0": "m-pl0",
    "padding-left:0.1em": "m-pl-thin",
    "padding-left:1em": "m-pl1",
    "padding-right:0": "m-pr0",
    "padding-right:0.1em": "m-pr-thin",
    "padding-top:0": "m-pt0",
    "padding-bottom:0": "m-pb0",
} | {
    f"border-{side}:0.05em {line} currentcolor": f"m-{name}-{side}"
    for side in ("left", "right", "top")
    for line, name in (("solid", "line"), ("dashed", "dash"))
}

# What math-core does not know, said in what it knows.
_ENVIRONMENTS = {
    "smallmatrix": "matrix",
    "psmallmatrix": "pmatrix",
    "bsmallmatrix": "bmatrix",
    "vsmallmatrix": "vmatrix",
    "split": "aligned",
}
_REWRITTEN = re.compile(r"\\(begin|end)\{(" + "|".join(_ENVIRONMENTS) + r")\}")
_SUBSTACK = re.compile(r"\\substack\s*\{")
# Colour is the page's business (contrast, print), and never the formula's.
_COLOURED = re.compile(r"\\(?:textcolor|color|colorbox)(?![a-zA-Z])\s*(?:\[[^\[\]{}\\]*\]\s*)?\{[^{}\\]*\}")
_ROW_SPACING = re.compile(r"(?<!\\)((?:\\\\)+)\s*\[-?[0-9.]+\s*(?:pt|em|ex|mm|cm|in|px|mu|\\jot)\]")
_BARE_COLOUR = re.compile(r"\\color(?![a-zA-Z])\s*[a-zA-Z](?![a-zA-Z])")


class Unreadable(Exception):
    """This formula cannot be shown as one; `at` is the character where reading it ended."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool = False) -> str:
    """One formula as MathML; raises Unreadable."""
    if len(latex) > MAX_LATEX:
        raise Unreadable(f"The formula is longer than {MAX_LATEX:,} characters.")
    known = _known(latex)
    try:
        markup = _converter.convert_with_local_state(known, displaystyle=display)
    except LatexError as error:
        at, _, message = str(error).partition(": ")
        place = int(at) if at.isdigit() and known == latex else 0
        raise Unreadable(message or str(error), place) from None
    if len(markup) > MAX_MATHML:
        raise Unreadable("The formula becomes too large.")
    return _strict(markup)


def _known(latex: str) -> str:
    """The same in the words of math-core."""
    known = _COLOURED.sub("", latex)
    known = _BARE_COLOUR.sub("", known)
    known = _ROW_SPACING.sub(r"\1", known)
    known = _REWRITTEN.sub(lambda m: f"\\{m[1]}{{{_ENVIRONMENTS[m[2]]}}}", known)
    while (found := _SUBSTACK.search(known)) is not None:
        end = _closing(known, found.end())
        if end < 0:
            break
        inner = known[found.end() : end]
        known = (
            f"{known[: found.start()]}{{\\begin{{subarray}}{{c}}{inner}\\end{{subarray}}}}{known[end + 1 :]}"
        )
    return known


def _closing(latex: str, at: int) -> int:
    """Where the brace that was opened before `at` is closed; -1 if nowhere."""
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(latex, at):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return -1


def _strict(markup: str) -> str:
    depth = deepest = 0

    def tag(match: re.Match[str]) -> str:
        nonlocal depth, deepest
        closing, name, attributes = match.groups()
        alone = attributes.endswith("/")
        if not alone:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
        if name not in _ELEMENTS:
            return ""
        return f"<{closing}{name}{'' if closing else _attributes(attributes)}{'/' if alone else ''}>"

    result = _TAG.sub(tag, markup)
    if deepest > MAX_MATHML_DEPTH:
        raise Unreadable("The parts of the formula stand too deeply inside each other.")
    return result


def _attributes(written: str) -> str:
    kept: list[str] = []
    classes: list[str] = []
    for name, value in _ATTRIBUTE.findall(written):
        if name == "style":
            classes += _classes(value)
        elif name == "class":
            classes += value.split() if _VALUES[name].fullmatch(value) else []
        elif name in _VALUES and _VALUES[name].fullmatch(value) and not _giant(name, value):
            kept.append(f' {name}="{value}"')
    if classes:
        kept.append(f' class="{" ".join(classes)}"')
    return "".join(kept)


def _giant(name: str, value: str) -> bool:
    """Whether a length would push the page aside."""
    number = re.match(r"[+-]?([0-9]+(?:\.[0-9]+)?|\.[0-9]+)", value)
    return name in _LENGTHS and (number is None or float(number[1]) > _WIDEST_EM) and not value.endswith("%")


def _classes(style: str) -> list[str]:
    """What math-core says in style, said in the classes of static/css/maths.css."""
    found = (_CLASS_OF_STYLE.get(one.replace(": ", ":").strip(), "") for one in style.split(";"))
    return [name for name in found if name]

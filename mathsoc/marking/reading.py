"""`read`: from text to a tree that fits the question, or to a problem in plain words. Never sees a key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import limits
from .fit import fit
from .results import ReadError, Reading, SchemeError
from .scheme import Scheme
from .syntax.grammar import Grammar
from .syntax.latex import latex
from .syntax.lexicon import Setting, resolve
from .syntax.mathml import mathml
from .syntax.printing import plain
from .syntax.spoken import spoken
from .syntax.tokens import looks_like_latex, tokenize
from .syntax.tree import Node, depth, symbols
from .syntax.values import check_values
from .words_only import WORD_KINDS, read_words

NOTATIONS = ("auto", "typed", "latex")


@dataclass(frozen=True)
class Parsed:
    """A tree with what the member should know about how it was read."""

    tree: Node
    notes: tuple[str, ...]


def read(answer: str, scheme: Scheme, notation: str = "auto") -> Reading:
    """How the answer is understood; with a problem instead where it cannot be read.

    Raises SchemeError for an unknown notation, and nothing else whatever the text is.
    """
    if notation not in NOTATIONS:
        raise SchemeError(f"Unknown notation {notation!r}. Known: {', '.join(NOTATIONS)}.")
    try:
        if scheme.kind in WORD_KINDS:
            return read_words(answer, scheme)
        return told(parse(answer, scheme, notation), scheme)
    except ReadError as error:
        return Reading(ok=False, problem=error.problem)


def shown(parsed: Parsed) -> Reading:
    """The reading of a tree, as the member sees it."""
    tree = parsed.tree
    return Reading(True, mathml(tree), plain(tree), symbols(tree), None, parsed.notes)


def told(parsed: Parsed, scheme: Scheme) -> Reading:
    """The reading of a tree with all that is told of it, aloud too."""
    tree = parsed.tree
    words = spoken(tree, region=scheme.kind == "interval")
    return replace(shown(parsed), latex=latex(tree), spoken=words)


def parse(text: str, scheme: Scheme, notation: str = "auto") -> Parsed:
    """The tree of a text for this question. Raises ReadError."""
    if len(text) > limits.MAX_CHARACTERS:
        raise ReadError(f"This is too long. Please use at most {limits.MAX_CHARACTERS} characters.")
    latex = notation == "latex" or (notation == "auto" and looks_like_latex(text))
    setting = Setting(scheme.kind, frozenset(scheme.variables), scheme.up_to_constant, latex)
    notes: list[str] = []
    tokens = resolve(tokenize(text, latex), setting, notes)
    grammar = Grammar(tokens, setting, notes)
    tree = grammar.whole()
    if depth(tree) > limits.MAX_DEPTH:
        raise ReadError("There are too many steps inside each other. Please write a simpler answer.")
    if grammar.bare_slash:
        notes.append("only the next thing is below the line")
    tree = fit(tree, scheme.kind, scheme.variables)
    check_values(tree)
    return Parsed(tree, tuple(dict.fromkeys(notes)))

"""`read`: from text to a tree that fits the question, or to a problem in plain words. Never sees a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from . import limits
from .fit import fit
from .judging.formulas import is_region
from .phrases import phrase
from .results import ReadError, SchemeError
from .scheme import Scheme
from .shown import Reading
from .syntax.delimiters import bare
from .syntax.grammar import Grammar
from .syntax.lexicon import Setting, resolve
from .syntax.lists import spaced_cells
from .syntax.quantities import Part, parts
from .syntax.tokens import Token, looks_like_latex, tokenize
from .syntax.tree import Call, Negative, Node, Quantity, Sum, depth
from .syntax.unit_grammar import parse_unit
from .syntax.units import Unit
from .syntax.values import check_values
from .words_only import WORD_KINDS, read_words

NOTATIONS = ("auto", "typed", "latex")
_IN_DOLLARS = re.compile(r"\s*\$[^$\\]*\$\s*\.?\s*")  # $5$ may be money, or typesetting


@dataclass(frozen=True)
class Parsed:
    """A tree with what the member should know about how it was read."""

    tree: Node
    notes: tuple[str, ...]


def check_notation(notation: str) -> None:
    """Raises SchemeError for an unknown one."""
    if notation not in NOTATIONS:
        raise SchemeError(f"Unknown notation {notation!r}. Known: {', '.join(NOTATIONS)}.")


def read(answer: str, scheme: Scheme, notation: str = "auto") -> Reading:
    """How the answer is understood; with a problem instead where it cannot be read.

    Raises SchemeError for an unknown notation, and nothing else whatever the text is.
    """
    check_notation(notation)
    try:
        if scheme.kind in WORD_KINDS:
            return read_words(answer, scheme)
        return shown(parse(answer, scheme, notation), scheme)
    except ReadError as error:
        return Reading(ok=False, problem=error.problem)


def read_key(key: str, scheme: Scheme) -> Reading:
    """How a key of the scheme is shown: as it is read, with its unit where the scheme names one."""
    unit = scheme.unit
    if unit is None:
        return read(key, scheme)
    try:
        return shown(Parsed(Quantity(parse(key, scheme).tree, unit), ()), scheme)
    except ReadError as error:
        return Reading(ok=False, problem=error.problem)


def shown(parsed: Parsed, scheme: Scheme) -> Reading:
    """The reading of a tree, as the member sees and hears it."""
    region = scheme.kind == "interval" or (scheme.kind == "inequality" and is_region(parsed.tree))
    return Reading(True, parsed.tree, None, parsed.notes, region=region)


def parse(text: str, scheme: Scheme, notation: str = "auto") -> Parsed:
    """The tree of a text for this question. Raises ReadError."""
    if len(text) > limits.MAX_CHARACTERS:
        raise ReadError(f"This is too long. Please use at most {limits.MAX_CHARACTERS} characters.")
    latex = notation == "latex" or (notation == "auto" and looks_like_latex(text))
    unit = scheme.unit
    if unit is None or "$" not in unit.text or not _IN_DOLLARS.fullmatch(text):
        text = bare(text)
    setting = _setting(scheme.kind, scheme.variables, scheme.up_to_constant, latex)
    notes: list[str] = []
    if "~" in text and not latex:
        raise ReadError("~ (about) cannot be marked. Write = or just the number.", text.index("~") + 1)
    said = phrase(text, scheme.kind, scheme.variables)
    if said is not None:
        return Parsed(said, ())
    if unit is None:
        tokens = tokenize(text)
        if scheme.kind == "matrix":
            tokens = spaced_cells(tokens)
        tree = _tree(tokens, scheme, setting, notes)
    else:
        tree = _measured(parts(text, latex, unit, setting.declared), unit, scheme, setting, notes)
    return Parsed(tree, tuple(dict.fromkeys(notes)))


@lru_cache(maxsize=256)  # one question meets many answers
def _setting(kind: str, variables: tuple[str, ...], open_letters: bool, latex: bool) -> Setting:
    return Setting(kind, frozenset(variables), open_letters, latex)


def _tree(tokens: list[Token], scheme: Scheme, setting: Setting, notes: list[str]) -> Node:
    resolved = resolve(tokens, setting, notes)
    grammar = Grammar(resolved, setting, notes)
    tree = grammar.whole()
    # A token makes two levels at most, so a short text needs no measuring.
    if 2 * len(resolved) > limits.MAX_DEPTH and depth(tree) > limits.MAX_DEPTH:
        raise ReadError("There are too many steps inside each other. Please write a simpler answer.")
    if grammar.bare_slash:
        notes.append("only the next thing is below the line")
    tree = fit(tree, scheme.kind, scheme.variables)
    check_values(tree)
    return tree


def _measured(found: list[Part], asked: Unit, scheme: Scheme, setting: Setting, notes: list[str]) -> Node:
    """A number with its unit, or a sum of such; a bare number where there is none yet."""
    terms: list[Node] = []
    for part in found:
        value = _tree(part.tokens, scheme, setting, notes)
        unit = part.unit
        match value:
            case Call(name="degree", args=(arg,)) if unit is None:  # (45°)
                value, unit = arg, parse_unit("°")
        if unit is None:
            notes.append(f"no unit yet: give one, such as {asked.text}")
            return value
        term = Quantity(value, unit)
        terms.append(Negative(term) if part.negative else term)
    if len(terms) == 1:
        return terms[0]
    units = [part.unit for part in found if part.unit is not None]
    if len({unit.dimension for unit in units}) > 1:
        raise ReadError("These units cannot be added. Give one number with its unit.")
    if any(unit.zero for unit in units):
        raise ReadError("Temperatures cannot be added. Give one number with its unit.")
    return Sum(tuple(terms))

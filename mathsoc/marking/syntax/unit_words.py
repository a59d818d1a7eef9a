"""From a word to the units it may stand for: symbols with prefixes, words, runs such as Nm, slips of case."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from .unit_table import ASKED, JOINED, JOINED_FIRST, OTHERS, PREFIXES, ROWS, SHORT, Row
from .units import Atom, dimension

_LONGEST_WORD = 20
_LONGEST_RUN = 4  # units written without a space
Factors = tuple[tuple[Atom, int], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of a word. One that is not firm counts only where the question's unit fits it."""

    factors: Factors
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Spellings:
    """`symbols` and `words` (in lower case) to units; `folded` from lower case to the symbols."""

    symbols: dict[str, tuple[Atom, ...]]
    words: dict[str, tuple[Atom, ...]]
    folded: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def spellings() -> Spellings:
    """Every spelling with every prefix, worked out once."""
    symbols: dict[str, tuple[Atom, ...]] = {}
    words: dict[str, tuple[Atom, ...]] = {}
    for row in ROWS:
        _add(row, _atom(row, "", 0), "", "", symbols, words)
        for prefix in row.prefixes:
            name, power = PREFIXES[prefix]
            _add(row, _atom(row, prefix, power), prefix, name, symbols, words)
    folded: dict[str, tuple[str, ...]] = {}
    for symbol in [*symbols, *SHORT]:
        folded[symbol.lower()] = (*folded.get(symbol.lower(), ()), symbol)
    return Spellings(symbols, words, folded)


def _atom(row: Row, prefix: str, power: int) -> Atom:
    size = Fraction(row.size) * Fraction(10) ** power
    return Atom(prefix + row.symbol, dimension(row.dimension), size, row.pi, row.zero)


def _add(
    row: Row, atom: Atom, prefix: str, name: str,
    symbols: dict[str, tuple[Atom, ...]], words: dict[str, tuple[Atom, ...]],
) -> None:  # fmt: skip
    for symbol in (row.symbol, *row.also.split()):
        known = symbols.get(prefix + symbol, ())
        symbols[prefix + symbol] = known if atom in known else (*known, atom)
    for word in row.words.split():
        words[name + word] = (*words.get(name + word, ()), atom)


def symbol(text: str) -> Atom:
    """The unit of a symbol of the table."""
    return spellings().symbols[text][0]


@lru_cache(maxsize=2048)
def choices(word: str, powered: int = 0) -> tuple[Choice, ...]:
    """The readings of a word, the likeliest first; `powered` is the sign of a power that follows it."""
    if not word or len(word) > _LONGEST_WORD or word.lower() in ASKED:
        return ()
    if word == "ms" and powered < 0:  # ms⁻¹ is how metres per second are written at school
        return (Choice(((symbol("m"), 1), (symbol("s"), 1)), True), *_exact(word, powered))
    found = _exact(word, powered) or (*_run(word), *_folded(word, powered))
    return found or _short_square(word)


def _exact(word: str, powered: int) -> tuple[Choice, ...]:
    if word in SHORT and not powered:
        return (Choice(tuple((symbol(name), power) for name, power in SHORT[word])),)
    if word in SHORT and word not in spellings().symbols:
        return ()
    table = spellings()
    atoms = (*table.symbols.get(word, ()), *map(symbol, OTHERS.get(word, ())), *_words(word))
    # A capital for a small letter, where the question's unit says so: 5 T may be tonnes.
    other = tuple(atom for atom in table.symbols.get(word.lower(), ()) if len(word) == 1 and word != "M")
    sure = tuple(Choice(((atom, 1),), word != "c") for atom in dict.fromkeys(atoms))
    return sure + tuple(Choice(((atom, 1),), False) for atom in other if atom not in atoms) if sure else ()


def _words(word: str) -> tuple[Atom, ...]:
    return spellings().words.get(word.lower(), ())


def _run(word: str) -> tuple[Choice, ...]:
    """Nm, kgm, gcm: symbols without a space, the fewest first."""
    runs = sorted((run for run in _runs(word, _LONGEST_RUN) if len(run) > 1), key=len)
    return tuple(_product(run) for run in runs[:4])


def _product(run: tuple[str, ...]) -> Choice:
    """Sure only if it starts as products do and measures different things: Nm, not kgg."""
    atoms = [symbol(name) for name in run]
    different = len({atom.dimension for atom in atoms}) == len(atoms)
    return Choice(tuple((atom, 1) for atom in atoms), different and run[0] in JOINED_FIRST)


def _runs(word: str, left: int) -> list[tuple[str, ...]]:
    if not word:
        return [()]
    if not left:
        return []
    return [
        (name, *rest)
        for name in JOINED
        if word.startswith(name)
        for rest in _runs(word[len(name) :], left - 1)
    ]


def _folded(word: str, powered: int) -> tuple[Choice, ...]:
    """CM, Kg, KWH: the wrong case where nothing else can be meant; m and M are never taken for each other."""
    if word == "k":
        return ()  # a thousand, or a kilo of something: nobody means kelvin by it
    found = [name for name in slips(word) if not _confuses(word, name)]
    if word[0] == "m" and len(found) < len(slips(word)):
        return ()  # mw may be a careless MW: asked about
    atoms = [choice for name in found for choice in _exact(name, powered)]
    kinds = {tuple(atom.dimension for atom, _ in choice.factors) for choice in atoms}
    if len(found) > 1 and len(kinds) < len(atoms):
        return ()
    return tuple(Choice(choice.factors, len(found) == 1) for choice in atoms)


def slips(word: str) -> tuple[str, ...]:
    """The symbols that differ from the word by capital letters only."""
    return spellings().folded.get(word.lower(), ())


def _confuses(word: str, name: str) -> bool:
    """Would m be taken for M, or M for m?"""
    prefixed = word == "M" or name[1:] in spellings().symbols
    return word[0] != name[0] and word[0] in "mM" and prefixed


def _short_square(word: str) -> tuple[Choice, ...]:
    """sqm, sqft."""
    rest = word[2:] if word.lower().startswith("sq") else ""
    return tuple(Choice(((atom, 2),)) for atom in spellings().symbols.get(rest, ())) if rest else ()


def near(word: str) -> str:
    """A unit that is spelt almost like the word, or ""."""
    if word.lower() in ASKED:
        return ASKED[word.lower()]
    slipped = [name for name in slips(word) if name.isascii() and name != word]
    if slipped and (len(word) > 1 or word == "M"):
        return " or ".join(slipped[:2])
    if not 2 <= len(word) <= _LONGEST_WORD:
        return ""
    table = spellings()
    for pool in (table.words, table.symbols):
        for name in pool:
            if _alike(word.lower(), name):
                return name
    return ""


def _alike(word: str, name: str) -> bool:
    """Of two letters the first must be the same, or everything would be near."""
    short = len(word) == 2 and word[0] != name[0]
    return len(name) > 1 and name.isalpha() and name.isascii() and not short and _one_slip(word, name)


def _one_slip(left: str, right: str) -> bool:
    """One letter changed, left out, put in, or two swapped."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return left == right
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if at is None:
        return True
    swapped = left[:at] + left[at + 1 : at + 2] + left[at] + left[at + 2 :]
    return (
        left[at + 1 :] == right[at + 1 :]
        or left[at + 1 :] == right[at:]
        or left[at:] == right[at + 1 :]
        or swapped == right
    )

"""Units read aloud: "metres per second squared", "cubic centimetres" stays "centimetres cubed"."""

from __future__ import annotations

from .spoken_names import POWERS
from .unit_table import PREFIXES, ROWS
from .units import Unit

_ALONE = {
    "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "mph": "miles per hour", "mpg": "miles per gallon",
    "rpm": "revolutions per minute", "p": "pence", "psi": "pounds per square inch",
    "floz": "fluid ounces", "nmi": "nautical miles",
}  # fmt: skip


def _words() -> dict[str, tuple[str, str]]:
    """Of each symbol the word for one, and for many."""
    found: dict[str, tuple[str, str]] = {}
    for row in ROWS:
        words = row.words.split() or [row.symbol]
        one, many = words[0], words[1] if len(words) > 1 else words[0]
        found.setdefault(row.symbol, (one, many))
        for prefix in row.prefixes:
            name = PREFIXES[prefix][0]
            found.setdefault(prefix + row.symbol, (name + one, name + many))
    return found | {symbol: (words, words) for symbol, words in _ALONE.items()}


_WORDS = _words()


def spoken_unit(unit: Unit, *, one: bool) -> str:
    """The unit after a number; `one`: the number is 1."""
    if all(power < 0 for _, power in unit.top):  # s⁻¹
        return " ".join(f"per {_raised(symbol, -power, 0)}" for symbol, power in unit.top)
    top = [_raised(symbol, power, int(not one)) for symbol, power in unit.top]
    bottom = [_raised(symbol, power, 0) for symbol, power in unit.bottom]
    return " ".join(top) + "".join(f" per {words}" for words in bottom)


def _raised(symbol: str, power: int, many: int) -> str:
    word = _WORDS.get(symbol, (symbol, symbol))[many]
    return word if power == 1 else f"{word} {POWERS.get(str(power), f'to the power {power}')}"

"""The grammar of units: from tokens to a unit.

unit    := ["/" | "per"] factor (("*" | "/" | "per" | nothing) factor)*
factor  := ["square" | "sq" | "cubic"] word [power] | "(" unit ")" [power] | \\frac{unit}{unit}
power   := "^" whole number | "squared" | "cubed"

What follows a slash without another slash may stand below the line (J/kg K) or above it; and a word may
name several units. The question's unit decides; where it does not, the likeliest reading holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, product

from ..results import ReadError
from .names import FRACTION_COMMANDS
from .tokens import Token, tokenize
from .unit_signs import rewritten
from .unit_words import Choice, choices, near
from .units import Atom, Unit, unit_of

_BEFORE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_AFTER = {"squared": 2, "cubed": 3}
_TEMPERATURES = {"c": "°C", "celsius": "°C", "centigrade": "°C", "f": "°F", "fahrenheit": "°F"}
_DEGREES = frozenset(("°", "degree", "degrees", "deg", "degs"))
_CLOSING = {"(": ")", "{": "}"}
_MAX_SLOTS = 12
_MAX_POWER = 9
_MAX_TOTAL_POWER = 24
_MAX_READINGS = 64
_MAX_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a unit with the power that follows it: in `kmh^-1` that is the power of the h.

    `times` comes from slashes and brackets around it; `below`: it may belong under a slash before it;
    `asks`: what to ask unless the question's unit makes it clear.
    """

    choices: tuple[Choice, ...]
    power: int
    token: Token
    times: int = 1
    below: bool = False
    asks: str = ""


class UnitGrammar:
    """One unit from a list of raw tokens, from `at` on."""

    def __init__(self, tokens: list[Token], at: int) -> None:
        self.tokens = tokens
        self.at = at
        self.level = 0

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def unit(self) -> list[Slot]:
        """The words of the unit that starts here; none where nothing here is a unit. Raises ReadError."""
        slots: list[Slot] = []
        under = False
        while len(slots) <= _MAX_SLOTS:
            start = self.at
            slash = _is_slash(self.peek())
            self.at += slash or self.is_sign_of_product(bool(slots))
            found = self.factor() if not slots or self.at > start or self.may_follow() else []
            if not found:
                self.at = start
                return slots
            if slash:
                found, under = [replace(slot, times=-slot.times) for slot in found], True
            elif under:
                found = [replace(slot, times=-slot.times, below=True) for slot in found]
            slots += found
        raise ReadError("This unit is too long to be read.", slots[0].token.position)

    def is_sign_of_product(self, inside: bool) -> bool:
        """A multiplication sign, or the hyphen of kilowatt-hours."""
        token, after = self.peek(), self.peek(1)
        hyphen = inside and token.text == "-" and not token.spaced and not after.spaced
        return token.kind == "op" and (token.text == "*" or (hyphen and after.kind == "word"))

    def may_follow(self) -> bool:
        """May the next sign stand beside another unit? °C may, ° may not."""
        token, after = self.peek(), self.peek(1)
        return token.kind != "op" or token.text in _CLOSING or after.text.lower() in _TEMPERATURES

    def factor(self) -> list[Slot]:
        token = self.peek()
        if token.kind == "op" and token.text in _CLOSING:
            return self.group()
        if token.kind == "cmd" and token.text in FRACTION_COMMANDS:
            return self.fraction()
        before = _BEFORE.get(token.text.lower(), 1) if token.kind == "word" else 1
        start = self.at
        self.at += before > 1
        self.at += before > 1 and self.peek().text == "."
        word = self.word()
        if not word:
            self.at = start
            return []
        power = self.power()
        power, asks = self.bare_power(word) if power == 1 and before == 1 else (power, "")
        if before > 1 and power != 1:
            raise ReadError("There is no unit with this power.", token.position)
        power *= before
        found = choices(word, power if power != 1 else 0)
        if not found:
            self.at = start
            return []
        return [Slot(found, power, token, asks=asks)]

    def word(self) -> str:
        """The text of one unit, which may be several tokens: μ g, k Ω, fl oz, ° C."""
        token, after = self.peek(), self.peek(1)
        if not (token.kind == "word" or (token.kind == "op" and token.text in ("°", "∘", "'", '"'))):
            return ""
        self.at += 1
        text = {"∘": "°", "mu": "μ", "Omega": "Ω"}.get(token.text, token.text)
        if text in _DEGREES and after.kind == "word" and after.text.lower() in _TEMPERATURES:
            self.at += 1
            return _TEMPERATURES[after.text.lower()]
        if (text == "μ" or after.text == "Omega") and after.kind == "word":
            self.at += 1
            return text + {"Omega": "Ω"}.get(after.text, after.text)
        if text.lower() == "fl" and after.text.lower() == "oz":
            self.at += 1
            return "floz"
        if self.peek().text == "." and token.kind == "word":
            self.at += 1
        return text

    def power(self) -> int:
        """The power that follows, 1 where there is none."""
        token = self.peek()
        if token.kind == "word" and token.text.lower() in _AFTER:
            self.at += 1
            return _AFTER[token.text.lower()]
        if not (token.kind == "op" and token.text == "^"):
            return 1
        self.at += 1
        opening = self.peek().text if self.peek().text in _CLOSING else ""
        self.at += bool(opening)
        sign = self.peek().text if self.peek().text in ("-", "+") else ""
        self.at += bool(sign)
        number = self.peek()
        if number.kind == "end":
            raise ReadError("Something is missing after ^.", token.position, unfinished=True)
        self.at += 1
        closed = not opening or self.peek().text == _CLOSING[opening]
        if number.kind != "number" or not number.text.isdigit() or not closed:
            raise ReadError("The power of a unit must be a whole number, as in m^2.", token.position)
        self.at += bool(opening)
        if not 1 <= len(number.text) <= 2 or not 1 <= int(number.text) <= _MAX_POWER:
            raise ReadError("There is no unit with this power.", number.position)
        return -int(number.text) if sign == "-" else int(number.text)

    def bare_power(self, word: str) -> tuple[int, str]:
        """cm2 and ms-1: a power, if the question's unit agrees; else it is asked about."""
        sign = "-" if self.peek().text == "-" else ""
        number, after = self.peek(len(sign)), self.peek(len(sign) + 1)
        spaced = number.spaced or self.peek().spaced
        another = after.kind == "word" and not sign and not after.spaced and bool(choices(after.text))
        if spaced or another or number.kind != "number" or number.text not in ("1", "2", "3"):
            return 1, ""
        if not word.isalpha():
            return 1, ""
        self.at += 1 + len(sign)
        return int(sign + number.text), f"Did you mean {word}^{sign}{number.text}?"

    def group(self) -> list[Slot]:
        opening = self.peek()
        start = self.at
        if self.level >= _MAX_LEVEL:
            return []
        self.at += 1
        self.level += 1
        slots = self.unit()
        self.level -= 1
        if not slots or self.peek().text != _CLOSING[opening.text]:
            self.at = start
            return []
        self.at += 1
        power = self.power()
        return [replace(slot, times=slot.times * power) for slot in slots]

    def fraction(self) -> list[Slot]:
        start = self.at
        self.at += 1
        top = self.group() if self.peek().text == "{" else []
        bottom = self.group() if top and self.peek().text == "{" else []
        if not bottom:
            self.at = start
            return []
        return [*top, *(replace(slot, times=-slot.times) for slot in bottom)]


def _is_slash(token: Token) -> bool:
    return (token.kind == "op" and token.text == "/") or (
        token.kind == "word" and (token.text in ("a", "an") or token.text.lower() == "per")
    )


def chosen(slots: list[Slot], asked: Unit | None) -> Unit:
    """The unit that the words stand for, by the unit that is asked for where they are ambiguous.

    Raises ReadError where no reading is sure and none fits, and for powers that no unit has.
    """
    if sum(abs(slot.power * slot.times) for slot in slots) > _MAX_TOTAL_POWER:
        raise ReadError("There is no unit with this power.", slots[0].token.position)
    first: Unit | None = None
    for above in (False, True):
        if above and not any(slot.below for slot in slots):
            break
        for picked in islice(product(*(slot.choices for slot in slots)), _MAX_READINGS):
            unit = _unit(slots, picked, above)
            if unit is not None and asked is not None and unit.dimension == asked.dimension:
                return unit
            if first is None and all(_sure(choice, asked) for choice in picked):
                first = unit
    for slot in slots:
        if slot.asks:
            raise ReadError(slot.asks, slot.token.position)
    if first is None and all(slot.choices[0].firm for slot in slots):
        raise ReadError("These units do not go together.", slots[0].token.position)
    if first is None:
        unsure = next((slot for slot in slots if not slot.choices[0].firm), slots[0])
        raise unknown(unsure.token)
    return first


def _sure(choice: Choice, asked: Unit | None) -> bool:
    """An officer who writes c means cents; a pupil may not have finished cm."""
    return choice.firm or (asked is None and len(choice.factors) == 1)


def _unit(slots: list[Slot], picked: tuple[Choice, ...], above: bool) -> Unit | None:
    factors: list[tuple[Atom, int]] = []
    for slot, choice in zip(slots, picked, strict=True):
        around = -slot.times if slot.below and above else slot.times
        *first, (last, power) = choice.factors
        factors += ((atom, own * around) for atom, own in first)
        factors.append((last, power * slot.power * around))
    unit = unit_of(factors)
    return None if unit is None or unit.mixes_money else unit


def unknown(token: Token) -> ReadError:
    """The error for a word that is no unit."""
    word = token.text if len(token.text) <= 20 else token.text[:20] + "…"
    guess = near(token.text)
    question = f" Did you mean {guess}?" if guess else ""
    return ReadError(f"The unit {word} is not known.{question}", token.position)


@lru_cache(maxsize=256)
def parse_unit(text: str) -> Unit:
    """The unit that an officer names: `cm`, `m/s^2`, `£/kg`. Raises ReadError."""
    latex = "\\" in text
    tokens = tokenize(rewritten(text, latex)[0])
    grammar = UnitGrammar(tokens, 0)
    slots = grammar.unit()
    rest = grammar.peek()
    if not slots or rest.kind != "end":
        raise unknown(rest) if rest.kind == "word" else ReadError(f"{text!r} is not a unit.", rest.position)
    return chosen(slots, None)

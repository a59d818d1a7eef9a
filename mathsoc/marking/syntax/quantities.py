"""Numbers with units: which tokens are the value and which the unit. `2 h 30 min` has two such parts.

The value goes through the grammar of numbers unchanged; letters after it are its unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ..results import ReadError
from .names import BARE, FUNCTIONS, KEYWORDS
from .tokens import Token, tokenize
from .unit_grammar import Slot, UnitGrammar, chosen, unknown
from .unit_signs import rewritten
from .unit_table import CURRENCIES
from .unit_words import Choice, choices, symbol
from .units import Unit, dimension
from .words import Piece, split, whole

_MAX_PARTS = 6
_OPENING, _CLOSING = frozenset("([{⦃⌊⌈"), frozenset(")]}⦄⌋⌉")
_ENDS_VALUE = frozenset(")]}⦄⌋⌉!%°|∘")
_TIME = dimension("T")
_JOINERS = frozenset(("and", "&"))


@dataclass(frozen=True, slots=True)
class Part:
    """One number with its unit, if it has one; `negative` where a minus stands before it."""

    tokens: list[Token]
    unit: Unit | None
    negative: bool


def parts(text: str, latex: bool, asked: Unit, declared: frozenset[str]) -> list[Part]:
    """The parts of an answer with units, each token list closed by one of kind `end`. Raises ReadError."""
    plain, positions = rewritten(text, latex)
    try:
        tokens = tokenize(plain)
    except ReadError as error:
        problem = error.problem
        place = positions[problem.position - 1] if problem.position else None
        raise ReadError(problem.message, place, problem.unfinished) from error
    placed = [token._replace(position=positions[token.position - 1]) for token in tokens]
    return _Splitter(_opened(_separated(placed, declared)), asked, declared).run()


def _opened(tokens: list[Token]) -> list[Token]:
    """Without the brackets around everything: (5 cm)."""
    while len(tokens) > 3 and tokens[0].text == "(" and _closes(tokens) == len(tokens) - 2:
        tokens = [*tokens[1:-2], tokens[-1]]
    return tokens


def _closes(tokens: list[Token]) -> int:
    """Where the bracket that opens the list is closed; -1 if nowhere."""
    level = 0
    for index, token in enumerate(tokens):
        level += _change(token)
        if level == 0:
            return index
    return -1


def _separated(tokens: list[Token], declared: frozenset[str]) -> list[Token]:
    """`3picm` is 3·pi cm, and the x of `12 x 10^3` multiplies."""
    out: list[Token] = []
    for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        word = token.text if token.kind == "word" and token.text not in declared else ""
        if word in ("x", "X") and after.kind == "number" and out and _ends_value(out[-1]):
            out.append(token._replace(kind="op", text="*"))
        elif word.startswith("pi") and word[2:] and not choices(word) and choices(word[2:]):
            out.append(token._replace(text="pi"))
            out.append(Token("word", word[2:], token.position + 2))
        else:
            out.append(token)
    return out


def _ends_value(token: Token) -> bool:
    if token.kind in ("number", "vulgar"):
        return True
    if token.kind == "word":
        piece = whole(token.text, frozenset())
        return piece is not None and piece.kind == "const"
    return token.kind == "op" and token.text in _ENDS_VALUE


class _Splitter:
    def __init__(self, tokens: list[Token], asked: Unit, declared: frozenset[str]) -> None:
        self.tokens = tokens
        self.asked = asked
        self.declared = declared
        self.at = 0
        self.after_time = False  # a number of hours went before

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def run(self) -> list[Part]:
        found = [self.part(False)]
        while self.peek().kind != "end":
            if len(found) == _MAX_PARTS:
                raise ReadError("This has too many parts. Give one number with its unit.")
            self.after_time = all(part.unit and part.unit.dimension == _TIME for part in found)
            found.append(self.part(self.joined(found[0])))
        for part in found[:-1] if len(found) > 1 else []:
            if part.unit is None:
                raise ReadError("Give one number with its unit.", part.tokens[0].position)
        if len(found[-1].tokens) == 1 and len(found) > 1:
            before = self.tokens[-2]
            message = f"Something is missing after {before.text}."
            raise ReadError(message, before.position, unfinished=True)
        if len(found) > 1 and found[-1].unit is None:
            raise ReadError("The number at the end has no unit.", found[-1].tokens[0].position)
        return found

    def joined(self, first: Part) -> bool:
        """Takes what joins two parts; is the next one taken away? −2 h 30 min is −(2 h 30 min)."""
        token = self.peek()
        if token.text in ("+", "-") and token.kind == "op":
            self.at += 1
            return token.text == "-"
        if token.text.lower() in _JOINERS:
            self.at += 1
        elif not (token.kind in ("number", "vulgar", "cmd") or token.text in CURRENCIES):
            raise self.out_of_place(token)
        return first.tokens[0].text == "-"

    def out_of_place(self, token: Token) -> ReadError:
        if token.kind == "word" and token.text not in KEYWORDS:
            return unknown(token)
        if token.text in (",", ";", "=", "or"):
            return ReadError("Only one answer is asked for: a number with its unit.", token.position)
        missing = self.peek(1).kind == "end"
        if missing and token.text in ("*", "/", "^"):
            return ReadError(f"Something is missing after {token.text}.", token.position, unfinished=True)
        return ReadError("Nothing can stand here after the unit.", token.position)

    def part(self, negative: bool) -> Part:
        value: list[Token] = []
        sign: Token | None = None
        level = 0
        while self.peek().kind != "end":
            token = self.peek()
            if level == 0:
                if self.is_sign_of_money(value, sign):
                    sign = token
                    self.at += 1
                    continue
                unit = self.unit(value, sign)
                if unit is not None:
                    return Part(_closed(value, token), unit, negative)
                if sign is not None and self.ends_money(value):
                    break
            self.check_word(value, level)
            level += _change(token)
            value.append(token)
            self.at += 1
        if sign is not None and not value:
            raise ReadError("Something is missing after the sign of money.", sign.position, unfinished=True)
        return Part(
            _closed(value, self.peek()), chosen([_money(sign)], self.asked) if sign else None, negative
        )

    def is_sign_of_money(self, value: list[Token], sign: Token | None) -> bool:
        signed = all(token.text in ("+", "-") for token in value)
        return self.peek().text in CURRENCIES and self.peek().kind == "word" and signed and sign is None

    def ends_money(self, value: list[Token]) -> bool:
        """£2 50p: a number with a unit of its own follows; + and − begin another part as well."""
        token, after = self.peek(), self.peek(1)
        if not value or not _ends_value(value[-1]):
            return False
        if token.kind == "op" and token.text in ("+", "-"):
            return after.text in CURRENCIES or bool(after.kind == "number" and choices(self.peek(2).text))
        if token.text.lower() in _JOINERS:
            return True
        return token.kind == "number" and value[-1].kind == "number" and choices(after.text) != ()

    def unit(self, value: list[Token], sign: Token | None) -> Unit | None:
        """The unit that starts here, if one does; it is taken then."""
        token = self.peek()
        if not value or not _ends_value(value[-1]) or self.belongs_to_value(value, token):
            return None
        grammar = UnitGrammar(self.tokens, self.at)
        slots = grammar.unit()
        if not slots:
            return None
        if sign is not None:
            if slots[0].power * slots[0].times > 0:
                raise ReadError("Write the unit once, before the number or after it.", token.position)
            slots = [_money(sign), *slots]
        self.at = grammar.at
        if self.after_time and token.text == "m" and len(slots) == 1:
            return Unit(((symbol("min"), 1),))  # 2h 30m
        return chosen(slots, self.asked)

    def belongs_to_value(self, value: list[Token], token: Token) -> bool:
        """A declared letter, the sec of sec(x), the degree sign of sin 30°."""
        after = self.peek(1)
        if token.kind == "word":
            called = token.text in FUNCTIONS and after.text == "("
            return token.text in self.declared or called
        if token.text in ("°", "∘"):
            unit = after.kind == "word" and after.text.lower() not in ("c", "f") and bool(choices(after.text))
            return (unit and not self.temperature(after)) or _pending_function(value)
        return False

    def temperature(self, token: Token) -> bool:
        return token.text.lower() in ("celsius", "centigrade", "fahrenheit")

    def check_word(self, value: list[Token], level: int) -> None:
        """A word that stays in the value must be one of numbers. Raises ReadError."""
        token = self.peek()
        if token.kind != "word" or token.text in self.declared or self.peek(1).text == "=":
            return
        pieces = _pieces(token)
        if pieces is not None and all(piece.kind in ("fn", "const") for piece in pieces):
            return
        if token.text in ("x", "X") and self.peek(1).kind in ("number", "vulgar"):
            return  # 3 x 10^8 m/s
        if not choices(token.text):
            if value and level == 0 and _ends_value(value[-1]):
                raise unknown(token)
            return
        if level:
            raise ReadError("Write the unit once, after the whole number.", token.position)
        raise ReadError(f"Write the number before the unit {token.text}.", token.position)


def _pieces(token: Token) -> tuple[Piece, ...] | None:
    try:
        return split(token.text, frozenset(), token.position, opens=False)
    except ReadError:
        return None


def _change(token: Token) -> int:
    if token.kind != "op":
        return 0
    return (token.text in _OPENING) - (token.text in _CLOSING)


def _pending_function(value: list[Token]) -> bool:
    """Has a function without brackets been waiting for its angle since the last sign?"""
    waiting = False
    for token, after in pairwise(value):
        if token.kind == "op" and token.text in ("+", "-", "*", "/"):
            waiting = False
        if token.kind == "word" and FUNCTIONS.get(token.text) in BARE:
            waiting = after.text != "("
    return waiting


def _money(sign: Token) -> Slot:
    return Slot((Choice(((symbol(CURRENCIES[sign.text]), 1),)),), 1, sign)


def _closed(value: list[Token], end: Token) -> list[Token]:
    return [*value, Token("end", "", end.position)]

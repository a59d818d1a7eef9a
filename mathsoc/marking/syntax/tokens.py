"""The tokenizer: one for what people type, for what MathLive writes and for TeX.

LaTeX commands that only spell an operator or a name differently become the same token as the plain
spelling, so the grammar has one rule for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from .. import limits
from ..results import ReadError
from .characters import characters, is_vulgar
from .names import (
    ASKED,
    CALLED,
    COMMAND_OPERATORS,
    COMMAND_WORDS,
    COMMANDS,
    FROM_GREEK,
    FUNCTIONS,
    GREEK,
    GREEK_VARIANTS,
    SPACE_COMMANDS,
    TEXT_COMMANDS,
    UNREADABLE_COMMANDS,
    WHOLE_COMMANDS,
)
from .recurring import recurring
from .typeset import untypeset

_PAIRS = {
    "**": "^",
    "<=": "<=",
    ">=": ">=",
    "=<": "<=",
    "=>": ">=",
    "!=": "!=",
    "<>": "!=",
    "==": "=",
    "+/-": "±",
    "=/=": "!=",
    "/=": "!=",
}
_SINGLES = {"∈": "in", "≤": "<=", "≥": ">=", "≠": "!="}
_BACKSLASHED = {"{": "⦃", "}": "⦄", "%": "%", "|": "|", "&": "&", "_": "_", "\\": "\\\\"}
_LONGEST_BLOCK = 60
_BACKSLASHED_SPACES = frozenset(",;:! >")


_TOKEN = re.compile(
    r"([ ~]+)|([A-Za-z]+)|([0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)|(\+/-|=?/=|\*\*|<=|>=|=<|=>|!=|<>|==)|(\\)|.",
    re.DOTALL,
)
_SPACE, _WORD, _NUMBER, _PAIR, _COMMAND = 1, 2, 3, 4, 5
_LETTERS = re.compile("[A-Za-z]*")
_ARGUMENT = re.compile(r" *\(| +[A-Za-z0-9√\\|⌊]|[√\\]")  # what follows the name of a function
_ARC = re.compile(" +((?:sin|cos|tan|sec|csc|cot|tg|ctg)h?[A-Za-z]*)")
_NAMES = frozenset((*GREEK, *CALLED, *FUNCTIONS, "pi")) - {"sqrt", "binom"}
_CALLED = frozenset((*CALLED, *ASKED))


class Token(NamedTuple):
    """`kind`: number, vulgar, word, op, cmd or end. `spaced`: white space stood before it."""

    kind: str
    text: str
    position: int
    spaced: bool = False
    quoted: bool = False  # was a command or one sign, or stood alone in \\mathrm{…}: never split


# NamedTuple's own constructor takes three times as long, and tokens are made by the dozen.
token_of: Callable[[tuple[str, str, int, bool, bool]], Token] = partial(tuple.__new__, Token)


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, closed by one of kind `end`. Raises ReadError."""
    tokens = _Scanner(*characters(untypeset(text) if "\\" in text else text)).run()
    if len(tokens) > limits.MAX_TOKENS:
        raise ReadError("This is too long to be read. Please write a shorter answer.")
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def looks_like_latex(text: str) -> bool:
    return "\\" in text


class _Scanner:
    def __init__(self, text: str, positions: Sequence[int]) -> None:
        self.text = text
        self.positions = positions
        self.at = 0
        self.spaced = False
        self.tokens: list[Token] = []

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def emit(self, kind: str, text: str, position: int, quoted: bool = False) -> None:
        self.tokens.append(token_of((kind, text, position, self.spaced, quoted)))
        self.spaced = False

    def run(self) -> list[Token]:
        text, positions, size, cut = self.text, self.positions, len(self.text), _TOKEN.match
        emit = self.emit
        while self.at < size:
            match = cut(text, self.at)
            assert match is not None  # the last alternative takes any character
            start, found, self.at = positions[self.at], match[0], match.end()
            kind = match.lastindex
            if kind is None:
                if found.isascii():
                    emit("op", found, start)
                else:
                    self.operator(found, start)
            elif kind == _SPACE:
                self.spaced = True
            elif kind == _WORD:
                if len(found) == 1:
                    emit("word", found, start)
                else:
                    self.word(found, start)
            elif kind == _NUMBER:
                self.number(found, start)
            elif kind == _PAIR:
                self.emit("op", _PAIRS[found], start, quoted=found != "!=")
            else:
                self.command(start)
        return self.tokens

    def number(self, text: str, start: int) -> None:
        if len(text) - text.count(".") > limits.MAX_DIGITS:
            raise ReadError(f"This number has more than {limits.MAX_DIGITS} digits.", start)
        if "." in text and self.peek() in ("(", "\\", ".") and self.recurring(text, start):
            return
        self.emit("number", text, start)

    def recurring(self, text: str, start: int) -> bool:
        """0.1(6) and its like become one fraction, as ½ is one."""
        found = recurring(text, self.text[self.at : self.at + _LONGEST_BLOCK])
        if found is None:
            return False
        if self.tokens and self.tokens[-1].kind == "number":
            raise ReadError("Two numbers stand next to each other. Write a sign between them.", start)
        value, length = found
        self.at += length
        if self.peek().isdigit():
            raise ReadError("No figure can stand after those that recur.", self.positions[self.at])
        self.emit("vulgar", f"{value.numerator}\u2044{value.denominator}", start)
        return True

    def word(self, text: str, start: int) -> None:
        if len(text) > limits.MAX_WORD:
            raise ReadError("This word is too long to be read.", start)
        arc = _ARC.match(self.text, self.at) if text == "arc" else None
        if arc:
            self.at = arc.end()
            text += arc[1]
        called = text in _CALLED and _ARGUMENT.match(self.text, self.at) is not None
        self.emit("word", text, start, quoted=called)

    def operator(self, char: str, start: int) -> None:
        if char in FROM_GREEK:
            self.emit("word", FROM_GREEK[char], start, quoted=True)
        elif char == "∞":
            self.emit("word", "inf", start, quoted=True)
        elif is_vulgar(char):
            self.emit("vulgar", char, start)
        else:
            self.emit("op", _SINGLES.get(char, char), start, quoted=char in _SINGLES)

    def letters(self) -> str:
        match = _LETTERS.match(self.text, self.at)
        assert match is not None  # it may match nothing
        self.at = match.end()
        return match[0]

    def command(self, start: int) -> None:
        name = self.letters()
        if not name:
            self.backslashed(self.peek(), start)
            return
        name, rest = _known_prefix(name, start)
        self.at -= rest
        self.known_command(name, start)

    def backslashed(self, char: str, start: int) -> None:
        """A sign after a backslash: a space of LaTeX, or a bracket or sign that stands for itself."""
        self.at += 1
        if char in _BACKSLASHED_SPACES:
            self.spaced = True
        elif char in _BACKSLASHED:
            self.emit("op", _BACKSLASHED[char], start)
        else:
            raise ReadError("The sign \\ cannot be read here.", start, unfinished=not char)

    def known_command(self, name: str, start: int) -> None:
        if name in TEXT_COMMANDS:
            self.text_command(start)
        elif name in SPACE_COMMANDS:
            self.spaced = True
            if name.endswith(("left", "right")) and self.peek() == ".":
                self.at += 1
        elif name in COMMAND_OPERATORS:
            self.emit("op", COMMAND_OPERATORS[name], start, quoted=True)
        elif name in COMMAND_WORDS:
            self.emit("word", COMMAND_WORDS[name], start, quoted=True)
        elif name in GREEK_VARIANTS:
            self.emit("word", GREEK_VARIANTS[name], start, quoted=True)
        elif name in _NAMES:
            self.emit("word", name, start, quoted=True)
        elif name in ("begin", "end"):
            self.emit("cmd", f"{name}:{self.braced_name(start)}", start)
        else:
            self.emit("cmd", name, start)

    def braced_name(self, start: int) -> str:
        """The name of an environment: {pmatrix}."""
        content = ""
        if self.peek() == "{":
            self.at += 1
            content = self.letters()
        if not content or self.peek() != "}":
            raise ReadError("This kind of layout cannot be read here.", start)
        self.at += 1
        return content

    def text_command(self, start: int) -> None:
        """\\mathrm{…} and \\text{…}: one word, never split into letters; words like `or` join statements."""
        while self.peek() == " ":
            self.at += 1
        if self.peek() != "{":
            return
        self.at += 1
        content = ""
        while self.peek() not in ("}", ""):
            content += self.peek()
            self.at += 1
        self.at += 1
        self.spaced = True
        for word in content.split():
            if word.isalpha() and word.isascii():
                self.emit("word", word, start, quoted=True)
            elif word.replace(".", "", 1).isdigit():
                self.emit("number", word, start)
            elif word in (",", "%", ";"):
                self.emit("op", word, start)
            else:
                raise ReadError("The words here cannot be read as mathematics.", start)


def _known_prefix(name: str, position: int) -> tuple[str, int]:
    """The longest known command that `name` starts with, and how many letters follow it.

    Nobody types a space after \\cdot in a box: `a\\cdotb` is meant as a·b.
    """
    for length in range(len(name), 1, -1):
        if name[:length] in UNREADABLE_COMMANDS:
            raise ReadError(f"\\{name[:length]} cannot be read here.", position)
        if name[:length] in COMMANDS and (length == len(name) or name[:length] not in WHOLE_COMMANDS):
            return name[:length], len(name) - length
    raise ReadError(f"The command \\{name[:20]} is not known here.", position)

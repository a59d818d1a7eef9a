"""The tokenizer: one for what people type, for what MathLive writes and for TeX.

LaTeX commands that only spell an operator or a name differently become the same token as the plain
spelling, so the grammar has one rule for both.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import limits
from ..results import ReadError
from .characters import characters, is_vulgar
from .names import (
    COMMAND_OPERATORS,
    COMMAND_WORDS,
    COMMANDS,
    FROM_GREEK,
    FUNCTIONS,
    GREEK,
    GREEK_VARIANTS,
    SPACE_COMMANDS,
    TEXT_COMMANDS,
)  # fmt: skip
from .recurring import recurring

_PAIRS = {"**": "^", "<=": "<=", ">=": ">=", "=<": "<=", "=>": ">=", "!=": "!=", "<>": "!=", "==": "="}
_SINGLES = {"∈": "in", "≤": "<=", "≥": ">=", "≠": "!=", "∞": "inf"}
_BACKSLASHED = {"{": "⦃", "}": "⦄", "%": "%", "|": "|", "&": "&", "_": "_", "\\": "\\\\"}
_LONGEST_BLOCK = 60
_BACKSLASHED_SPACES = frozenset(",;:! >")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: number, vulgar, word, op, cmd or end. `spaced`: white space stood before it."""

    kind: str
    text: str
    position: int
    spaced: bool = False
    quoted: bool = False  # a word that stood alone in \\mathrm{…} or was a command: never split; ≠, not !=


def tokenize(text: str, latex: bool) -> list[Token]:
    """The tokens of `text`, closed by one of kind `end`. Raises ReadError."""
    scanner = _Scanner(characters(text), latex)
    tokens = scanner.run()
    if len(tokens) > limits.MAX_TOKENS:
        raise ReadError("This is too long to be read. Please write a shorter answer.")
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def looks_like_latex(text: str) -> bool:
    return "\\" in text


class _Scanner:
    def __init__(self, chars: list[tuple[str, int]], latex: bool) -> None:
        self.chars = chars
        self.latex = latex
        self.at = 0
        self.spaced = False
        self.tokens: list[Token] = []

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.chars[index][0] if index < len(self.chars) else ""

    @property
    def position(self) -> int:
        return self.chars[min(self.at, len(self.chars) - 1)][1] if self.chars else 1

    def emit(self, kind: str, text: str, position: int, quoted: bool = False) -> None:
        self.tokens.append(Token(kind, text, position, self.spaced, quoted))
        self.spaced = False

    def run(self) -> list[Token]:
        while self.at < len(self.chars):
            char = self.peek()
            if char == " " or char == "~":
                self.at += 1
                self.spaced = True
            elif char.isdigit() or (char == "." and self.peek(1).isdigit()):
                self.number()
            elif char.isalpha() and char.isascii():
                self.word()
            elif char == "\\":
                self.command()
            else:
                self.operator(char)
        return self.tokens

    def number(self) -> None:
        start = self.position
        text = self.digits()
        if self.peek() == "." and not (self.peek(1) == "." or (self.peek(1).isalpha() and text == "")):
            self.at += 1
            text += "." + self.digits()
        if sum(c.isdigit() for c in text) > limits.MAX_DIGITS:
            raise ReadError(f"This number has more than {limits.MAX_DIGITS} digits.", start)
        if "." in text and self.peek() in ("(", "\\", ".") and self.recurring(text, start):
            return
        self.emit("number", text, start)

    def recurring(self, text: str, start: int) -> bool:
        """0.1(6) and its like become one fraction, as ½ is one."""
        following = "".join(char for char, _ in self.chars[self.at : self.at + _LONGEST_BLOCK])
        found = recurring(text, following)
        if found is None:
            return False
        if self.tokens and self.tokens[-1].kind == "number":
            raise ReadError("Two numbers stand next to each other. Write a sign between them.", start)
        value, length = found
        self.at += length
        self.emit("vulgar", f"{value.numerator}\u2044{value.denominator}", start)
        return True

    def digits(self) -> str:
        out = ""
        while (char := self.peek()).isdigit() and char.isascii():
            out += char
            self.at += 1
        return out

    def letters(self) -> str:
        out = ""
        while (char := self.peek()).isalpha() and char.isascii():
            out += char
            self.at += 1
        return out

    def word(self) -> None:
        start = self.position
        text = self.letters()
        if len(text) > limits.MAX_WORD:
            raise ReadError("This word is too long to be read.", start)
        self.emit("word", text, start)

    def operator(self, char: str) -> None:
        start = self.position
        pair = char + self.peek(1)
        if char in FROM_GREEK:
            self.at += 1
            self.emit("word", FROM_GREEK[char], start, quoted=True)
        elif is_vulgar(char):
            self.at += 1
            self.emit("vulgar", char, start)
        elif pair in _PAIRS:
            self.at += 2
            self.emit("op", _PAIRS[pair], start)
        elif char == "∞":
            self.at += 1
            self.emit("word", "inf", start, quoted=True)
        else:
            self.at += 1
            self.emit("op", _SINGLES.get(char, char), start, quoted=char == "≠")

    def command(self) -> None:
        start = self.position
        self.at += 1
        char = self.peek()
        if not (char.isalpha() and char.isascii()):
            self.at += 1
            if char in _BACKSLASHED_SPACES and char:
                self.spaced = True
            elif char in _BACKSLASHED:
                self.emit("op", _BACKSLASHED[char], start)
            else:
                raise ReadError("The sign \\ cannot be read here.", start, unfinished=not char)
            return
        name, rest = _known_prefix(self.letters(), start)
        self.at -= rest
        self.known_command(name, start)

    def known_command(self, name: str, start: int) -> None:
        if name in TEXT_COMMANDS:
            self.text_command(start)
        elif name in SPACE_COMMANDS:
            self.spaced = True
            if name in ("left", "right") and self.peek() == ".":
                self.at += 1
        elif name in COMMAND_OPERATORS:
            self.emit("op", COMMAND_OPERATORS[name], start, quoted=True)
        elif name in COMMAND_WORDS:
            self.emit("word", COMMAND_WORDS[name], start, quoted=True)
        elif name in GREEK_VARIANTS:
            self.emit("word", GREEK_VARIANTS[name], start, quoted=True)
        elif name in GREEK or name == "pi" or (name in FUNCTIONS and name not in ("sqrt", "binom")):
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
        if name[:length] in COMMANDS:
            return name[:length], len(name) - length
    raise ReadError(f"The command \\{name[:20]} is not known here.", position)

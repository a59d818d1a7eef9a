"""Between tokens and grammar: words become names, subscripts join their letters, numbers their exponents."""

from __future__ import annotations

from dataclasses import dataclass

from ..results import ReadError
from .tokens import Token, token_of
from .words import Piece, split, use_only, whole

SCALAR_KINDS = frozenset(("number", "expression", "equation", "inequality"))
_CLOSED = frozenset((")", "]", "}", "%", "!", "°"))
_ENDS = frozenset(("+", "-", "*", "/", "^", ")", "]", "}", "=", ","))
_OPENED = frozenset(("(", "√", "∛", "∜"))


@dataclass(frozen=True)
class Setting:
    """What the reader knows about the question: never its key."""

    kind: str
    declared: frozenset[str] = frozenset()
    open_letters: bool = False  # letters outside `declared` are let through (the constant of integration)
    latex: bool = False

    @property
    def scalar(self) -> bool:
        return self.kind in SCALAR_KINDS


def resolve(tokens: list[Token], setting: Setting, notes: list[str]) -> list[Token]:
    """The token list with words resolved to kinds fn, const, var and op. Raises ReadError."""
    return _Resolver(tokens, setting, notes).run()


# All but those with another reading somewhere: constants, d/dx, x as ×, C as choose.
_PLAIN_LETTERS = frozenset("abfghjklmnopqrstuvwyzABDEFGHIJKLMNOPQRSTUVWYZ")
_WITH_X = _PLAIN_LETTERS | {"x", "X"}


class _Resolver:
    def __init__(self, tokens: list[Token], setting: Setting, notes: list[str]) -> None:
        self.tokens = tokens
        self.setting = setting
        self.notes = notes
        self.at = 0
        self.out: list[Token] = []
        self.plain = _PLAIN_LETTERS if setting.kind == "number" else _WITH_X

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def run(self) -> list[Token]:
        tokens, out = self.tokens, self.out
        while self.at < len(tokens):
            token = tokens[self.at]
            self.at += 1
            if token.kind == "number" and tokens[self.at].kind == "word":
                self.number(token)
            elif token.kind == "word":
                if not (token.text in self.plain and self.letter(token, tokens[self.at])):
                    self.word(token)
            else:
                out.append(token)
        return out

    def letter(self, token: Token, following: Token) -> bool:
        """A letter that stands for itself, as most do."""
        declared = self.setting.declared
        if following.text == "_" or (declared and token.text not in declared):
            return False
        self.out.append(token_of(("var", token.text, token.position, token.spaced, False)))
        return True

    def number(self, token: Token) -> None:
        """A number before letters: `1e3`, `5C2`, or a factor."""
        if not (self.scientific(token) or self.choice(token)):
            self.out.append(token)

    def scientific(self, token: Token) -> bool:
        """`1e-3`: a number in standard form, for kind number; elsewhere e may be Euler's number."""
        letter = self.peek()
        if letter.text not in ("e", "E") or letter.spaced or letter.quoted:
            return False
        sign, digits = self.peek(1), self.peek(2)
        if letter.text in self.setting.declared:
            return False
        signed = sign.kind == "op" and sign.text in ("+", "-") and not sign.spaced
        if signed and self.setting.kind != "number":
            return False
        power = digits if signed else sign
        if power.kind != "number" or not power.text.isdigit() or power.spaced:
            return False
        if len(power.text) > 4:
            raise ReadError("The power of ten is too big here.", power.position)
        text = f"{token.text}e{sign.text if signed and sign.text == '-' else ''}{power.text}"
        self.out.append(Token("number", text, token.position, token.spaced))
        self.notes.append(f"{text} is read as {token.text}·10^{text.partition('e')[2]}")
        self.at += 3 if signed else 2
        return True

    def choice(self, token: Token) -> bool:
        """`5C2` and `5P2`: how many ways to choose, as calculators write them."""
        letter, second = self.peek(), self.peek(1)
        name = {"C": "binomial", "P": "permutations"}.get(letter.text)
        # 10 C 3: with spaces only where no letters can be meant.
        near = second.kind == "number" and letter.spaced == second.spaced
        near = near and (self.setting.kind == "number" or not letter.spaced)
        if name is None or letter.text in self.setting.declared or not near:
            return False
        if not (token.text.isdigit() and second.text.isdigit()):
            return False
        parts = [("fn", name), ("op", "("), ("number", token.text), ("op", ";"), ("number", second.text)]
        self.out += [Token(kind, text, token.position) for kind, text in [*parts, ("op", ")")]]
        self.notes.append(
            f"{token.text}{letter.text}{second.text} is read as {name}({token.text}, {second.text})"
        )
        self.at += 2
        return True

    def chosen(self, token: Token, following: Token) -> bool:
        """`C(10, 3)` is `10C3` where a number is asked for. Raises ReadError for `nC2`."""
        if "C" in self.setting.declared or token.text in self.setting.declared:
            return False
        if token.text == "nC":
            if following.kind == "number" and not following.spaced:
                raise ReadError(f"Did you mean binomial(n, {following.text})?", token.position)
            return False
        if self.setting.kind != "number" or following.text != "(" or following.spaced:
            return False
        self.out.append(Token("fn", "binomial", token.position, token.spaced))
        return True

    def times(self, token: Token) -> bool:
        """`3.2 x 10^3`: where a number is asked for, an x between two numbers is a times sign."""
        before, after = self.out[-1] if self.out else None, self.peek()
        if before is None or self.setting.kind != "number" or token.text.lower() in self.setting.declared:
            return False
        if not (before.kind in ("number", "vulgar", "const") or before.text in _CLOSED):
            return False
        apart = token.spaced and after.spaced and (after.kind in ("word", "cmd") or after.text in _OPENED)
        if after.kind not in ("number", "vulgar") and not apart:
            return False
        self.out.append(Token("op", "*", token.position, token.spaced))
        return True

    def word(self, token: Token) -> None:
        if token.text[0] == "d" and len(token.text) <= 2:
            self.refuse_derivative(token)
        if token.text in ("x", "X") and self.times(token):
            return
        following = self.peek()
        self.refuse_name(token, following)
        if token.text in ("C", "nC") and self.chosen(token, following):
            return
        joined = self.declared_with_subscript(token, following)
        if joined:
            return
        opens = following.kind == "op" and following.text == "(" and not following.spaced
        pieces = self.pieces(token, opens)
        if len(pieces) > 1:
            self.notes.append(f"{token.text} is read as " + "·".join(piece.name for piece in pieces))
        position = token.position
        for index, piece in enumerate(pieces):
            last = index == len(pieces) - 1
            self.piece(piece, position, token.spaced and index == 0, last)
            position += piece.length

    def refuse_name(self, token: Token, following: Token) -> None:
        """A = 6 where a value is asked for, whether or not A is a letter of the question."""
        asked = {"number": "a number", "expression": "an expression"}.get(self.setting.kind)
        if asked and not self.out and following.text == "=" and token.text not in self.setting.declared:
            raise ReadError(f"This asks for {asked}. Leave out {token.text} =.", token.position)

    def refuse_derivative(self, token: Token) -> None:
        """dy/dx and d/dx are no quotients of products; d must not cancel."""
        signs = [self.peek(ahead).text for ahead in range(3)]
        below = signs[1] if signs[0] == "/" else signs[2] if signs[:2] == ["}", "{"] else ""
        if len(below) == 2 and below[0] == "d" and "d" not in self.setting.declared:
            derivative = f"{token.text}/{below}"
            named = not self.out and self.setting.kind == "expression" and self.peek(2).text == "="
            problem = f"Leave out {derivative} =." if named else f"{derivative} cannot be read here."
            raise ReadError(problem, token.position)

    def pieces(self, token: Token, opens: bool) -> tuple[Piece, ...]:
        if token.quoted and len(token.text) > 1:
            piece = whole(token.text, self.setting.declared)
            if piece is not None:
                return (piece,)
        return split(token.text, self.setting.declared, token.position, opens)

    def piece(self, piece: Piece, position: int, spaced: bool, last: bool) -> None:
        if piece.kind == "key":
            self.out.append(Token("op", piece.name, position, spaced))
            return
        name = piece.name
        if piece.kind == "var" or (piece.kind == "const" and len(name) == 1 and self.subscripted()):
            if last:
                name += self.subscript()
            self.check_declared(name, position)
            self.out.append(Token("var", name, position, spaced))
            return
        self.out.append(Token(piece.kind, name, position, spaced))

    def subscripted(self) -> bool:
        return self.peek().kind == "op" and self.peek().text == "_"

    def declared_with_subscript(self, token: Token, following: Token) -> bool:
        """A declared name such as `v_max` is one name, whatever its letters."""
        after = self.peek(1)
        if following.text != "_" or after.kind not in ("word", "number"):
            return False
        name = f"{token.text}_{after.text}"
        if name not in self.setting.declared:
            return False
        self.at += 2
        self.out.append(Token("var", name, token.position, token.spaced))
        return True

    def subscript(self) -> str:
        """The subscript that follows, as part of the name; of a longer word only its first letter."""
        if not self.subscripted():
            return ""
        underscore, token = self.peek(), self.peek(1)
        if token.kind == "number" and token.text.isdigit():
            self.at += 2
            return "_" + token.text
        if token.kind == "word":
            self.at += 2
            if len(token.text) > 1 and not token.quoted:
                self.at -= 1
                self.tokens[self.at] = Token("word", token.text[1:], token.position + 1)
                return "_" + token.text[0]
            return "_" + token.text
        if token.kind == "op" and token.text in ("{", "("):
            return self.braced_subscript(token)
        raise ReadError("Something is missing after _.", underscore.position, unfinished=token.kind == "end")

    def braced_subscript(self, opening: Token) -> str:
        closing = "}" if opening.text == "{" else ")"
        self.at += 2
        name = "_"
        while self.peek().text != closing:
            token = self.peek()
            if token.kind not in ("number", "word") or len(name) > 20:
                raise ReadError("This subscript cannot be read.", opening.position, token.kind == "end")
            name += token.text
            self.at += 1
        self.at += 1
        return name

    def check_declared(self, name: str, position: int) -> None:
        declared = self.setting.declared
        if not declared or name in declared or self.setting.open_letters:
            return
        if name.swapcase() in declared:
            raise ReadError(f"The letter {name} is not used here. Did you mean {name.swapcase()}?", position)
        between = self.out and (self.out[-1].kind != "op" or self.out[-1].text in _CLOSED)
        if name in ("x", "X") and between and self.peek().kind != "end" and self.peek().text not in _ENDS:
            raise ReadError(f"The letter {name} is not used here. To multiply, write × or *.", position)
        raise ReadError(f"The letter {name} is not used here. {use_only(declared)}", position)

"""The grammar: from tokens to the tree, by recursive descent, with an explicit depth limit.

statements  := either (("," | ";") either)*
either      := both ("or" both)*
both        := negation ("and" negation)*
relation    := union (("=" | "<" | …) union)*
union       := sum ("∪" sum)*
sum         := ["+" | "-" | "±"] product (("+" | "-" | "±") product)*
product     := signed (("*" | "/" | nothing) signed)*       nothing: 2x(x+1); same rank as * and /
power       := postfix ["^" ["-"] power]
postfix     := atom ("!" | "%" | "°")*                       atoms are in atoms.py
"""

from __future__ import annotations

from .. import limits
from ..results import ReadError
from . import atoms
from .brackets import CLOSING
from .lexicon import Setting
from .tokens import Token
from .tree import (
    All,
    Any,
    Call,
    Constant,
    Group,
    Negative,
    Node,
    Not,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    Symbol,
    Union,
)  # fmt: skip

RELATIONS = frozenset(("=", "<", ">", "<=", ">=", "!=", "in"))
_OPENERS = frozenset(("(", "[", "{", "⦃", "√", "∛", "∜", "⌊", "⌈", "∅"))
_NAMES = {
    "*": "×", "/": "÷", "<=": "≤", ">=": "≥", "!=": "≠", "⦃": "{", "⦄": "}", "in": "in", "\\\\": "\\\\",
}  # fmt: skip


_CLOSING = frozenset(CLOSING.values())


class Grammar:
    """One parse of one token list. `notes` collects what the member should know about the reading."""

    def __init__(self, tokens: list[Token], setting: Setting, notes: list[str]) -> None:
        self.tokens = tokens
        self.setting = setting
        self.notes = notes
        self.at = 0
        self.level = 0
        self.bars = 0  # |…| opened and not closed within the present brackets
        self.bare_slash = False

    # The cursor.

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def is_op(self, *texts: str) -> bool:
        return self.token.kind == "op" and self.token.text in texts

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def deeper(self) -> None:
        self.level += 1
        if self.level > limits.MAX_DEPTH:
            raise ReadError("There are too many brackets inside each other.", self.token.position)

    # The levels, loosest first.

    def whole(self) -> Node:
        """The tree of the whole text. Raises ReadError."""
        if self.token.kind == "end":
            raise ReadError("Please type an answer.", None, unfinished=True)
        node = self.statements()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def statements(self) -> Node:
        items = [self.either()]
        while self.is_op(",", ";"):
            self.take()
            items.append(self.either())
        return items[0] if len(items) == 1 else Group("", tuple(items), "")

    def either(self) -> Node:
        self.deeper()
        items = [self.both()]
        while self.is_op("or"):
            self.take()
            items.append(_with_left(items[-1], self.both()))
        self.level -= 1
        return items[0] if len(items) == 1 else Any(tuple(items))

    def both(self) -> Node:
        items = [self.negation()]
        while self.is_op("and"):
            self.take()
            items.append(self.negation())
        return items[0] if len(items) == 1 else All(tuple(items))

    def negation(self) -> Node:
        if self.is_op("not"):
            self.take()
            self.deeper()
            inner = self.negation()
            self.level -= 1
            return Not(inner)
        return self.relation()

    def relation(self) -> Node:
        left = self.union()
        links: list[Node] = []
        while self.token.kind == "op" and self.token.text in RELATIONS:
            op = self.take().text
            right = self.union()
            links.append(Relation(op, left, right))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else All(tuple(links))

    def union(self) -> Node:
        items = [self.sum()]
        while self.is_op("∪") or self.union_letter(items[-1]):
            self.take()
            items.append(self.sum())
        return items[0] if len(items) == 1 else Union(tuple(items))

    def union_letter(self, before: Node) -> bool:
        """A U between two brackets is a union, for there is no other sign on a keyboard."""
        if not isinstance(before, Group) or self.token.text not in ("U", "u"):
            return False
        return self.token.kind == "var" and self.ahead().text in ("(", "[", "{", "⦃")

    def sum(self) -> Node:
        self.deeper()
        terms = [self.signed_term(first=True)]
        while self.is_op("+", "-", "±", "∓"):
            terms.append(self.signed_term(first=False))
        self.level -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def signed_term(self, first: bool) -> Node:
        if not self.is_op("+", "-", "±", "∓"):
            return self.product()
        sign = self.take()
        if first and sign.text == "+" and self.is_op("-") and not self.token.spaced:
            self.take()
            return PlusMinus(self.product())
        if sign.text == "-":
            return Negative(self.product())
        return PlusMinus(self.product(), sign.text == "±") if sign.text in ("±", "∓") else self.product()

    def product(self) -> Node:
        factors = [self.signed()]
        after_slash = False
        while True:
            if self.is_op("*"):
                self.take()
                factors.append(self.signed())
                after_slash = False
            elif self.is_op("/"):
                self.take()
                factors = [Quotient(_product(factors), self.signed())]
                after_slash = True
            elif self.starts_factor(factors[-1]):
                self.bare_slash = self.bare_slash or after_slash
                factors.append(self.power())
            else:
                return _product(factors)

    def starts_factor(self, before: Node) -> bool:
        """May the next token begin a factor with no sign between?"""
        token = self.token
        if token.kind == "number":
            self.check_number_after(before, token)
            return True
        if token.kind == "vulgar" and isinstance(before, Quotient):
            raise ReadError(
                "Two numbers stand next to each other. Write a sign between them.", token.position
            )
        if token.kind in ("vulgar", "fn", "const", "var"):
            return not self.union_letter(before)
        if token.kind == "cmd":
            return not token.text.startswith("end:")
        return token.kind == "op" and (token.text in _OPENERS or (token.text == "|" and self.bars == 0))

    def check_number_after(self, before: Node, token: Token) -> None:
        if isinstance(before, Symbol | Constant):
            name = before.name
            question = f"Did you mean {name}^{token.text}, {name}_{token.text} or {token.text}*{name}?"
            raise ReadError(question, token.position)
        if isinstance(before, Number):
            raise ReadError(
                "Two numbers stand next to each other. Write a sign between them.", token.position
            )

    def signed(self) -> Node:
        if self.is_op("-", "+", "±", "∓"):
            sign = self.take().text
            self.deeper()
            inner = self.signed()
            self.level -= 1
            if sign in ("±", "∓"):
                return PlusMinus(inner, sign == "±")
            return Negative(inner) if sign == "-" else inner
        return self.power()

    def power(self) -> Node:
        base = self.postfix()
        if not self.is_op("^"):
            return base
        caret = self.take()
        if self.token.kind == "end":
            raise ReadError("Something is missing after ^.", caret.position, unfinished=True)
        if atoms.is_degree_sign(self):
            return Call("degree", (base,))
        self.deeper()
        exponent = self.exponent()
        self.level -= 1
        return atoms.suffixes(self, Power(base, exponent))

    def exponent(self) -> Node:
        if self.is_op("-", "+"):
            sign = self.take().text
            self.deeper()
            inner = self.exponent()
            self.level -= 1
            return Negative(inner) if sign == "-" else inner
        return self.power()

    def postfix(self) -> Node:
        return atoms.suffixes(self, self.atom())

    def atom(self) -> Node:
        return atoms.atom(self)

    # What went wrong.

    def unexpected(self) -> ReadError:
        """The error for a token that cannot stand here."""
        token = self.token
        if token.kind == "end":
            before = self.tokens[self.at - 1] if self.at else token
            shown = _NAMES.get(before.text, before.text)
            return ReadError(f"Something is missing after {shown}.", before.position, unfinished=True)
        shown = _NAMES.get(token.text, token.text)
        if token.text in _CLOSING:
            if self.at and self.tokens[self.at - 1].text in ("(", "[", "{", "⦃"):
                return ReadError("There is nothing between these brackets.", token.position, unfinished=True)
            last = self.tokens[self.at - 1] if self.at else None
            if last and last.kind == "op" and last.text not in _CLOSING:
                return ReadError("Something is missing before the bracket.", token.position, unfinished=True)
            return ReadError(f"The bracket {shown} closes nothing that was opened.", token.position)
        if self.at == 0 or self.tokens[self.at - 1].kind == "op":
            return ReadError(f"Something is missing before {shown}.", token.position)
        return ReadError(f"The sign {shown} cannot be read here.", token.position)


def _product(factors: list[Node]) -> Node:
    if len(factors) == 1:
        return factors[0]
    flat: list[Node] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) and factor is factors[0] else (factor,)
    return Product(tuple(flat))


def _with_left(before: Node, item: Node) -> Node:
    """`x = 1 or 2` means x = 1 or x = 2."""
    if isinstance(before, Relation) and not isinstance(item, Relation | All | Any | Not):
        return Relation(before.op, before.left, item)
    return item

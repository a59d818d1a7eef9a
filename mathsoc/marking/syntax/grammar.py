"""The grammar: from tokens to the tree, by recursive descent, with an explicit depth limit.

statements  := either (("," | ";") either)*                `x=1, y=2 or x=3, y=4`: see lists.py
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
from .faults import check_two_statements, unexpected
from .lexicon import Setting
from .lists import COMMAS, any_of, listed, with_left
from .names import RELATIONS
from .tokens import Token
from .tree import (
    All,
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
)

_SIGNS = frozenset(("+", "-", "±", "∓"))
_OPENERS = frozenset(("(", "[", "{", "⦃", "√", "∛", "∜", "⌊", "⌈", "∅"))


_CLOSING = frozenset(CLOSING.values())
_ENDS_PRODUCT = RELATIONS | _SIGNS | COMMAS | _CLOSING | {"and", "or", "∪"}


class Grammar:
    """One parse of one token list. `notes` collects what the member should know about the reading."""

    def __init__(self, tokens: list[Token], setting: Setting, notes: list[str]) -> None:
        self.tokens = tokens
        self.setting = setting
        self.notes = notes
        self.level = 0
        self.bars = 0  # |…| opened and not closed within the present brackets
        self.bare_slash = False
        self.seek(0)

    # The cursor: `token` is the next token, `op` its text where it is an operator.

    def seek(self, at: int) -> None:
        self.at = at
        self.token = token = self.tokens[at]
        self.op = token.text if token.kind == "op" else ""

    def exchange(self, token: Token) -> None:
        """Another token in place of the next one."""
        self.tokens[self.at] = token
        self.seek(self.at)

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def is_op(self, *texts: str) -> bool:
        return self.op in texts

    def take(self) -> Token:
        taken = self.token
        if taken.kind != "end":  # as `seek`, without a call: this is done for every token
            self.at += 1
            self.token = token = self.tokens[self.at]
            self.op = token.text if token.kind == "op" else ""
        return taken

    def deeper(self) -> None:
        self.level += 1
        if self.level > limits.MAX_DEPTH:
            raise ReadError("There are too many brackets inside each other.", self.token.position)

    # The levels, loosest first.

    def whole(self) -> Node:
        """The tree of the whole text. Raises ReadError."""
        if self.token.kind == "end":
            raise ReadError("Please type an answer.", None, unfinished=True)
        if self.op == "=" and self.setting.kind in ("number", "expression"):
            self.take()  # = 6, as the end of a line of working
        node = self.statements()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def statements(self) -> Node:
        first = self.alternatives()
        return listed(self, first) if self.op in COMMAS else any_of(first)

    def alternatives(self) -> list[Node]:
        """What stands between one comma and the next, split at each `or`."""
        self.deeper()
        items = [self.both()]
        while self.op == "or":
            self.take()
            items.append(with_left(items[-1], self.both()))
        self.level -= 1
        return items

    def either(self) -> Node:
        return any_of(self.alternatives())

    def both(self) -> Node:
        first = self.negation() if self.op == "not" else self.relation()
        if self.op != "and":
            return first
        items = [first]
        while self.op == "and":
            self.take()
            items.append(self.negation())
        return All(tuple(items))

    def negation(self) -> Node:
        if self.op == "not":
            self.take()
            self.deeper()
            inner = self.negation()
            self.level -= 1
            return Not(inner)
        return self.relation()

    def relation(self) -> Node:
        left = self.union()
        links: list[Node] = []
        while self.op in RELATIONS:
            if links:
                check_two_statements(self)
            op = self.take().text
            right = self.union()
            links.append(Relation(op, left, right))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else All(tuple(links))

    def union(self) -> Node:
        first = self.sum()
        if self.op != "∪" and not isinstance(first, Group):
            return first
        items = [first]
        while self.op == "∪" or self.union_letter(items[-1]):
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
        terms = [self.signed_term(first=True) if self.op in _SIGNS else self.product()]
        while self.op in _SIGNS:
            terms.append(self.signed_term(first=False))
        self.level -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def signed_term(self, first: bool) -> Node:
        sign = self.take()
        if first and sign.text == "+" and self.is_op("-") and not self.token.spaced:
            self.take()
            return PlusMinus(self.product())
        if sign.text == "-":
            return Negative(self.product())
        return PlusMinus(self.product(), sign.text == "±") if sign.text in ("±", "∓") else self.product()

    def product(self) -> Node:
        first = self.signed() if self.op in _SIGNS else self.power()
        if self.op in _ENDS_PRODUCT:
            return first
        factors = [first]
        after_slash = False
        while self.op not in _ENDS_PRODUCT and self.token.kind != "end":
            if self.op == "*":
                self.take()
                factors.append(self.signed())
                after_slash = False
            elif self.op == "/":
                self.take()
                factors = [Quotient(_product(factors), self.signed())]
                after_slash = True
            elif self.starts_factor(factors[-1]):
                self.bare_slash = self.bare_slash or after_slash
                factors.append(self.power())
            else:
                break
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
        return self.op in _OPENERS or (self.op == "|" and self.bars == 0)

    def check_number_after(self, before: Node, token: Token) -> None:
        if isinstance(before, Symbol | Constant):
            name = before.name
            question = f"Did you mean {name}^{token.text}, {name}_{token.text} or {token.text}*{name}?"
            if name in ("x", "X") and self.tokens[self.at - 2].kind == "number":
                question += " To multiply, write × or *."
            raise ReadError(question, token.position)
        if isinstance(before, Number):
            raise ReadError(
                "Two numbers stand next to each other. Write a sign between them.", token.position
            )

    def signed(self) -> Node:
        if self.op in _SIGNS:
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
        if self.op != "^":
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
        node = atoms.atom(self)
        return atoms.suffixes(self, node) if self.op in atoms.SUFFIXES else node

    def atom(self) -> Node:
        return atoms.atom(self)

    # What went wrong.

    def unexpected(self) -> ReadError:
        """The error for a token that cannot stand here."""
        return unexpected(self)


def _product(factors: list[Node]) -> Node:
    if len(factors) == 1:
        return factors[0]
    flat: list[Node] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) and factor is factors[0] else (factor,)
    return Product(tuple(flat))

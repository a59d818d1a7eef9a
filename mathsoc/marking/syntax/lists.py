"""Lists: what stands between commas and semicolons, and the commas that are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..results import ReadError
from .tokens import Token
from .tree import STATEMENTS, Any, Group, Node, Relation

if TYPE_CHECKING:
    from .grammar import Grammar

COMMAS = frozenset((",", ";"))
_ENDS_CELL = frozenset((")", "]", "}", "!", "%", "°"))
_CELL_KINDS = frozenset(("number", "word", "vulgar", "cmd"))
_MIXED = "Write either , or ; between all of them, not both."


def any_of(items: Sequence[Node]) -> Node:
    return items[0] if len(items) == 1 else Any(tuple(items))


def with_left(before: Node, item: Node) -> Node:
    """`x = 1 or 2` means x = 1 or x = 2."""
    if isinstance(before, Relation) and not isinstance(item, STATEMENTS):
        return Relation(before.op, before.left, item)
    return item


def listed(g: Grammar, first: list[Node]) -> Node:
    """The list that `first` begins, its sign being the next token. Raises ReadError."""
    found, at = [first], []
    while g.op in COMMAS:
        at.append(g.at)
        g.take()
        if g.is_op("or"):  # 2, 3, or 5
            g.take()
            at.pop()
            found[-1] += g.alternatives()
            continue
        if g.is_op("and"):
            g.take()
        found.append(g.alternatives())
    if any(len(item) > 1 for item in found) and all(isinstance(item, STATEMENTS) for item in found[0]):
        _check_commas(g.tokens, at)
        return _solutions(found)
    items = [any_of(item) for item in found]
    if g.setting.kind == "matrix":
        return _rows(items, [g.tokens[one].text for one in at])
    if len(at) > 1:
        _check_commas(g.tokens, at)
    return Group("", tuple(items), "")


def _solutions(found: list[list[Node]]) -> Node:
    """`x=3, y=4 or x=-4, y=-3`: between statements `or` parts more than a comma does."""
    parts: list[list[Node]] = [[]]
    last: Relation | None = None
    for item in found:
        for place, node in enumerate(item):
            if last is not None and not isinstance(node, STATEMENTS):
                node = Relation(last.op, last.left, node)  # x = 1, 2 or 3
            last = node if isinstance(node, Relation) else None
            if place:
                parts.append([])
            parts[-1].append(node)
    return any_of([part[0] if len(part) == 1 else Group("", tuple(part), "") for part in parts])


def _rows(items: list[Node], signs: list[str]) -> Node:
    """[1, 2; 3, 4]: in a matrix ; ends a row."""
    if ";" not in signs or all(isinstance(item, Group) for item in items):
        return Group("", tuple(items), "")
    rows: list[list[Node]] = [[items[0]]]
    for sign, item in zip(signs, items[1:], strict=True):
        if sign == ";":
            rows.append([])
        rows[-1].append(item)
    return Group("", tuple(Group("", tuple(row), "") for row in rows), "")


def flat(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The cells of rows, where no rows were meant: the 5 and 2 of binomial(5; 2)."""
    if items and all(isinstance(item, Group) and not item.opening for item in items):
        return tuple(cell for row in items if isinstance(row, Group) for cell in row.items)
    return items


def _check_commas(tokens: list[Token], at: list[int]) -> None:
    """A comma inside a number looks like one between two: it shows where other signs differ from it."""
    mixed = len({tokens[one].text for one in at}) > 1
    if not mixed and not any(tokens[one + 1].spaced for one in at):
        return
    for one in at:
        before, sign, after = tokens[one - 1 : one + 2]
        tight = sign.text == "," and before.kind == after.kind == "number" and not after.spaced
        thousands = len(before.text) <= 3 and len(after.text) == 3
        if tight and before.text.isdigit() and after.text.isdigit() and (mixed or thousands):
            joined = f"{before.text}{after.text} or " if thousands else ""
            way = "Write it without a comma." if thousands else "Write a point, not a comma."
            raise ReadError(f"Did you mean {joined}{before.text}.{after.text}? {way}", before.position)
    if mixed:
        raise ReadError(_MIXED, tokens[at[0]].position)


def spaced_cells(tokens: list[Token]) -> list[Token]:
    """[1 2; 3 4] with the commas that it leaves out."""
    texts = {token.text for token in tokens if token.kind == "op"}
    if "," in texts or ";" not in texts:
        return tokens
    out, level = tokens[:1], _change(tokens[0])
    for at, (before, token) in enumerate(pairwise(tokens), 1):
        signed = token.text in ("+", "-") and not tokens[min(at + 1, len(tokens) - 1)].spaced
        starts = token.kind in _CELL_KINDS or signed or token.text in ("(", "√")
        ends = before.kind in _CELL_KINDS or before.text in _ENDS_CELL
        if level == 1 and token.spaced and starts and ends:
            out.append(Token("op", ",", token.position))
        level += _change(token)
        out.append(token)
    return out


def _change(token: Token) -> int:
    return (token.text in ("(", "[")) - (token.text in (")", "]")) if token.kind == "op" else 0

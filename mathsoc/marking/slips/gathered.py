"""Slips in sets, sequences, intervals and matrices."""

from __future__ import annotations

from ..scheme import Scheme
from ..syntax.tree import Constant, Group, Matrix, Node, Number, PlusMinus, Union, walk
from .rewriting import Slips, has_both_signs, negated, one_more, upper_sign

_OTHER_END = {"(": "[", "[": "(", ")": "]", "]": ")"}


def sets(key: Node, scheme: Scheme) -> Slips:
    if has_both_signs(key):
        yield "one-of-two", upper_sign(key)
        return
    match key:
        case Group(items=(*others, last)):
            if others:
                yield "missing", _set(*others)
            yield "extra", _set(*others, last, one_more(last))
            yield "sign", _set(*others, negated(last))
            yield "sign", _set(*map(negated, others), negated(last))
            yield "one-off", _set(*others, one_more(last))
        case Group(items=()):
            yield "extra", _set(Number("0"))


def _set(*items: Node) -> Node:
    return Group("{", items, "}")


def sequences(key: Node, scheme: Scheme) -> Slips:
    match key:
        case Group(items=(first, second, *rest) as items):
            yield "swapped-pair", _list(key, second, first, *rest)
            if rest:
                yield "reversed-order", _list(key, *reversed(items))
            yield "sign", _list(key, *items[:-1], negated(items[-1]))
            yield "sign", _list(key, negated(first), *items[1:])
            yield "one-off", _list(key, *items[:-1], one_more(items[-1]))
            yield "missing", _list(key, *items[:-1])
            yield "extra", _list(key, *items, one_more(items[-1]))
        case Group(items=(only,)):
            yield "sign", _list(key, negated(only))
            yield "one-off", _list(key, one_more(only))
            yield "extra", _list(key, only, one_more(only))


def _list(key: Group, *items: Node) -> Node:
    return Group(key.opening, items, key.closing)


def intervals(key: Node, scheme: Scheme) -> Slips:
    match key:
        case Union(items=(*others, last)) if others:
            yield "missing", others[0] if len(others) == 1 else Union(tuple(others))
            for name, node in intervals(last, scheme):
                yield name, Union((*others, node))
        case Group(opening="{"):
            yield from sets(key, scheme)
        case Group(opening=opening, items=(left, right), closing=closing):
            if not _endless(left):
                yield "left-end", Group(_OTHER_END[opening], (left, right), closing)
            if not _endless(right):
                yield "right-end", Group(opening, (left, right), _OTHER_END[closing])
            if not (_endless(left) or _endless(right)):
                yield "ends-swapped", Group(opening, (right, left), closing)
            for place, end in enumerate((right, left)):
                if not _endless(end):
                    for name, new in (("sign", negated(end)), ("one-off", one_more(end))):
                        yield name, Group(opening, (left, new) if place == 0 else (new, right), closing)


def _endless(end: Node) -> bool:
    return any(isinstance(part, Constant) and part.name == "inf" for part in walk(end))


def matrices(key: Node, scheme: Scheme) -> Slips:
    if not isinstance(key, Matrix) or any(isinstance(part, PlusMinus) for part in walk(key)):
        return
    rows = key.rows
    yield "transposed", Matrix(tuple(zip(*rows, strict=True)))
    if len(rows) > 1:
        yield "swapped-rows", Matrix((rows[1], rows[0], *rows[2:]))
    if len(rows[0]) > 1:
        yield "swapped-columns", Matrix(tuple((row[1], row[0], *row[2:]) for row in rows))
    *others, last = rows
    yield "one-sign", Matrix((*others, (*last[:-1], negated(last[-1]))))
    yield "sign", Matrix(tuple(tuple(map(negated, row)) for row in rows))
    yield "one-off", Matrix((*others, (*last[:-1], one_more(last[-1]))))

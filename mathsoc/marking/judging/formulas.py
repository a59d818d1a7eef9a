"""Statements in mathematical form: relations f ⋛ 0 joined by and, or, not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..algebra.convert import core, signs
from ..algebra.core import base_and_exponent, multiple, negate, substitute, subtract
from ..algebra.node import INF, Core, sym, symbols
from ..results import ReadError
from ..syntax.tree import All, Any, Group, Node, Not, Relation, Union
from ..syntax.tree import symbols as symbols_of

FLIPPED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Formula:
    """`kind`: atom (`value` `op` 0), and, or, true, false. `key` identifies it."""

    key: str
    kind: str
    op: str = ""
    value: Core | None = None
    items: tuple[Formula, ...] = ()


TRUE, FALSE = Formula("true", "true"), Formula("false", "false")


def is_region(node: Node) -> bool:
    """An interval, or several joined: the solutions of an inequality without their letter."""
    match node:
        case Group(opening="(" | "[", closing=")" | "]", items=(_, _)):
            return True
        case Union(items=items):
            return all(map(is_region, items))
    return False


def solutions(node: Node, of: Node, *, cached: bool = False) -> Formula | None:
    """The formula of a statement, or of a region for the one letter of another statement.

    None where that has more letters than one, so that the region does not say which is meant, or where the
    region's ends hold the letter. `cached`: the
    node is a key, which meets many answers.
    """
    if not is_region(node):
        return formula_of_key(node) if cached else formula(node)
    names = ("x'",) if is_region(of) else letters(formula(of))
    if len(names) != 1 or names[0] in symbols_of(node):
        return None
    return membership(sym(names[0]), node)


def formula(node: Node) -> Formula:
    """The formula of a statement; ± becomes `or`, a chain `and`."""
    match node:
        case Relation(op="in", left=left, right=right):
            return join("or", [_member(one, right) for one in signs(left)])
        case Relation():
            return join("or", [_relation(one) for one in signs(node)])
        case All(items=items):
            return join("and", list(map(formula, items)))
        case Any(items=items):
            return join("or", list(map(formula, items)))
        case Not(arg=arg):
            return negation(formula(arg))
    raise TypeError(type(node).__name__)


formula_of_key = lru_cache(maxsize=256)(formula)


def _relation(node: Node) -> Formula:
    if not isinstance(node, Relation):
        raise TypeError(type(node).__name__)
    left, right = core(node.left), core(node.right)
    if INF in (left, right) or negate(INF) in (left, right):
        return _with_infinity(node.op, left, right)
    return atom(node.op, subtract(left, right))


def _with_infinity(op: str, left: Core, right: Core) -> Formula:
    """−∞ < x is no bound at all."""
    below = left == negate(INF) or right == INF
    if op in ("<", "<="):
        return TRUE if below else FALSE
    if op in (">", ">="):
        return FALSE if below else TRUE
    return FALSE if op == "=" else TRUE


def atom(op: str, value: Core) -> Formula:
    """value op 0, turned so that only = ≠ > ≥ are left; decided at once where the value is a number."""
    if op in ("<", "<="):
        value, op = negate(value), ">" if op == "<" else ">="
    if value.rational:
        number = value.value
        truth = {"=": number == 0, "!=": number != 0, ">": number > 0, ">=": number >= 0}[op]
        return TRUE if truth else FALSE
    # f = 0 and 2f = 0 say the same: the first number is made 1, of an inequality without its sign.
    first = (value.parts[0] if value.kind == "+" else value).value
    if first != 1:
        value = multiple(1 / (first if op in ("=", "!=") else abs(first)), value)
    return Formula(f"{value.key} {op} 0", "atom", op, value)


def factored(item: Formula) -> Formula:
    """Polynomial equations f·g = 0 as f = 0 or g = 0."""
    if item.items:
        return join(item.kind, [factored(part) for part in item.items])
    if item.value is None or item.op not in ("=", "!="):
        return item
    parts = item.value.parts if item.value.kind == "*" else (item.value,)
    bases = [base_and_exponent(part) for part in parts]
    if not all((exponent.whole or 0) > 0 and _is_polynomial(base) for base, exponent in bases):
        return item
    return join("or" if item.op == "=" else "and", [atom(item.op, base) for base, _ in bases])


def _is_polynomial(value: Core) -> bool:
    """Surely, so that it has a value wherever its letters have one."""
    if value.kind in ("q", "s"):
        return True
    if value.kind == "^":
        return (value.parts[1].whole or 0) > 0 and _is_polynomial(value.parts[0])
    return value.kind in ("+", "*") and all(map(_is_polynomial, value.parts))


def join(kind: str, items: list[Formula]) -> Formula:
    """`and` or `or` of formulas, flattened, without repeats."""
    neutral, absorbing = (TRUE, FALSE) if kind == "and" else (FALSE, TRUE)
    flat: dict[str, Formula] = {}
    for item in items:
        for part in item.items if item.kind == kind else (item,):
            if part.kind == absorbing.kind:
                return absorbing
            if part.kind != neutral.kind:
                flat[part.key] = part
    if not flat:
        return neutral
    parts = tuple(flat[key] for key in sorted(flat))
    if len(parts) == 1:
        return parts[0]
    return Formula(f"({f' {kind} '.join(part.key for part in parts)})", kind, items=parts)


def negation(item: Formula) -> Formula:
    """`not`, pushed down to the relations."""
    if item.kind in ("true", "false"):
        return FALSE if item.kind == "true" else TRUE
    if item.kind == "atom" and item.value is not None:
        # Where the value does not exist neither holds; textbook statements do not turn on that.
        return atom(FLIPPED[item.op], item.value)
    return join("or" if item.kind == "and" else "and", [negation(part) for part in item.items])


def _member(left: Node, where: Node) -> Formula:
    return membership(core(left), where)


def membership(value: Core, where: Node) -> Formula:
    """value ∈ interval, union or set."""
    match where:
        case Union(items=items):
            return join("or", [membership(value, item) for item in items])
        case Group(opening="{", items=items):
            return join("or", [atom("=", subtract(value, core(item))) for item in items])
        case Group(opening=opening, items=(low, high), closing=closing):
            ends = (core(low), core(high))
            if ends[0] == INF or ends[1] == negate(INF):
                return FALSE
            below, above = ends[0] == negate(INF), ends[1] == INF
            lower = TRUE if below else atom(">" if opening == "(" else ">=", subtract(value, ends[0]))
            upper = TRUE if above else atom(">" if closing == ")" else ">=", subtract(ends[1], value))
            return join("and", [lower, upper])
    raise ReadError("After ∈ there must be an interval or a set.")


def atoms(item: Formula) -> list[Core]:
    """The values of all relations."""
    if item.value is not None:
        return [item.value]
    return [value for part in item.items for value in atoms(part)]


def letters(item: Formula) -> tuple[str, ...]:
    return tuple(sorted({name for value in atoms(item) for name in symbols(value)}))


def only_equations(item: Formula) -> list[Core] | None:
    """The values whose zeros the formula describes, if it is one equation or equations joined by `or`."""
    if item.kind == "atom" and item.op == "=" and item.value is not None:
        return [item.value]
    if item.kind == "or":
        parts = [only_equations(part) for part in item.items]
        if all(part is not None for part in parts):
            return [value for part in parts for value in part or ()]
    return None


def substituted(item: Formula, values: dict[str, Core]) -> Formula:
    """The formula with letters replaced."""
    if item.value is not None:
        return atom(item.op, substitute(item.value, values))
    if item.items:
        return join(item.kind, [substituted(part, values) for part in item.items])
    return item

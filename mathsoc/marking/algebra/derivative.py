"""The derivative of an expression, by the rules of the first year."""

from __future__ import annotations

from collections.abc import Callable

from .angles import cosine, sine
from .core import add, divide, mul, negate, power, subtract
from .functions import logarithm
from .node import HALF, MINUS_ONE, ONE, TWO, ZERO, Core, fn, q, symbols


class NotDifferentiable(Exception):
    """A function such as ⌊x⌋ or n!, for which no rule is known here."""


def derivative(node: Core, name: str) -> Core:
    """d/dx, x being the letter of that name. Raises NotDifferentiable."""
    if name not in symbols(node):
        return ZERO
    match node.kind:
        case "s":
            return ONE
        case "+":
            return add(*(derivative(part, name) for part in node.parts))
        case "*":
            return add(*(_with_one_derived(node, place, name) for place in range(len(node.parts))))
        case "^":
            return _of_power(node.parts[0], node.parts[1], name)
    rule = _RULES.get(node.name)
    if rule is None:
        raise NotDifferentiable
    return mul(rule(node.parts[0]), derivative(node.parts[0], name))


def _with_one_derived(node: Core, place: int, name: str) -> Core:
    others = node.parts[:place] + node.parts[place + 1 :]
    return mul(q(node.value), derivative(node.parts[place], name), *others)


def _of_power(base: Core, exponent: Core, name: str) -> Core:
    by_base = mul(exponent, power(base, subtract(exponent, ONE)), derivative(base, name))
    if name not in symbols(exponent):
        return by_base
    by_exponent = mul(power(base, exponent), logarithm(base), derivative(exponent, name))
    return add(by_base, by_exponent)


_RULES: dict[str, Callable[[Core], Core]] = {
    "sin": cosine,
    "cos": lambda u: negate(sine(u)),
    "ln": lambda u: power(u, MINUS_ONE),
    "arctan": lambda u: power(add(ONE, power(u, TWO)), MINUS_ONE),
    "arcsin": lambda u: power(subtract(ONE, power(u, TWO)), negate(HALF)),
    "abs": lambda u: divide(u, fn("abs", u)),
}

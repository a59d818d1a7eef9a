"""Letters that can only be whole numbers: n in (−1)^n, for no other power of a negative number is real.

An expression in such a letter is split by remainders: with n = 2m and n = 2m + 1 the powers of −1 and the
sines of multiples of πn become plain numbers, and what is left is compared like any other expression.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import lcm

from .angles import cosine, sine
from .core import add, divide, mul, power, rebuilt, split, substitute
from .functions import exponential
from .node import MINUS_ONE, ONE, Core, E, I, q, sym, symbols, walk
from .residues import expand

_MOST_CLASSES = 12


def whole_letters(value: Core) -> set[str]:
    """The letters in whole multiples above a base that is written with a minus sign."""
    found: set[str] = set()
    for node in walk(value):
        if node.kind == "^" and _negative(node.parts[0]) and _whole_multiples(node.parts[1]):
            found |= set(symbols(node.parts[1]))
    return found


def _negative(base: Core) -> bool:
    return base.kind in ("q", "*") and base.value < 0


def _whole_multiples(exponent: Core) -> bool:
    """A sum of letters and products of letters, with whole factors."""
    return bool(symbols(exponent)) and all(
        count.denominator == 1 and all(map(_is_letter, _factors(unit)))
        for count, unit in map(split, _terms(exponent))
        if unit != ONE
    )


def _is_letter(factor: Core) -> bool:
    """A letter, or a whole power of one."""
    if factor.kind == "^":
        return factor.parts[0].kind == "s" and (factor.parts[1].whole or 0) > 0
    return factor.kind == "s"


def _terms(value: Core) -> tuple[Core, ...]:
    return value.parts if value.kind == "+" else (value,)


def _factors(value: Core) -> tuple[Core, ...]:
    return value.parts if value.kind == "*" else (value,)


def by_remainders(values: Iterable[Core], letters: set[str]) -> list[list[Core]] | None:
    """For each choice of remainders, the values with them put in; None where there are too many choices."""
    wanted = list(values)
    modulus = lcm(2, *(_period(node, letters) for value in wanted for node in walk(value)))
    names = sorted(letters)
    if modulus ** len(names) > _MOST_CLASSES:
        return None
    out = []
    for remainders in product(range(modulus), repeat=len(names)):
        moved = {
            name: add(mul(q(modulus), sym(name + "'")), q(rest))
            for name, rest in zip(names, remainders, strict=True)
        }
        fresh = {name + "'" for name in names}
        out.append([_settled(substitute(value, moved), fresh) for value in wanted])
    return out


def _period(node: Core, letters: set[str]) -> int:
    """After how many steps of a letter the part repeats: 2b for sin(a·πn/b) or e^(iaπn/b), 4 for iⁿ."""
    if node.kind == "^" and node.parts[0].key == "'i" and set(symbols(node.parts[1])) & letters:
        return 4
    if node.kind == "^" and node.parts[0] == E:
        angle = divide(node.parts[1], I)
    elif node.kind == "f" and node.name in ("sin", "cos"):
        angle = node.parts[0]
    else:
        return 1
    counts = [count for count, unit in map(split, _terms(expand(angle))) if _is_turns(unit, letters)]
    return lcm(1, *(2 * count.denominator for count in counts))


def _is_turns(unit: Core, letters: set[str]) -> bool:
    """π times whole letters."""
    names = [factor for factor in _factors(unit) if factor.key != "'pi"]
    return (
        len(names) == len(_factors(unit)) - 1
        and all(factor.kind == "s" and factor.name in letters for factor in names)
        and bool(names)
    )


def _settled(value: Core, letters: set[str]) -> Core:
    """The value by the rules for whole exponents and whole turns."""
    if not value.parts:
        return value
    parts = tuple(_settled(part, letters) for part in value.parts)
    if value.kind == "^" and parts[0] == E:
        kept = [term for term in _terms(expand(parts[1])) if not _whole_turns(divide(term, I), letters)]
        return mul(*map(exponential, kept))
    if value.kind == "^":
        return _whole_power(parts[0], expand(parts[1]), letters)
    if value.name in ("sin", "cos"):
        rest = add(*(term for term in _terms(expand(parts[0])) if not _whole_turns(term, letters)))
        return sine(rest) if value.name == "sin" else cosine(rest)
    return rebuilt(value, parts)


def _whole_turns(term: Core, letters: set[str]) -> bool:
    count, unit = split(term)
    return count.denominator == 1 and count % 2 == 0 and _is_turns(unit, letters)


def _whole_power(base: Core, exponent: Core, letters: set[str]) -> Core:
    """(uv)^n is uⁿvⁿ, (−1)^(2n) and i^(4n) are 1: true of whole n alone."""
    if not _whole_multiples(exponent) or not set(symbols(exponent)) <= letters:
        return power(base, exponent)
    if exponent.kind == "+":
        return mul(*(_whole_power(base, term, letters) for term in exponent.parts))
    count, _ = split(exponent)
    if base.kind == "*":
        return mul(*(_whole_power(part, exponent, letters) for part in (q(base.value), *base.parts)))
    if base.kind == "q" and base.value < 0:
        sign = ONE if count % 2 == 0 else power(MINUS_ONE, exponent)
        return mul(sign, power(q(-base.value), exponent))
    if base.key == "'i" and count % 4 == 0:
        return ONE
    if base.kind == "^" and base.parts[1].kind == "q" and base.parts[1].value.denominator == 1:
        return power(base.parts[0], mul(base.parts[1], exponent))
    return power(base, exponent)

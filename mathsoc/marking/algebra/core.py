"""The mathematical form of an expression: flat sums and products, rationals folded, like things collected.

Built only by the functions below, which apply rules that hold wherever both sides are defined; so equal
keys mean equal expressions. `√(x²)` stays as it is, `4^(1/2)` becomes 2, `2y + x + y` becomes `x + 3y`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .. import limits
from .node import MINUS_ONE, ONE, PI, UNDEFINED, UNIT, ZERO, Core, I, digits, fn, q
from .surds import prime_powers


def split(term: Core) -> tuple[Fraction, Core]:
    """The rational factor of a term, and the rest."""
    if term.kind == "q":
        return term.value, ONE
    if term.kind == "*" and term.tail != term.key:
        return term.value, _times(UNIT, term.parts)
    return UNIT, term


def base_and_exponent(factor: Core) -> tuple[Core, Core]:
    return (factor.parts[0], factor.parts[1]) if factor.kind == "^" else (factor, ONE)


def add(*terms: Core) -> Core:
    """The sum, flattened, with like terms collected."""
    collected: dict[str, Core] = {}
    stack = list(terms[::-1])
    while stack:
        term = stack.pop()
        if term.kind == "+":
            stack.extend(term.parts[::-1])
        elif term.tail in collected:
            before = collected[term.tail]
            collected[term.tail] = multiple(before.value + term.value, split(term)[1])
        else:
            collected[term.tail] = term
    # Sorted by what stands beside the coefficient, so that multiples of a sum have the same order.
    kept = [term for _, term in sorted(collected.items()) if term.kind != "q" or term.value]
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else _sum(kept)


def _sum(terms: list[Core]) -> Core:
    return Core(f"({'+'.join([term.key for term in terms])})", "+", parts=tuple(terms))


def _times(coefficient: Fraction, factors: tuple[Core, ...]) -> Core:
    if not factors:
        return q(coefficient)
    alone = coefficient is UNIT or coefficient == 1
    if len(factors) == 1:
        if alone:
            return factors[0]
        key = tail = factors[0].key
    else:
        key = "*".join([factor.key for factor in factors])
        tail = f"<{key}>"
    return Core(tail if alone else f"{digits(coefficient)}*{key}", "*", "", coefficient, factors, tail)


def mul(*factors: Core) -> Core:
    """The product, flattened, with powers of one base collected. 0 times anything is 0."""
    coefficient = UNIT
    kept: dict[tuple[str, str], Core] = {}  # by base and by what stands beside the number of its exponent
    stack = list(factors[::-1])
    while stack:
        factor = stack.pop()
        if factor.kind == "q" or factor.kind == "*":
            coefficient = factor.value if coefficient is UNIT else coefficient * factor.value
            stack.extend(factor.parts[::-1])
            continue
        base, exponent = base_and_exponent(factor)
        place = (base.key, exponent.tail)  # exponents are never sums: power() takes those apart
        if place not in kept:
            kept[place] = factor
            continue
        joined = _joined(base, exponent, kept[place])
        if joined.kind not in ("q", "*") and base_and_exponent(joined)[0].key == base.key:
            kept[place] = joined
        else:  # √2·√2 is 2, 2^(2/3)·2^(2/3) is 2·2^(1/3), and i·i is −1
            del kept[place]
            stack.append(joined)
    return _product(coefficient, list(kept.values())) if coefficient else ZERO


def _joined(base: Core, exponent: Core, other: Core) -> Core:
    """base^exponent times another power of the same base: the exponents are like terms."""
    count = exponent.value + base_and_exponent(other)[1].value
    return _power_again(base, multiple(count, split(exponent)[1]))


def _power_again(base: Core, exponent: Core) -> Core:
    """What powers of a base make together; of −1, which is kept under even roots alone, the principal one."""
    if base == MINUS_ONE and exponent.rational and exponent.value.denominator not in (1, 2):
        from .functions import exponential  # which is made of powers

        return exponential(mul(I, PI, exponent))  # ((−1)^(1/6))² is no real cube root
    return power(base, exponent)


def _product(coefficient: Fraction, kept: list[Core]) -> Core:
    leads = [factor.parts[-1].value if factor.kind == "+" else UNIT for factor in kept]
    if len(kept) > 1 and any(lead != 1 for lead in leads):  # beside others a sum has no number of its own
        monic = [multiple(1 / lead, factor) for lead, factor in zip(leads, kept, strict=True)]
        return mul(q(coefficient), *map(q, leads), *monic)
    kept.sort(key=lambda factor: factor.key)
    if len(kept) == 1 and kept[0].kind == "+" and coefficient != 1:
        return multiple(coefficient, kept[0])
    return _times(coefficient, tuple(kept))


def multiple(coefficient: Fraction, term: Core) -> Core:
    """A term times a number; nothing has to be collected anew."""
    if term.kind == "q" or not coefficient:
        return q(coefficient * term.value)
    if term.kind == "+":
        return _sum([multiple(coefficient, part) for part in term.parts])
    if term.kind == "*":
        return _times(coefficient * term.value, term.parts)
    return _times(coefficient, (term,))


def _power_node(base: Core, exponent: Core) -> Core:
    if exponent is ONE or exponent.key == "1":
        return base
    return Core(f"({base.key}^{exponent.key})", "^", parts=(base, exponent))


def power(base: Core, exponent: Core) -> Core:
    """The power, by the rules that hold for principal values."""
    if exponent.kind == "q":
        return _rational_power(base, exponent.value)
    if base == ONE:
        return base
    if exponent.kind == "+":
        return mul(*(power(base, term) for term in exponent.parts))
    if base.kind == "q" and base.value > 0:
        factors = prime_powers(base.value)
        if len(factors) == 1 and factors[0][1] == 1:
            return _power_node(base, exponent)
        return mul(*(_power_node(q(p), mul(q(n), exponent)) for p, n in factors))
    if base.kind == "^" and base.parts[1].kind == "q" and _positive(base.parts[0]):
        return power(base.parts[0], mul(base.parts[1], exponent))  # (2^(1/2))^x
    return _power_node(base, exponent)


def _positive(base: Core) -> bool:
    return (base.kind == "q" and base.value > 0) or base.key in ("'e", "'pi")


def _rational_power(base: Core, exponent: Fraction) -> Core:
    if exponent == 1:
        return base
    if exponent == 0:
        return ONE
    if base.kind == "q":
        return _number_power(base.value, exponent)
    if base.key == "'i" and exponent.denominator == 1:
        return (ONE, I, MINUS_ONE, mul(MINUS_ONE, I))[int(exponent) % 4]
    if exponent.denominator == 1:
        if base.kind == "*":
            return mul(*(power(part, q(exponent)) for part in (q(base.value), *base.parts)))
        if base.kind == "^":
            return _power_again(base.parts[0], mul(base.parts[1], q(exponent)))
        if base.kind == "+":
            return _monic_power(base, int(exponent))
    elif base.kind == "^" and base.parts[0].key in ("'e", "'pi") and base.parts[1].kind == "q":
        return power(base.parts[0], mul(base.parts[1], q(exponent)))
    elif base.kind == "*" and base.value > 0 and base.value != 1:
        return mul(_number_power(base.value, exponent), power(_times(UNIT, base.parts), q(exponent)))
    return _power_node(base, q(exponent))


def _monic_power(base: Core, exponent: int) -> Core:
    """(2x - 2)^n and (1 - x)^n share the base x - 1, so that they meet in products."""
    lead = base.parts[-1].value  # constants stand first
    if lead == 1 or abs(exponent) * max(lead.numerator.bit_length(), lead.denominator.bit_length()) > 4000:
        return _power_node(base, q(exponent))
    monic = add(*(mul(q(1 / lead), term) for term in base.parts))
    return mul(q(lead**exponent), _power_node(monic, q(exponent)))


def _number_power(value: Fraction, exponent: Fraction) -> Core:
    if value == 0:
        return ZERO if exponent > 0 else UNDEFINED
    if value == 1:
        return ONE
    if exponent.denominator == 1:
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        if bits * abs(exponent) <= limits.MAX_POWER_BITS:
            return q(value ** int(exponent))
        return _power_node(q(value), q(exponent))
    if value < 0:
        return _negative_power(-value, exponent)
    return _surd(value, exponent)


def _negative_power(size: Fraction, exponent: Fraction) -> Core:
    """An odd root of a negative number is the real one, a square root the principal one."""
    if exponent.denominator % 2:
        sign = MINUS_ONE if exponent.numerator % 2 else ONE
        return mul(sign, _number_power(size, exponent))
    if exponent.denominator == 2:
        return mul(power(I, q(exponent.numerator)), _number_power(size, exponent))
    return mul(_number_power(size, exponent), _power_node(MINUS_ONE, q(exponent)))


def _surd(value: Fraction, exponent: Fraction) -> Core:
    """12^(1/2) is 2·3^(1/2): whole powers of each prime go into the rational factor."""
    coefficient = Fraction(1)
    factors: list[Core] = []
    for prime, count in prime_powers(value):
        total = count * exponent
        whole = total.numerator // total.denominator
        if abs(whole) * prime.bit_length() > limits.MAX_POWER_BITS:
            return _power_node(q(value), q(exponent))
        coefficient *= Fraction(prime) ** whole
        if total != whole:
            factors.append(_power_node(q(prime), q(total - whole)))
    factors.sort(key=lambda factor: factor.key)
    return _times(coefficient, tuple(factors))


def negate(term: Core) -> Core:
    return multiple(MINUS_ONE.value, term)


def subtract(left: Core, right: Core) -> Core:
    return add(left, negate(right))


def divide(top: Core, bottom: Core) -> Core:
    return mul(top, power(bottom, MINUS_ONE))


def substitute(core: Core, values: dict[str, Core]) -> Core:
    """The expression with letters replaced."""
    if core.kind == "s":
        return values.get(core.name, core)
    if not core.parts:
        return core
    parts = tuple(substitute(part, values) for part in core.parts)
    if parts == core.parts:
        return core
    return rebuilt(core, parts)


def rebuilt(node: Core, parts: Sequence[Core]) -> Core:
    """A node of the same kind over other parts; a function is kept as it is."""
    if node.kind == "+":
        return add(*parts)
    if node.kind == "*":
        return mul(q(node.value), *parts)
    if node.kind == "^":
        return power(*parts)
    return fn(node.name, *parts)

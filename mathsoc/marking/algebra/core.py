"""The mathematical form of an expression: flat sums and products, rationals folded, like things collected.

Built only by the functions below, which apply rules that hold wherever both sides are defined; so equal
keys mean equal expressions. `√(x²)` stays as it is, `4^(1/2)` becomes 2, `2y + x + y` becomes `x + 3y`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from .. import limits
from .surds import prime_powers
from .work import spend


@dataclass(frozen=True, slots=True)
class Core:
    """One node. `kind`: q number, s symbol, k constant, + sum, * product, ^ power, f function.

    `value` is the number itself, or the rational factor of a product; `key` identifies the whole.
    """

    key: str
    kind: str = field(compare=False)
    name: str = field(compare=False, default="")
    value: Fraction = field(compare=False, default=Fraction(1))
    parts: tuple[Core, ...] = field(compare=False, default=())

    def __post_init__(self) -> None:
        spend(len(self.key))

    @property
    def rational(self) -> bool:
        return self.kind == "q"

    @property
    def whole(self) -> int | None:
        """The integer that this node is, if it is one."""
        return int(self.value) if self.kind == "q" and self.value.denominator == 1 else None


def _digits(value: Fraction) -> str:
    """The number as text; hexadecimal when large, for decimal digits take quadratic time."""
    large = max(value.numerator.bit_length(), value.denominator.bit_length()) >= 200
    return f"{value.numerator:#x}/{value.denominator:#x}" if large else str(value)


def q(value: Fraction | int) -> Core:
    number = Fraction(value)
    return Core(_digits(number), "q", value=number)


ZERO, ONE, TWO, MINUS_ONE, HALF = q(0), q(1), q(2), q(-1), q(Fraction(1, 2))
I = Core("'i", "k", "i")  # noqa: E741
E = Core("'e", "k", "e")
PI = Core("'pi", "k", "pi")
INF = Core("'inf", "k", "inf")
UNDEFINED = Core("undefined", "k", "undefined")  # what a hidden division by zero leaves


def sym(name: str) -> Core:
    return Core(f"{name}", "s", name)


def fn(name: str, *args: Core) -> Core:
    """A function kept as it is; `functions.apply` simplifies before."""
    return Core(f"{name}[{';'.join(arg.key for arg in args)}]", "f", name, parts=args)


def split(term: Core) -> tuple[Fraction, Core]:
    """The rational factor of a term, and the rest."""
    if term.kind == "q":
        return term.value, ONE
    if term.kind == "*" and term.value != 1:
        return term.value, _times(Fraction(1), term.parts)
    return Fraction(1), term


def base_and_exponent(factor: Core) -> tuple[Core, Core]:
    return (factor.parts[0], factor.parts[1]) if factor.kind == "^" else (factor, ONE)


def add(*terms: Core) -> Core:
    """The sum, flattened, with like terms collected."""
    collected: dict[str, tuple[Core, Fraction]] = {}
    stack = list(reversed(terms))
    while stack:
        term = stack.pop()
        if term.kind == "+":
            stack.extend(reversed(term.parts))
            continue
        coefficient, rest = split(term)
        before = collected.get(rest.key, (rest, Fraction(0)))[1]
        collected[rest.key] = (rest, before + coefficient)
    # Sorted by what stands beside the coefficient, so that multiples of a sum have the same order.
    order = sorted(collected.items(), key=lambda item: item[0])
    kept = [_scaled(rest, coefficient) for _, (rest, coefficient) in order if coefficient]
    if not kept:
        return ZERO
    if len(kept) == 1:
        return kept[0]
    return Core("(" + "+".join(term.key for term in kept) + ")", "+", parts=tuple(kept))


def _scaled(rest: Core, coefficient: Fraction) -> Core:
    if rest.kind == "q":
        return q(coefficient * rest.value)
    if coefficient == 1:
        return rest
    return _times(coefficient, rest.parts if rest.kind == "*" else (rest,))


def _times(coefficient: Fraction, factors: tuple[Core, ...]) -> Core:
    if not factors:
        return q(coefficient)
    if coefficient == 1 and len(factors) == 1:
        return factors[0]
    key = "*".join(factor.key for factor in factors)
    return Core(
        f"{_digits(coefficient)}*{key}" if coefficient != 1 else f"<{key}>", "*", "", coefficient, factors
    )


def mul(*factors: Core) -> Core:
    """The product, flattened, with powers of one base collected. 0 times anything is 0."""
    coefficient = Fraction(1)
    powers: dict[tuple[str, str], tuple[Core, Core, Fraction]] = {}
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        if factor.kind == "q":
            coefficient *= factor.value
        elif factor.kind == "*":
            coefficient *= factor.value
            stack.extend(reversed(factor.parts))
        else:
            base, exponent = base_and_exponent(factor)
            count, unit = split(exponent)  # exponents are never sums: power() takes those apart
            place = (base.key, unit.key)
            powers[place] = (base, unit, count + (powers[place][2] if place in powers else 0))
    return _collected(coefficient, list(powers.values())) if coefficient else ZERO


def _collected(coefficient: Fraction, powers: list[tuple[Core, Core, Fraction]]) -> Core:
    kept: list[Core] = []
    for base, unit, count in powers:
        if count:
            kept.append(power(base, q(count) if unit == ONE else mul(q(count), unit)))
    if any(factor.kind in ("*", "q") for factor in kept):
        return mul(q(coefficient), *kept)
    kept.sort(key=lambda factor: factor.key)
    if len(kept) == 1 and kept[0].kind == "+" and coefficient != 1:
        return add(*(mul(q(coefficient), term) for term in kept[0].parts))
    return _times(coefficient, tuple(kept))


def _power_node(base: Core, exponent: Core) -> Core:
    if exponent is ONE or exponent.key == "1":
        return base
    return Core(f"({base.key}^{exponent.key})", "^", parts=(base, exponent))


def power(base: Core, exponent: Core) -> Core:
    """The power, by the rules that hold for principal values."""
    if exponent.kind == "q":
        return _rational_power(base, exponent.value)
    if base.kind == "q" and base.value in (0, 1):
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
            return power(base.parts[0], mul(base.parts[1], q(exponent)))
        if base.kind == "+":
            return _monic_power(base, int(exponent))
    elif base.kind == "^" and base.parts[0].key in ("'e", "'pi") and base.parts[1].kind == "q":
        return power(base.parts[0], mul(base.parts[1], q(exponent)))
    elif base.kind == "*" and base.value > 0 and base.value != 1:
        return mul(_number_power(base.value, exponent), power(_times(Fraction(1), base.parts), q(exponent)))
    return _power_node(base, q(exponent))


def _monic_power(base: Core, exponent: int) -> Core:
    """(2x - 2)^n and (1 - x)^n share the base x - 1, so that they meet in products."""
    lead = split(base.parts[-1])[0]  # constants stand first
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
    return mul(MINUS_ONE, term)


def subtract(left: Core, right: Core) -> Core:
    return add(left, negate(right))


def divide(top: Core, bottom: Core) -> Core:
    return mul(top, power(bottom, MINUS_ONE))


def walk(core: Core) -> list[Core]:
    """Every node, without recursion."""
    found, stack = [], [core]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.parts)
    return found


def symbols(core: Core) -> tuple[str, ...]:
    return tuple(sorted({node.name for node in walk(core) if node.kind == "s"}))


def substitute(core: Core, values: dict[str, Core]) -> Core:
    """The expression with letters replaced."""
    if core.kind == "s":
        return values.get(core.name, core)
    if not core.parts:
        return core
    parts = tuple(substitute(part, values) for part in core.parts)
    if parts == core.parts:
        return core
    if core.kind == "+":
        return add(*parts)
    if core.kind == "*":
        return mul(q(core.value), *parts)
    if core.kind == "^":
        return power(parts[0], parts[1])
    return fn(core.name, *parts)

"""Relations with exponentials and logarithms of letters, rewritten without them where the sign allows it.

Whether f ⋛ 0 holds depends on the sign of f alone, so every factor of f may be replaced by one of the same
sign: e^u − c by u − ln c, ln u − c by u − e^c, and what is positive everywhere by 1. Where a logarithm or a
root must have a real value, that condition joins the relation.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from ..algebra.balls import Unclear, evaluate, is_real
from ..algebra.core import add, base_and_exponent, divide, mul, negate, power, split, substitute, subtract
from ..algebra.functions import apply, logarithm
from ..algebra.node import HALF, MINUS_ONE, ONE, PI, Core, E, q, sym, symbols, walk
from ..algebra.quotients import Poly, Ring, TooBig
from ..algebra.ranges import is_positive
from ..algebra.replacing import replace
from . import monotone
from .formulas import Formula, atom, join

_BITS = 320
_MOST_MERGED = 12  # the largest power that a logarithm's factor may bring


def reduced(item: Formula) -> Formula:
    """The same statement about real numbers, with fewer exponentials and logarithms of letters."""
    if item.items:
        return join(item.kind, [reduced(part) for part in item.items])
    if item.value is None or _is_complex(item.value):
        return item
    simpler = monotone.simpler(item)
    if simpler is not None:
        return reduced(simpler)
    if not transcendental(item.value):
        return item
    try:
        same_sign = _same_sign(item.value)
    except TooBig:
        return item
    if same_sign is None:
        return item
    return join("and", [reduced(atom(item.op, same_sign)), *map(reduced, _domain(item.value))])


def transcendental(value: Core) -> bool:
    """Does a letter stand in an exponent or in a function that is not algebraic?"""
    return any(_is_transcendental(node) for node in walk(value))


def _is_complex(value: Core) -> bool:
    return any(node.key == "'i" or node.name in ("re", "im", "conj", "arg") for node in walk(value))


def _is_transcendental(node: Core) -> bool:
    if node.kind == "^":
        return node.parts[1].kind != "q" and bool(symbols(node))
    return node.kind == "f" and node.name != "abs" and bool(symbols(node))


def _same_sign(value: Core) -> Core | None:
    """A value of the same sign wherever `value` is real; None where no factor becomes simpler."""
    value, meant = _shared_exponentials(value)
    ring = Ring.of(value)
    top, bottom = ring.fraction(value)
    if top == 0:
        return None
    common = top.gcd(bottom)
    above, below = _factors(ring, top / common, meant), _factors(ring, bottom / common, meant)
    simpler = [(_simple(factor), count) for factor, count in above]
    under = [(_simple(factor), count) for factor, count in below]
    if any(transcendental(factor) for factor, _ in simpler):
        # Only polynomial equations are asked for complex solutions: here x² + 1 is merely positive.
        simpler = [(ONE if is_positive(factor) else factor, count) for factor, count in simpler]
    if [found for found, _ in simpler + under] == [factor for factor, _ in above + below]:
        return None
    upper = mul(*(power(factor, q(count)) for factor, count in simpler))
    return divide(upper, mul(*(power(factor, q(count)) for factor, count in under)))


def _shared_exponentials(value: Core) -> tuple[Core, dict[str, Core]]:
    """e^x, e^(2x) and e^(−x) as powers of one letter; and what each letter means."""
    counts: dict[tuple[str, str], list[Fraction]] = {}
    raised = [node for node in walk(value) if node.kind == "^" and node.parts[1].kind != "q"]
    for node in raised:
        count, unit = split(node.parts[1])
        counts.setdefault((node.parts[0].key, unit.key), []).append(count)
    meant: dict[str, Core] = {}
    letters: dict[str, Core] = {}
    for node in raised:
        count, unit = split(node.parts[1])
        place = (node.parts[0].key, unit.key)
        bottom = lcm(*(one.denominator for one in counts[place]))
        step = Fraction(gcd(*(int(one * bottom) for one in counts[place])), bottom)
        letter = f"E'{list(counts).index(place)}"
        meant[letter] = power(node.parts[0], mul(q(step), unit))
        letters[node.key] = power(sym(letter), q(count / step))
    return replace(value, letters), meant


def _factors(ring: Ring, poly: Poly, meant: dict[str, Core]) -> list[tuple[Core, int]]:
    content, found = poly.factor()
    sign = MINUS_ONE if content < 0 else ONE
    return [
        (sign, 1),
        *((substitute(ring.expression(factor), meant), int(count)) for factor, count in found),
    ]


def _simple(factor: Core) -> Core:
    if not transcendental(factor):
        return factor
    if is_positive(factor):
        return ONE
    if is_positive(negate(factor)):
        return MINUS_ONE
    return (
        _without_logarithms(factor)
        or _without_exponential(factor)
        or _without_exponentials(factor)
        or _without_arctangent(factor)
        or factor
    )


def _terms(value: Core) -> tuple[Core, ...]:
    return value.parts if value.kind == "+" else (value,)


def _without_logarithms(factor: Core) -> Core | None:
    """Σ nᵢ ln uᵢ + c has the sign of Π uᵢ^nᵢ − e^(−c), for all uᵢ are positive where it is real."""
    powers: list[tuple[Fraction, Core]] = []
    rest: list[Core] = []
    for term in _terms(factor):
        count, unit = split(term)
        if unit.kind == "f" and unit.name == "ln":
            powers.append((count, unit.parts[0]))
        elif symbols(term):
            return None
        else:
            rest.append(term)
    scale = lcm(*(count.denominator for count, _ in powers))
    if not powers or any(abs(count * scale) > _MOST_MERGED for count, _ in powers):
        return None
    up = mul(*(power(base, q(count * scale)) for count, base in powers if count > 0))
    down = mul(*(power(base, q(-count * scale)) for count, base in powers if count < 0))
    number = mul(*(power(E, mul(q(-scale), term)) for term in rest))
    return subtract(up, mul(number, down))


def _without_exponential(factor: Core) -> Core | None:
    """a·b^u + r with numbers a, b and r has the sign of ±(u·ln b − ln(−r/a)), or of a."""
    holding = [term for term in _terms(factor) if symbols(term)]
    if len(holding) != 1:
        return None
    scale, raised = split(holding[0])
    base = raised.parts[0] if raised.kind == "^" else raised
    known = base.key == "'e" or (base.kind == "q" and base.value > 1)
    if raised.kind != "^" or raised.parts[1].kind == "q" or not known:
        return None
    level = divide(subtract(holding[0], factor), q(scale))
    sign = ONE if scale > 0 else MINUS_ONE
    size = _sign(level)
    if size is None:
        return None
    if size <= 0:
        return sign
    return mul(sign, subtract(mul(raised.parts[1], logarithm(base)), logarithm(level)))


def _without_exponentials(factor: Core) -> Core | None:
    """c·b^u − d·e^v with numbers b, c, d > 0 has the sign of the difference of their logarithms."""
    known = [_logarithm(term) for term in _terms(factor)]
    if len(known) != 2 or known[0] is None or known[1] is None or known[0][0] == known[1][0]:
        return None
    return mul(q(known[0][0]), subtract(known[0][1], known[1][1]))


def _logarithm(term: Core) -> tuple[int, Core] | None:
    """The sign of a product of powers of positive numbers, and the logarithm of its size."""
    scale, unit = split(term)
    size = logarithm(q(abs(scale)))
    for part in unit.parts if unit.kind == "*" else (unit,):
        base, exponent = base_and_exponent(part)
        if symbols(base) or _sign(base) != 1:
            return None
        size = add(size, mul(exponent, logarithm(base)))
    return (1 if scale > 0 else -1), size


def _without_arctangent(factor: Core) -> Core | None:
    """arctan u − c has the sign of u − tan c, and arctan u − arctan v that of u − v."""
    held = [term for term in _terms(factor) if symbols(term)]
    found = [split(term) for term in held]
    if not all(unit.kind == "f" and unit.name == "arctan" for _, unit in found):
        return None
    scale = found[0][0]
    rest = subtract(factor, add(*held))
    if len(found) == 2 and rest.key == "0" and scale == -found[1][0]:
        return mul(q(scale), subtract(found[0][1].parts[0], found[1][1].parts[0]))
    level = divide(rest, q(-scale))
    if len(found) != 1 or not all(
        _sign(subtract(mul(HALF, PI), side)) == 1 for side in (level, negate(level))
    ):
        return None
    return mul(q(scale), subtract(found[0][1].parts[0], apply("tan", (level,))))


def _sign(number: Core) -> int | None:
    """Of a real constant; None where that is not sure."""
    if number.rational:
        return int(number.value > 0) - int(number.value < 0)
    try:
        ball = evaluate(number, {}, _BITS)
    except Unclear:
        return None
    if not is_real(ball) or ball.contains(0):
        return None
    return 1 if ball > 0 else -1


def _domain(value: Core) -> list[Formula]:
    """Where the parts of a value are real: what stands under a logarithm is positive, and so on."""
    found = []
    for node in walk(value):
        if not symbols(node):
            continue
        if node.kind == "f" and node.name == "ln":
            found.append(atom(">", node.parts[0]))
        elif node.kind == "f" and node.name == "arcsin":
            found += [
                atom(">=", subtract(ONE, node.parts[0])),
                atom(">=", subtract(node.parts[0], MINUS_ONE)),
            ]
        elif node.kind == "^" and node.parts[1].kind != "q":
            found += _real_power(*node.parts)
        elif node.kind == "^" and node.parts[1].kind == "q" and node.parts[1].value.denominator % 2 == 0:
            found.append(atom(">=", node.parts[0]))
    return found


def _real_power(base: Core, exponent: Core) -> list[Formula]:
    """b^u: b is positive, and u has no pole, which e^(1/x) + 1 would not show any more once it is 1."""
    poles = [
        atom("!=", node.parts[0])
        for node in walk(exponent)
        if node.kind == "^" and node.parts[1].kind == "q" and node.parts[1].value < 0
    ]
    return [atom(">", base), *poles] if symbols(base) else poles

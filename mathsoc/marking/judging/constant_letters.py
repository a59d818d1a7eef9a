"""Does a letter stand for every constant? c, 3c, c³, ln c and tan c take every value, c² and 1/c do not."""

from __future__ import annotations

from ..algebra.node import MINUS_ONE, Core, symbols

_ONTO = frozenset(("arsinh", "artanh"))


def takes_every_value(value: Core, name: str) -> bool:
    """Does the value surely take every real value as the letter does, the other letters kept?"""
    if value.kind == "s":
        return value.name == name
    if value.kind == "+":
        return _of_sum([term for term in value.parts if name in symbols(term)], name)
    if value.kind == "*":
        holding = [part for part in value.parts if name in symbols(part)]
        return _is_tangent(holding) or (len(holding) == 1 and takes_every_value(holding[0], name))
    if value.kind == "^":
        power = value.parts[1]
        odd = power.rational and power.value > 0 and power.value.numerator % 2 and power.value.denominator % 2
        return bool(odd) and takes_every_value(value.parts[0], name)
    if value.name == "ln":
        return _every_positive(value.parts[0], name)
    return value.name in _ONTO and takes_every_value(value.parts[0], name)


def _is_tangent(factors: list[Core]) -> bool:
    """sin u/cos u of a letter u, or cos u/sin u."""
    bare = [part.parts[0] if part.kind == "^" and part.parts[1] == MINUS_ONE else part for part in factors]
    same = len(bare) == 2 and bare[0].kind == bare[1].kind == "f" and bare[0].parts == bare[1].parts
    turned = len(factors) == 2 and (factors[0] == bare[0]) != (factors[1] == bare[1])
    return same and turned and {one.name for one in bare} == {"sin", "cos"} and bare[0].parts[0].kind == "s"


def _of_sum(terms: list[Core], name: str) -> bool:
    """One term that does, or a polynomial of odd degree such as c³ + c."""
    if len(terms) == 1:
        return takes_every_value(terms[0], name)
    degrees = [_degree(term, name) for term in terms]
    return bool(terms) and 0 not in degrees and max(degrees) % 2 == 1


def _degree(term: Core, name: str) -> int:
    """n of a number times cⁿ, else 0."""
    parts = term.parts if term.kind == "*" else (term,)
    if len(parts) != 1:
        return 0
    if parts[0].kind == "^" and parts[0].parts[0].key == name:
        return max(0, parts[0].parts[1].whole or 0)
    return int(parts[0].key == name)


def _every_positive(value: Core, name: str) -> bool:
    """Does it take every positive value, whatever the sign of the rest? k, kx, 1/k, |k|, √k, e^k do."""
    if value.kind == "*":
        holding = [part for part in value.parts if name in symbols(part)]
        return len(holding) == 1 and _every_positive(holding[0], name)
    if value.kind == "^" and value.parts[1].rational:
        return _every_positive(value.parts[0], name)
    if value.kind == "^":
        return value.parts[0].key == "'e" and takes_every_value(value.parts[1], name)
    if value.kind == "f" and value.name == "abs":
        return _every_positive(value.parts[0], name)
    return takes_every_value(value, name)

"""The zeros of polynomials of degree one or two whose coefficients hold π, e, logarithms and the like."""

from __future__ import annotations

from ..algebra.balls import Ball, Unclear, evaluate, is_real
from ..algebra.core import add, divide, mul, negate, power, subtract
from ..algebra.node import HALF, TWO, Core, q
from ..algebra.quotients import Poly, Ring

_BITS = 320


class NotSolvable(Exception):
    """Of a higher degree, or a coefficient may be 0 or not real."""


def real_zeros(ring: Ring, poly: Poly, name: str) -> list[Core]:
    """Each real zero as an expression without the letter. Raises NotSolvable."""
    if name not in ring.names:
        return []
    column = ring.context.variable_to_index(f"v{ring.names.index(name)}")
    coefficients = [
        _coefficient(ring, poly, column, degree) for degree in range(int(poly.degrees()[column]) + 1)
    ]
    if len(coefficients) == 1:
        return []
    lead = _real(coefficients[-1])
    if lead.contains(0) or len(coefficients) > 3:
        raise NotSolvable
    if len(coefficients) == 2:
        _real(coefficients[0])
        return [negate(divide(coefficients[0], coefficients[1]))]
    return _of_square(*coefficients)


def _of_square(c: Core, b: Core, a: Core) -> list[Core]:
    under = subtract(power(b, TWO), mul(q(4), a, c))
    ball = _real(under)
    if ball.contains(0):
        raise NotSolvable
    if ball < 0:
        return []
    root = power(under, HALF)
    return [divide(add(negate(b), sign), mul(TWO, a)) for sign in (root, negate(root))]


def _coefficient(ring: Ring, poly: Poly, column: int, degree: int) -> Core:
    terms = {
        tuple(0 if place == column else int(count) for place, count in enumerate(powers)): value
        for powers, value in poly.to_dict().items()
        if int(powers[column]) == degree
    }
    return ring.expression(ring.context.from_dict(terms))


def _real(value: Core) -> Ball:
    try:
        ball = evaluate(value, {}, _BITS)
    except Unclear as error:
        raise NotSolvable from error
    if not is_real(ball):
        raise NotSolvable
    return ball

"""Rational numbers as products of prime powers, as far as small primes reach."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from math import isqrt

from flint import fmpz

_MOST_BITS = 600  # roots of larger numbers take too long to look for in place


@lru_cache(maxsize=1)
def _small_primes() -> tuple[int, ...]:
    bound = 1000
    sieve = bytearray([1]) * (bound + 1)
    for n in range(2, isqrt(bound) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(sieve[n * n :: n]))
    return tuple(n for n in range(2, bound + 1) if sieve[n])


@lru_cache(maxsize=4096)
def prime_powers(value: Fraction) -> tuple[tuple[int, int], ...]:
    """(prime, exponent) for a positive rational; what small primes leave over is kept whole.

    What is left over is split only if it is a perfect square or cube, so equal numbers factor equally.
    """
    counts: Counter[int] = Counter()
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, count in _factor(number):
            counts[prime] += sign * count
    return tuple(sorted((prime, count) for prime, count in counts.items() if count))


def _factor(number: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for prime in _small_primes():
        if prime * prime > number:
            break
        count = 0
        while number % prime == 0:
            number //= prime
            count += 1
        if count:
            found.append((prime, count))
    if number > 1:
        found.append(_perfect(number))
    return found


def _perfect(number: int) -> tuple[int, int]:
    if number.bit_length() > _MOST_BITS:
        return number, 1
    for degree in (6, 5, 4, 3, 2):
        root = integer_root(number, degree)
        if root**degree == number:
            return root, degree
    return number, 1


def integer_root(number: int, degree: int) -> int:
    """The largest whole r with r^degree ≤ number."""
    return isqrt(number) if degree == 2 else int(fmpz(number).root(degree))

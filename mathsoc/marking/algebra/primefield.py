"""Arithmetic modulo primes near 2^61: the primes, and square roots."""

from __future__ import annotations

from functools import lru_cache


class Undefined(ArithmeticError):
    """A denominator vanished at this point; another point is tried."""


class NotHere(ArithmeticError):
    """The expression has no value in a prime field."""


BUCKETS = 128


@lru_cache(maxsize=BUCKETS)
def prime(bucket: int) -> int:
    """One of 128 primes between 2^60 and 2^61 that are 1 modulo 4, so that −1 has a square root.

    So many that no answer has room to be a multiple of all that may be picked.
    """
    number = (1 << 60) + bucket * (1 << 53) + 1
    while not _is_prime(number):
        number += 4
    return number


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test, with bases that leave no doubt below 2^64."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if any(number % base == 0 for base in bases):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        x = pow(base, odd, number)
        if x in (1, number - 1):
            continue
        if not any((x := x * x % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True


@lru_cache(maxsize=BUCKETS)
def sqrt_of_minus_one(p: int) -> int:
    for base in range(2, 100):
        root = pow(base, (p - 1) // 4, p)
        if root * root % p == p - 1:
            return root
    raise NotHere


def sqrt(value: int, p: int) -> int | None:
    """A square root modulo p (Tonelli and Shanks), or None."""
    value %= p
    if value == 0:
        return 0
    if pow(value, (p - 1) // 2, p) != 1:
        return None
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    other = next(n for n in range(2, 1000) if pow(n, (p - 1) // 2, p) == p - 1)
    c, root, t = pow(other, odd, p), pow(value, (odd + 1) // 2, p), pow(value, odd, p)
    while t != 1:
        steps, square = 0, t
        while square != 1:
            square, steps = square * square % p, steps + 1
        b = pow(c, 1 << (twos - steps - 1), p)
        root, c, t, twos = root * b % p, b * b % p, t * b * b % p, steps
    return root

"""Identities by evaluation in a prime field: fast, exact where it says different, no size grows.

Letters get fixed values that depend on the pair being compared (the same pair always gets the same, and
nobody can aim at them without knowing the key). Functions that are not rational become further letters:
`sin` and `cos` through e^(ix), powers of e through one letter for each term of the exponent, the others by
the value of their argument. Square roots are tried with both signs, so √(x²) never passes for x.

Equal values at all points prove an identity in those letters. Different values prove a difference only
where no such further letter was needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import product
from math import lcm

from .core import add, mul, split
from .node import Core, E, I, q, symbols, walk
from .primefield import BUCKETS, NotHere, Undefined, prime, sqrt, sqrt_of_minus_one

POINTS = 2
_MAX_ROOTS = 4
_MAX_EXPONENT_TERMS = 40
_TRIALS = 40


@dataclass(frozen=True)
class Comparison:
    """`same`: equal at every point. `rational`: no further letters were needed, so both ways are certain."""

    same: bool
    rational: bool


def compare(left: Core, right: Core) -> Comparison | None:
    """Are both the same expression in their letters? None where they have no values in a prime field."""
    return _Trials(left, right).all(_same_at)


def proportional(left: Core, right: Core) -> Comparison | None:
    """Is one a constant multiple of the other, at pairs of points where neither is 0?

    f(x)·g(x') = f(x')·g(x) for two independent points x and x' of one prime field.
    """
    return _Trials(left, right).all(_proportional_at)


class _Trials:
    """What is common to all the points at which a pair of expressions is tried."""

    def __init__(self, left: Core, right: Core) -> None:
        self.left, self.right = left, right
        nodes = walk(left) + walk(right)
        self.roots = _root_bases(nodes)
        self.degrees = _symbol_degrees(nodes)
        self.complex = any(node.key == "'i" for node in nodes)
        self.rational = all(map(_plain, nodes))
        self.seed = f"{left.key}|{right.key}|"

    def all(self, test: Callable[[_Trials, int], bool]) -> Comparison | None:
        """The test at as many points as make a proof, points without values left out."""
        if len(self.roots) > _MAX_ROOTS:
            return None
        done = 0
        for trial in range(_TRIALS):
            try:
                same = test(self, trial)
            except Undefined:
                continue
            except (NotHere, RecursionError):
                return None
            if not same:
                return Comparison(False, self.rational)
            done += 1
            if done == POINTS:
                return Comparison(True, self.rational)
        return None

    def values(self, trial: int, point: str = "") -> Iterator[tuple[tuple[int, ...], int, int]]:
        """Both values at one point under one prime, for every choice of the signs of square roots and of i.

        With each the choices that hold at every point: of i and of the roots of constants.
        """
        field_ = _Field(f"{self.seed}{trial}|", point, self.degrees)
        for signs in product((1, -1), repeat=len(self.roots)):
            for unit in (1, -1) if self.complex else (1,):
                field_.choose({base.key: sign for base, sign in zip(self.roots, signs, strict=True)}, unit)
                fixed = [sign for base, sign in zip(self.roots, signs, strict=True) if not symbols(base)]
                yield (unit, *fixed), field_.value(self.left), field_.value(self.right)


def _same_at(trials: _Trials, trial: int) -> bool:
    return all(left == right for _, left, right in trials.values(trial))


def _proportional_at(trials: _Trials, trial: int) -> bool:
    here, there = list(trials.values(trial)), list(trials.values(trial, "there "))
    p = prime_of(f"{trials.seed}{trial}|")
    seen = any(f % p and g % p for _, f, g in here)
    return seen and all(
        (f * other_g - other_f * g) % p == 0
        for fixed, f, g in here
        for other_fixed, other_f, other_g in there
        if fixed == other_fixed
    )


def _plain(node: Core) -> bool:
    if node.kind in ("q", "s", "+", "*"):
        return True
    return node.kind == "^" and node.parts[1].whole is not None


def _root_bases(nodes: list[Core]) -> list[Core]:
    """What stands in square roots, once each; letters take their roots along (see `_symbol_degrees`)."""
    return list(dict.fromkeys(node.parts[0] for node in nodes if _is_square_root(node)))


def _is_square_root(node: Core) -> bool:
    if node.kind != "^" or node.parts[1].kind != "q" or node.parts[1].value.denominator != 2:
        return False
    return node.parts[0].kind not in ("s", "k")


def _symbol_degrees(nodes: list[Core]) -> dict[str, int]:
    """x is taken as t^n where nth roots of x occur, so that they have values."""
    degrees: dict[str, int] = {}
    for node in nodes:
        if node.kind == "^" and node.parts[0].kind == "s" and node.parts[1].kind == "q":
            name = node.parts[0].name
            degrees[name] = lcm(degrees.get(name, 1), node.parts[1].value.denominator)
    return degrees


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def prime_of(seed: str) -> int:
    """The prime under which a trial is made."""
    return prime(_hash(seed + "prime") % BUCKETS)


@dataclass
class _Field:
    """One prime, one point, one choice of signs."""

    seed: str
    point: str
    degrees: dict[str, int]
    signs: dict[str, int] = field(default_factory=dict)
    unit: int = 1
    cache: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.p = prime_of(self.seed)

    def choose(self, signs: dict[str, int], unit: int) -> None:
        self.signs, self.unit = signs, unit
        self.cache.clear()

    def letter(self, name: str) -> int:
        return _hash(self.seed + name) % (self.p - 2) + 2

    def rational(self, value: Fraction) -> int:
        top, bottom = value.numerator, value.denominator
        return top % self.p if bottom == 1 else top % self.p * self.inverse(bottom) % self.p

    def inverse(self, value: int) -> int:
        if value % self.p == 0:
            raise Undefined
        return pow(value, -1, self.p)

    def value(self, node: Core) -> int:
        if node.kind == "q":
            return self.rational(node.value)
        known = self.cache.get(node.key)
        if known is None:
            known = self.cache[node.key] = self.work_out(node) % self.p
        return known

    def work_out(self, node: Core) -> int:
        match node.kind:
            case "s":
                letter, degree = self.letter(self.point + node.name), self.degrees.get(node.name, 1)
                return letter if degree == 1 else pow(letter, degree, self.p)
            case "k":
                return self.constant(node.name)
            case "+":
                return sum(map(self.value, node.parts))
            case "*":
                out = self.rational(node.value)
                for part in node.parts:
                    out = out * self.value(part) % self.p
                return out
            case "^":
                return self.power(node.parts[0], node.parts[1])
        return self.function(node)

    def constant(self, name: str) -> int:
        if name == "i":
            return self.unit * sqrt_of_minus_one(self.p)
        if name in ("inf", "undefined"):
            raise NotHere
        return self.letter("'" + name)

    def power(self, base: Core, exponent: Core) -> int:
        if exponent.kind != "q":
            return self.exponential(base, exponent)
        top, bottom = exponent.value.numerator, exponent.value.denominator
        if bottom == 1:
            return self.whole_power(self.value(base), top)
        if base.kind == "s":
            root = pow(self.letter(self.point + base.name), self.degrees[base.name] // bottom, self.p)
            return self.whole_power(root, top)
        if base.key == "'e":
            return self.exponential(base, exponent)
        if bottom == 2:
            return self.whole_power(self.signs.get(base.key, 1) * self.square_root(self.value(base)), top)
        return self.whole_power(self.letter(f"root{bottom}:{self.value(base)}"), top)

    def whole_power(self, value: int, exponent: int) -> int:
        return pow(value if exponent >= 0 else self.inverse(value), abs(exponent), self.p)

    def square_root(self, value: int) -> int:
        root = sqrt(value, self.p)
        if root is None:
            raise Undefined
        return root

    def exponential(self, base: Core, exponent: Core) -> int:
        """base^(c₁m₁ + c₂m₂ + …): a letter for each m, to the power c."""
        name = base.key if base.kind in ("q", "k") else str(self.value(base))
        out = 1
        for count, unit in _terms(exponent):
            point = self.point if symbols(unit) else ""
            letter = self.letter(f"{point}power {name} {unit.key if unit.kind != '+' else self.value(unit)}")
            # Denominators up to 60 share one letter's root; others stay letters of their own.
            if _COMMON % count.denominator == 0:
                out = out * self.whole_power(letter, int(count * _COMMON)) % self.p
            else:
                out = out * self.letter(f"{point}{name} {count} {unit.key}") % self.p
        return out

    def function(self, node: Core) -> int:
        if node.name in ("sin", "cos"):
            return self.trigonometric(node)
        values = " ".join(str(self.value(part)) for part in node.parts)
        return self.letter(f"{node.name}({values})")

    def trigonometric(self, node: Core) -> int:
        """Through E = e^(ix); here e^(ix) may be any letter, for the identity must hold for all."""
        e = self.exponential(E, mul(I, node.parts[0]))
        inverse = self.inverse(e)
        if node.name == "cos":
            return (e + inverse) * self.inverse(2)
        return (e - inverse) * self.inverse(2 * self.constant("i"))


_COMMON = 5040


def _terms(exponent: Core) -> list[tuple[Fraction, Core]]:
    """The exponent multiplied out into rational multiples of products."""
    expanded = expand(exponent)
    terms = expanded.parts if expanded.kind == "+" else (expanded,)
    return [split(term) for term in terms]


def expand(node: Core) -> Core:
    """Products of sums multiplied out, as long as few terms come of it."""
    if node.kind == "*":
        sums = [part.parts if part.kind == "+" else (expand(part),) for part in node.parts]
        size = 1
        for terms in sums:
            size *= len(terms)
        if size > _MAX_EXPONENT_TERMS:
            return node
        return add(*(mul(q(node.value), *choice) for choice in product(*sums)))
    if node.kind == "^" and node.parts[0].kind == "+" and node.parts[1].whole in (2, 3):
        terms = node.parts[0].parts
        count = node.parts[1].whole or 0
        if len(terms) ** count <= _MAX_EXPONENT_TERMS:
            return add(*(mul(*choice) for choice in product(terms, repeat=count)))
    if node.kind == "+":
        return add(*map(expand, node.parts))
    return node

"""The functions of the tree in mathematical form: definitions, symmetries and exact special values."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from .. import limits
from .angles import cosine, inverse, negative, sine, sine_of_turns
from .balls import Unclear, evaluate, surely_not_whole
from .core import add, divide, mul, negate, power, split, subtract
from .node import HALF, MINUS_ONE, ONE, PI, TWO, UNDEFINED, ZERO, Core, E, I, fn, q, symbols
from .surds import prime_powers


def apply(name: str, args: tuple[Core, ...]) -> Core:
    """The function of a name applied to arguments in mathematical form."""
    rule = _RULES.get(name)
    return rule(*args) if rule is not None else fn(name, *args)


def exponential(arg: Core) -> Core:
    """e^x; e^(iπ/3) and its like are written as cos + i·sin, where those are known."""
    if arg.kind == "*" and {part.key for part in arg.parts} == {I.key, PI.key}:
        real, imaginary = sine_of_turns(arg.value + Fraction(1, 2)), sine_of_turns(arg.value)
        if real is not None and imaginary is not None:
            return add(real, mul(I, imaginary))
    return power(E, arg)


def logarithm(arg: Core) -> Core:
    if arg == ONE:
        return ZERO
    if arg == ZERO:
        return UNDEFINED
    if arg == E:
        return ONE
    if arg.kind == "q" and arg.value > 0:
        return add(*(mul(q(count), fn("ln", q(prime))) for prime, count in prime_powers(arg.value)))
    if arg.kind == "^" and arg.parts[0].kind == "q" and arg.parts[0].value > 0 and arg.parts[1].kind == "q":
        return mul(arg.parts[1], logarithm(arg.parts[0]))
    if arg.kind == "^" and arg.parts[0] == E and arg.parts[1].kind == "q":
        return arg.parts[1]
    return fn("ln", arg)


def log(arg: Core, base: Core | None = None) -> Core:
    return divide(logarithm(arg), logarithm(base if base is not None else q(10)))


def absolute(arg: Core) -> Core:
    if arg.kind == "q":
        return q(abs(arg.value))
    coefficient, rest = split(arg)
    if coefficient != 1:
        return mul(q(abs(coefficient)), absolute(rest))
    if arg.kind == "k" and arg.name in ("pi", "e"):
        return arg
    if arg.kind == "*":
        return mul(*(absolute(part) for part in arg.parts))
    if arg.kind == "^" and arg.parts[1].kind == "q":
        return power(absolute(arg.parts[0]), arg.parts[1])
    if arg.kind == "f" and arg.name == "abs":
        return arg
    return fn("abs", negate(arg) if negative(arg) else arg)


def _not_whole(arg: Core) -> bool:
    """Is this a constant that is surely no whole number? π! and gcd(π, 2) have no value."""
    if arg.kind == "q":
        return arg.value.denominator != 1
    if symbols(arg):
        return False
    try:
        return surely_not_whole(evaluate(arg, {}, limits.BALL_BITS))
    except Unclear:
        return False


_MAX_SHIFT = 6  # (n+6)! is still written out as a product with n!


def factorial(arg: Core) -> Core:
    """n! and (n+2)! share n!, so that quotients of factorials become rational."""
    whole = arg.whole
    if whole is not None and 0 <= whole <= limits.MAX_FACTORIAL:
        return q(math.factorial(whole))
    if _not_whole(arg) or (whole is not None and whole < 0):
        return UNDEFINED
    if whole is not None:
        return fn("factorial", arg)
    terms = arg.parts if arg.kind == "+" else (arg,)
    offset = sum((term.value for term in terms if term.kind == "q"), Fraction(0))
    shift = math.floor(offset)
    if not shift or abs(shift) > _MAX_SHIFT:
        return fn("factorial", arg)
    rest = subtract(arg, q(shift))
    if shift > 0:
        return mul(factorial(rest), *(add(rest, q(step)) for step in range(1, shift + 1)))
    return divide(factorial(rest), mul(*(subtract(rest, q(step)) for step in range(-shift))))


def binomial(top: Core, bottom: Core) -> Core:
    n, k = top.whole, bottom.whole
    if n is not None and k is not None and 0 <= n <= limits.MAX_FACTORIAL:
        return q(math.comb(n, k) if k >= 0 else 0)
    if k is not None and 0 <= k <= _MAX_SHIFT:
        return divide(mul(*(subtract(top, q(step)) for step in range(k))), q(math.factorial(k)))
    return divide(factorial(top), mul(factorial(bottom), factorial(subtract(top, bottom))))


def permutations(top: Core, bottom: Core) -> Core:
    return divide(factorial(top), factorial(subtract(top, bottom)))


def _symmetric(name: str, args: tuple[Core, ...]) -> Core:
    """max, gcd and the like: the order does not count, nor does saying a thing twice or in two steps."""
    flat = {
        inner.key: inner
        for arg in args
        for inner in (arg.parts if arg.kind == "f" and arg.name == name else (arg,))
    }
    kept = [flat[key] for key in sorted(flat)]
    return kept[0] if len(kept) == 1 and name in ("max", "min") else fn(name, *kept)


def _of_rationals(name: str, fold: Callable[..., Fraction | int]) -> Callable[..., Core]:
    def rule(*args: Core) -> Core:
        if all(arg.kind == "q" for arg in args):
            return q(fold(*(arg.value for arg in args)))
        return _symmetric(name, args) if len(args) > 1 else fn(name, *args)

    return rule


def _whole_only(name: str, fold: Callable[..., int]) -> Callable[..., Core]:
    def rule(*args: Core) -> Core:
        values = [arg.whole for arg in args]
        if any(map(_not_whole, args)):
            return UNDEFINED
        return q(fold(*values)) if None not in values else _symmetric(name, args)

    return rule


def _hyperbolic(sign: Core, arg: Core) -> Core:
    return mul(HALF, add(power(E, arg), mul(sign, power(E, negate(arg)))))


def _sinh(arg: Core) -> Core:
    return _hyperbolic(MINUS_ONE, arg)


def _cosh(arg: Core) -> Core:
    return _hyperbolic(ONE, arg)


def _inverse(arg: Core) -> Core:
    return power(arg, MINUS_ONE)


def _arsinh(arg: Core) -> Core:
    return logarithm(add(arg, power(add(power(arg, TWO), ONE), HALF)))


def _arcosh(arg: Core) -> Core:
    roots = mul(power(add(arg, MINUS_ONE), HALF), power(add(arg, ONE), HALF))
    return logarithm(add(arg, roots))


def _artanh(arg: Core) -> Core:
    return mul(HALF, subtract(logarithm(add(ONE, arg)), logarithm(subtract(ONE, arg))))


_RULES: dict[str, Callable[..., Core]] = {
    "sin": sine,
    "cos": cosine,
    "cis": lambda x: add(cosine(x), mul(I, sine(x))),
    "tan": lambda x: divide(sine(x), cosine(x)),
    "sec": lambda x: _inverse(cosine(x)),
    "csc": lambda x: _inverse(sine(x)),
    "cot": lambda x: divide(cosine(x), sine(x)),
    "arcsin": inverse("arcsin"),
    "arctan": inverse("arctan"),
    "arccos": lambda x: subtract(mul(HALF, PI), inverse("arcsin")(x)),
    "arcsec": lambda x: subtract(mul(HALF, PI), inverse("arcsin")(_inverse(x))),
    "arccsc": lambda x: inverse("arcsin")(_inverse(x)),
    "arccot": lambda x: inverse("arctan")(_inverse(x)),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": lambda x: divide(_sinh(x), _cosh(x)),
    "sech": lambda x: _inverse(_cosh(x)),
    "csch": lambda x: _inverse(_sinh(x)),
    "coth": lambda x: divide(_cosh(x), _sinh(x)),
    "arsinh": _arsinh,
    "arcosh": _arcosh,
    "artanh": _artanh,
    "ln": logarithm,
    "log": log,
    "exp": exponential,
    "sqrt": lambda x: power(x, HALF),
    "root": lambda x, n: power(x, power(n, MINUS_ONE)),
    "abs": absolute,
    "factorial": factorial,
    "binomial": binomial,
    "permutations": permutations,
    "percent": lambda x: mul(x, q(Fraction(1, 100))),
    "degree": lambda x: mul(x, PI, q(Fraction(1, 180))),
    "floor": _of_rationals("floor", math.floor),
    "ceil": _of_rationals("ceil", math.ceil),
    "sign": _of_rationals("sign", lambda x: (x > 0) - (x < 0)),
    "max": _of_rationals("max", max),
    "min": _of_rationals("min", min),
    "gcd": _whole_only("gcd", math.gcd),
    "lcm": _whole_only("lcm", math.lcm),
}

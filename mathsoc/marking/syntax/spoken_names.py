"""What names and signs are called when they are read aloud."""

from __future__ import annotations

from .tree import Mixed, Number

FUNCTIONS = {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "sec": "secant", "csc": "cosecant",
    "cot": "cotangent", "arcsin": "arc sine", "arccos": "arc cosine", "arctan": "arc tangent",
    "arcsec": "arc secant", "arccsc": "arc cosecant", "arccot": "arc cotangent",
    "sinh": "hyperbolic sine", "cosh": "hyperbolic cosine", "tanh": "hyperbolic tangent",
    "sech": "hyperbolic secant", "csch": "hyperbolic cosecant", "coth": "hyperbolic cotangent",
    "arsinh": "inverse hyperbolic sine", "arcosh": "inverse hyperbolic cosine",
    "artanh": "inverse hyperbolic tangent", "ln": "natural log", "log": "log", "exp": "exponential",
    "cis": "cis",
    "sign": "the sign", "re": "the real part", "im": "the imaginary part", "conj": "the conjugate",
    "arg": "the argument", "max": "the largest", "min": "the smallest",
    "gcd": "the highest common factor", "lcm": "the lowest common multiple",
}  # fmt: skip
CONSTANTS = {"pi": "pi", "inf": "infinity", "e": "e", "i": "i"}
RELATIONS = {
    "=": "equals", "<": "is less than", ">": "is greater than", "<=": "is less than or equal to",
    ">=": "is greater than or equal to", "!=": "is not equal to", "in": "is in",
}  # fmt: skip
ENCLOSED = {"sqrt": ("square root", "root"), "abs": ("modulus", "modulus"),
            "floor": ("floor", "floor"), "ceil": ("ceiling", "ceiling")}  # fmt: skip
AFTER = {"factorial": "factorial", "percent": "per cent", "degree": "degrees"}
POWERS = {"2": "squared", "3": "cubed"}
BETWEEN = {"binomial": "choose", "permutations": "permute"}
BRACKETS = {
    "(": "open bracket", ")": "close bracket", "[": "open square bracket", "]": "close square bracket",
}  # fmt: skip
_ORDINALS = {
    "3": "third", "4": "fourth", "5": "fifth", "6": "sixth", "7": "seventh", "8": "eighth", "9": "ninth",
    "10": "tenth", "2": "second",
}  # fmt: skip
_PARTS = {2: "half", 4: "quarter"}


def symbol(name: str) -> str:
    """A letter, with its size if it is a capital, and what is written below it."""
    main, _, sub = name.partition("_")
    return _sized(main) + (f" sub {_sized(sub)}" if sub else "")


def _sized(word: str) -> str:
    return f"capital {word}" if word[0].isupper() else word


def number(text: str) -> str:
    mantissa, mark, power = text.partition("e")
    return f"{mantissa} times 10 to the power {power.replace('-', 'minus ')}" if mark else text


def mixed(node: Mixed) -> str:
    """`2 and 1 half`, for `2 and 1 over 2` would be two numbers."""
    part = _PARTS.get(node.denominator) or _ORDINALS.get(str(node.denominator))
    if part is None:
        return f"the mixed number {node.whole} and {node.numerator} over {node.denominator}"
    many = "" if node.numerator == 1 else "halves" if part == "half" else part + "s"
    return f"{node.whole} and {node.numerator} {many or part}"


def nth_root(degree: Number) -> str | None:
    """The name of a root of small degree."""
    if degree.text == "3":
        return "cube root"
    word = _ORDINALS.get(degree.text)
    return f"{word} root" if word else None

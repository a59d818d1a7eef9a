"""The last layer: SymPy, given only objects built from our own form. Runs in the pool alone in practice."""

from __future__ import annotations

from typing import Any

from ..results import Finding, Undecided
from .node import Core

_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


def compare(answer: Core, key: Core) -> Finding:
    """Equal if SymPy can simplify the difference to 0. Raises Undecided otherwise."""
    import sympy

    try:
        if sympy.simplify(_sympy(answer) - _sympy(key)) == 0:
            return Finding(True, "symbolic")
    except _FAULTS:
        pass  # SymPy stumbles over some inputs: then it has nothing to say
    raise Undecided("The engine could not decide whether this is equal.", "symbolic")


def _sympy(node: Core) -> Any:
    import sympy

    match node.kind:
        case "q":
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case "s":
            return sympy.Symbol(node.name, real=True)
        case "k":
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}.get(node.name, sympy.nan)
        case "+":
            return sympy.Add(*map(_sympy, node.parts))
        case "*":
            return sympy.Mul(
                sympy.Rational(node.value.numerator, node.value.denominator), *map(_sympy, node.parts)
            )
        case "^":
            return sympy.Pow(_sympy(node.parts[0]), _sympy(node.parts[1]))
    return _function(node.name, [_sympy(part) for part in node.parts])


def _function(name: str, args: list[Any]) -> Any:
    import sympy

    known = {
        "sin": sympy.sin, "cos": sympy.cos, "arcsin": sympy.asin, "arctan": sympy.atan, "ln": sympy.log,
        "abs": sympy.Abs, "sign": sympy.sign, "floor": sympy.floor, "ceil": sympy.ceiling,
        "factorial": sympy.factorial, "max": sympy.Max, "min": sympy.Min, "re": sympy.re, "im": sympy.im,
        "conj": sympy.conjugate, "arg": sympy.arg,
    }  # fmt: skip
    if name not in known:
        raise Undecided(f"The function {name} could not be worked out here.", "symbolic")
    return known[name](*args)

"""The nodes of the mathematical form, and the plainest ways to make one. `core.py` puts them together."""

from __future__ import annotations

from fractions import Fraction

from .work import spend

UNIT = Fraction(1)  # one object, so that "is it 1?" is mostly answered without arithmetic


class Core:
    """One node, never changed once made. Two with one `key` are the same expression.

    `kind`: q number, s symbol, k constant, + sum, * product, ^ power, f function. `value` is the number
    itself, or the rational factor of a product; `tail` is the key of what stands beside that factor.
    """

    __slots__ = ("key", "kind", "name", "parts", "tail", "value")

    def __init__(
        self,
        key: str,
        kind: str,
        name: str = "",
        value: Fraction = UNIT,
        parts: tuple[Core, ...] = (),
        tail: str = "",
    ) -> None:
        self.key = key
        self.kind = kind
        self.name = name
        self.value = value
        self.parts = parts
        self.tail = tail or key
        spend(len(key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Core) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Core({self.key})"

    @property
    def rational(self) -> bool:
        return self.kind == "q"

    @property
    def whole(self) -> int | None:
        """The integer that this node is, if it is one."""
        return int(self.value) if self.kind == "q" and self.value.denominator == 1 else None


def digits(value: Fraction) -> str:
    """The number as text; hexadecimal when large, for decimal digits take quadratic time."""
    top, bottom = value.numerator, value.denominator
    if max(top.bit_length(), bottom.bit_length()) >= 200:
        return f"{top:#x}/{bottom:#x}"
    return str(top) if bottom == 1 else f"{top}/{bottom}"


def q(value: Fraction | int) -> Core:
    top = value.numerator
    if value.denominator == 1 and _LEAST <= top <= _MOST:
        return _SMALL[top - _LEAST]
    return _number(Fraction(value))


def _number(value: Fraction) -> Core:
    return Core(digits(value), "q", "", value, (), "1")


_LEAST, _MOST = -32, 128  # the numbers of most answers, made once
_SMALL = [_number(Fraction(value)) for value in range(_LEAST, _MOST + 1)]


ZERO, ONE, TWO, MINUS_ONE, HALF = q(0), q(1), q(2), q(-1), q(Fraction(1, 2))
I = Core("'i", "k", "i")  # noqa: E741
E = Core("'e", "k", "e")
PI = Core("'pi", "k", "pi")
INF = Core("'inf", "k", "inf")
UNDEFINED = Core("undefined", "k", "undefined")  # what a hidden division by zero leaves


def sym(name: str) -> Core:
    return Core(name, "s", name)


def fn(name: str, *args: Core) -> Core:
    """A function kept as it is; `functions.apply` simplifies before."""
    return Core(f"{name}[{';'.join([arg.key for arg in args])}]", "f", name, parts=args)


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

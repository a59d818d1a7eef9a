"""Kind number: exact equality, or within the tolerance that the question allows."""

from __future__ import annotations

import math
from fractions import Fraction

from ..algebra.convert import values, values_of_key
from ..algebra.core import divide, subtract
from ..algebra.node import ONE, ZERO, Core, q, symbols
from ..results import Finding, NeedsPool
from ..scheme import Scheme
from ..syntax.tree import Call, Negative, Node, Number, Power, Product, walk
from . import both_signs, complex_numbers, equality, unseen

_DECIMAL_KEY_FIGURES = 6


def judge(answer: Node, key: Node, scheme: Scheme, in_place: bool) -> Finding:
    """Equal or close enough. Raises Undecided, NeedsPool."""
    mine_all, theirs_all = values(answer), values_of_key(key)
    if len(mine_all) > 1 or len(theirs_all) > 1:
        return both_signs.judge(answer, key, lambda one, other: judge(one, other, scheme, in_place), in_place)
    mine, theirs = mine_all[0], theirs_all[0]
    if symbols(mine) and not symbols(theirs):
        return _with_letters(mine, theirs, in_place)
    tolerance = scheme.tolerance
    if tolerance is None:
        return _exactly(answer, key, mine, theirs, in_place)
    name, size = tolerance
    if name in ("sf", "dp"):
        return _by_figures(answer, mine, theirs, (name, int(size)), in_place)
    allowed = Fraction(str(size)) if name == "absolute" else None
    return within(mine, theirs, allowed, Fraction(str(size)), in_place)


def _with_letters(mine: Core, theirs: Core, in_place: bool) -> Finding:
    """Letters that cancel wherever everything is real, as in √(k/m)·√(m/k), do not matter."""
    found = equality.equal(mine, theirs, in_place)
    if found.equal:
        return found
    if in_place:
        raise NeedsPool
    from . import sampling

    result = sampling.compare(mine, theirs, real_parts=True)
    if not result.different and result.agree >= sampling.ENOUGH and not unseen.possible([mine], [theirs]):
        return Finding(True, "sampled")
    return Finding(False, found.method, "This asks for a number, without letters.", "type")


def _exactly(answer: Node, key: Node, mine: Core, theirs: Core, in_place: bool) -> Finding:
    found = equality.equal(mine, theirs, in_place)
    if found.equal:
        return found
    if _has_decimals(answer) and not _has_decimals(key):
        close = _close(mine, theirs, in_place)
        if close:
            reason = (
                "This is close, but not the exact value. Write a fraction, a root or π instead of a decimal."
            )
            return Finding(False, found.method, reason, "accuracy")
    if _is_rounded_key(key) and (not mine.rational or _exact_fraction(answer, mine)):
        return _rounds_to_key(key, mine, theirs, in_place) or found
    return found


def _exact_fraction(answer: Node, mine: Core) -> bool:
    """1/3, but neither 0.3333333 nor a whole number."""
    return mine.value.denominator != 1 and not _has_decimals(answer)


def _has_decimals(node: Node) -> bool:
    return any(isinstance(part, Number) and "." in part.text for part in walk(node))


def _close(mine: Core, theirs: Core, in_place: bool) -> bool:
    """Within half a per cent: near enough to speak of rounding, not of another value."""
    if mine.rational and theirs.rational:
        return abs(mine.value - theirs.value) <= abs(theirs.value) / 200
    if in_place:
        raise NeedsPool
    return within(mine, theirs, None, Fraction(1, 200), in_place).equal


def _is_rounded_key(key: Node) -> bool:
    """A key written as a long decimal is a rounded value: an exact answer that rounds to it is right."""
    literal = key.arg if isinstance(key, Negative) else key
    if not isinstance(literal, Number) or "." not in literal.text:
        return False
    return _figures(literal.text) >= _DECIMAL_KEY_FIGURES


def _rounds_to_key(key: Node, mine: Core, theirs: Core, in_place: bool) -> Finding | None:
    literal = key.arg if isinstance(key, Negative) else key
    text = literal.text if isinstance(literal, Number) else ""
    unit = unit_of_last_figure(text)  # a whole one: keys are cut off as often as rounded
    found = within(mine, theirs, unit, unit, in_place)
    return found if found.equal else None


# Tolerances.


def within(
    mine: Core, theirs: Core, absolute: Fraction | None, relative: Fraction, in_place: bool
) -> Finding:
    """|answer − key| ≤ the absolute size, or ≤ the relative size times |key|, the edge included."""
    if mine == theirs:
        return Finding(True, "identical")
    if complex_numbers.has_i(mine, theirs):
        return equality.equal(mine, theirs, in_place)  # a complex value is only near itself
    if absolute is not None:
        apart, allowed = subtract(mine, theirs), absolute
    elif theirs != ZERO:
        apart, allowed = subtract(divide(mine, theirs), ONE), relative
    else:
        return _told(False, "exact", mine, theirs)
    if apart.rational:
        return _told(abs(apart.value) <= allowed, "exact", mine, theirs)
    if in_place:
        raise NeedsPool
    from . import nearness

    return _told(nearness.within(mine, theirs, absolute, relative), "ball", mine, theirs)


def _told(inside: bool, method: str, mine: Core, theirs: Core) -> Finding:
    if inside:
        return Finding(True, method)
    near = (
        mine.rational and theirs.rational and theirs.value != 0
        and abs(mine.value - theirs.value) <= abs(theirs.value) / 10
    )  # fmt: skip
    if near:
        return Finding(False, method, "This is close, but not accurate enough.", "accuracy")
    return Finding(False, method, equality.DIFFERENT, "value")


def _by_figures(answer: Node, mine: Core, theirs: Core, asked: tuple[str, int], in_place: bool) -> Finding:
    def figures(node: Node, one: Core, other: Core) -> Finding:
        return _to_figures(node, one, other, *asked, in_place)

    if complex_numbers.has_i(mine, theirs):
        return complex_numbers.by_parts(answer, mine, theirs, figures)
    return figures(answer, mine, theirs)


def _to_figures(answer: Node, mine: Core, theirs: Core, name: str, count: int, in_place: bool) -> Finding:
    """The answer must round to the key's figures and be written with at least that many."""
    if not theirs.rational and in_place:
        raise NeedsPool
    wanted, unit = rounded(theirs, name, count)
    if not mine.rational:
        return _not_written_out(mine, wanted, unit, name, count, in_place)
    value = mine.value
    same = abs(value - wanted) < unit / 2 or (theirs.rational and value == theirs.value)
    if not same:
        return _told(False, "exact", mine, q(wanted))
    written, asked = _literal(answer), _wording(name, count)
    if written is None:
        return Finding(False, "exact", f"Write this as a decimal to {asked}.", "form")
    if (_figures(written) if name == "sf" else _places(written)) < count:
        return Finding(False, "exact", f"Right so far, but give it to {asked}.", "accuracy")
    return Finding(True, "exact")


def _wording(name: str, count: int) -> str:
    if name == "sf":
        return f"{count} significant figure{'s' * (count > 1)}"
    return f"{count} decimal place{'s' * (count != 1)}"


def _not_written_out(
    mine: Core, wanted: Fraction, unit: Fraction, name: str, count: int, in_place: bool
) -> Finding:
    if in_place:
        raise NeedsPool
    from . import nearness

    if nearness.within(mine, q(wanted), unit / 2, unit):
        return Finding(False, "ball", "Write this as a rounded decimal.", "form")
    return Finding(False, "ball", equality.DIFFERENT, "value")


def rounded(key: Core, name: str, count: int) -> tuple[Fraction, Fraction]:
    """The key rounded, and the unit of its last figure."""
    if key.rational:
        value = key.value
    else:
        from . import nearness

        value = nearness.rational(key)
    last_place = -count if name == "dp" else leading_place(value) - count + 1
    unit = Fraction(10) ** last_place
    return round_half_up(value / unit) * unit, unit


def round_half_up(value: Fraction) -> int:
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))


def leading_place(value: Fraction) -> int:
    """The power of ten of the first figure; 0 for 0."""
    size = abs(value)
    if size == 0:
        return 0
    # From the bits: the digits of an enormous number take long to write.
    place = int((size.numerator.bit_length() - size.denominator.bit_length()) * math.log10(2))
    while Fraction(10) ** place > size:
        place -= 1
    while Fraction(10) ** (place + 1) <= size:
        place += 1
    return place


# Figures as written.


def _literal(node: Node) -> str | None:
    """The decimal literal that the answer is: 3.10, −3.10, 3.10×10^5, 31.0%."""
    match node:
        case Number(text=text):
            return text
        case Negative(arg=arg) | Call(name="percent", args=(arg,)):
            return _literal(arg)
        case Product(factors=(Number(text=text), Power(base=Number(text="10")))):
            return text + "e0"
    return None


def _figures(text: str) -> int:
    """Significant figures as written; zeros that end a whole number count, for they may be meant."""
    digits = text.partition("e")[0].replace(".", "")
    kept = digits.lstrip("0")
    if kept:
        return len(kept)
    return max(1, len(text.partition("e")[0].partition(".")[2]))


def _places(text: str) -> int:
    mantissa, _, power = text.partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(power or 0))


def unit_of_last_figure(text: str) -> Fraction:
    """The place value of the last digit of a literal."""
    mantissa, _, power = text.partition("e")
    return Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))

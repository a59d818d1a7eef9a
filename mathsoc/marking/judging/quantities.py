"""Numbers with units: converted to the unit of the key, then judged as numbers.

Figures (`dp`, `sf`) are those that were typed. `sf` is judged in the unit of the answer; `dp` in the unit
of the key, where the answer can be written in it by moving the point; else by value.
"""

from __future__ import annotations

from fractions import Fraction

from ..algebra.convert import core, signs
from ..algebra.node import q
from ..results import Finding, NeedsPool, Undecided
from ..scheme import Scheme
from ..syntax.tree import Constant, Negative, Node, Number, Power, Product, Quantity, Quotient, Sum
from ..syntax.units import Unit, name_of
from . import forms, number

MISSING = "The number is right, but its unit is missing."
WRONG_UNIT = "The unit does not fit: it is the right number in another unit."


def judge(answer: Node, key: Node, asked: Unit, scheme: Scheme, in_place: bool) -> Finding:
    """The answer against a key that is a bare number in the unit asked for. Raises Undecided, NeedsPool."""
    terms = _terms(answer)
    if not terms:
        found = number.judge(answer, key, scheme, in_place)
        return Finding(False, found.method, MISSING, "unit") if found.equal else found
    unit = terms[0].unit
    if unit.dimension != asked.dimension:
        return Finding(False, "exact", _other_dimension(unit, asked), "unit")
    found = _compared(answer, terms, key, asked, scheme, in_place)
    if found.equal and not _has_form(answer, terms, scheme.form, in_place):
        return Finding(False, found.method, forms.reason(answer, scheme.form), "form")
    if not found.equal and len(terms) == 1 and _bare_number_right(terms[0], key, asked, scheme, in_place):
        return Finding(False, found.method, WRONG_UNIT, "unit")
    return found


def measures(answer: Node, asked: Unit) -> bool:
    """Is the answer a quantity of the asked dimension?"""
    return any(term.unit.dimension == asked.dimension for term in _terms(answer))


def _terms(answer: Node) -> list[Quantity]:
    parts = answer.terms if isinstance(answer, Sum) else (answer,)
    inner = [part.arg if isinstance(part, Negative) else part for part in parts]
    return [part for part in inner if isinstance(part, Quantity)]


def _has_form(answer: Node, terms: list[Quantity], form: str, in_place: bool) -> bool:
    """The form of each number; 12 cm + 13 cm and 1 m − 95 cm are not worked out, 1 m 5 cm is."""
    if form == "evaluated" and isinstance(answer, Sum):
        taken = sum(isinstance(term, Negative) for term in answer.terms)
        below = [isinstance(term.value, Negative) for term in terms]
        continued = below[0] and taken == len(terms) - 1  # −2 h 30 min
        if len({term.unit for term in terms}) < len(terms) or (taken and not continued):
            return False
    return all(forms.has_form(term.value, term.value, form, in_place) for term in terms)


def _other_dimension(unit: Unit, asked: Unit) -> str:
    mine, theirs = name_of(unit.dimension), name_of(asked.dimension)
    if mine and theirs:
        return f"This is {mine}; the answer should be {theirs}."
    if theirs:
        return f"The unit {unit.text} does not fit; the answer should be {theirs}."
    return f"The unit {unit.text} does not fit. Give one such as {asked.text}."


def _bare_number_right(term: Quantity, key: Node, asked: Unit, scheme: Scheme, in_place: bool) -> bool:
    if _same_scale(term.unit, asked):
        return False
    try:
        return number.judge(term.value, key, scheme, in_place).equal
    except Undecided:
        return False


def _same_scale(one: Unit, other: Unit) -> bool:
    return (one.size, one.pi, one.zero) == (other.size, other.pi, other.zero)


def _compared(
    answer: Node, terms: list[Quantity], key: Node, asked: Unit, scheme: Scheme, in_place: bool
) -> Finding:
    term = terms[0]
    single = isinstance(answer, Quantity)
    if single and _same_scale(term.unit, asked):
        return number.judge(term.value, key, scheme, in_place)
    inside = converted(answer, asked)
    name, size = scheme.tolerance or ("", 0.0)
    if name not in ("dp", "sf") or len(signs(inside)) > 1:
        return number.judge(inside, key, scheme, in_place)
    if single and name == "sf" and not (term.unit.zero or asked.zero):
        return number.judge(term.value, _scaled(key, asked, term.unit), scheme, in_place)
    shifted = _shifted(term.value, term.unit, asked) if single else None
    if shifted is not None:
        return number.judge(shifted, key, scheme, in_place)
    return _by_value(inside, key, name, int(size), in_place)


def _by_value(converted: Node, key: Node, name: str, count: int, in_place: bool) -> Finding:
    """Within half a unit of the key's last figure."""
    theirs = core(key)
    if in_place and not theirs.rational:
        raise NeedsPool
    wanted, last = number.rounded(theirs, name, count)
    return number.within(core(converted), q(wanted), last / 2, last, in_place)


# Conversion.


def converted(answer: Node, asked: Unit) -> Node:
    """The answer as a number of the asked unit, which must measure the same."""
    match answer:
        case Quantity(value=value, unit=unit):
            if unit.zero == asked.zero:
                return _scaled(value, unit, asked)
            start = (unit.zero - asked.zero) / asked.size
            return Sum((_scaled(value, unit, asked), _fraction(start)))
        case Negative(arg=arg):
            return Negative(converted(arg, asked))
        case Sum(terms=terms):
            return Sum(tuple(converted(term, asked) for term in terms))
    return answer


def _scaled(value: Node, one: Unit, other: Unit) -> Node:
    """A number of one unit as a number of the other."""
    ratio, pi = one.size / other.size, one.pi - other.pi
    if ratio == 1 and not pi:
        return value
    power = Power(Constant("pi"), Number("1") if pi > 0 else Negative(Number("1")))
    return Product((value, _fraction(ratio), *[power] * abs(pi)))


def _fraction(value: Fraction) -> Node:
    size = Quotient(Number(str(abs(value.numerator))), Number(str(value.denominator)))
    return Negative(size) if value < 0 else size


def _shifted(value: Node, one: Unit, other: Unit) -> Node | None:
    """A decimal with its point moved, where that is all the conversion does: 0.0500 m is 5.00 cm."""
    ratio = one.size / other.size
    place = len(str(max(ratio, 1 / ratio).numerator)) - 1
    place = place if ratio >= 1 else -place
    if Fraction(10) ** place != ratio or one.pi != other.pi or one.zero != other.zero:
        return None
    match value:
        case Number(text=text):
            mantissa, _, power = text.partition("e")
            return Number(f"{mantissa}e{int(power or 0) + place}")
        case Negative(arg=arg):
            inner = _shifted(arg, one, other)
            return Negative(inner) if inner is not None else None
    return None

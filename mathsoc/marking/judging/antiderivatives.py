"""`up_to_constant`: the answer may differ from the key by a constant, and must carry one as a letter."""

from __future__ import annotations

from ..algebra.core import substitute, subtract
from ..algebra.derivative import NotDifferentiable, derivative
from ..algebra.node import ONE, Core, sym, symbols, walk
from ..results import Finding, NeedsPool, Undecided
from . import equality
from .constant_letters import takes_every_value
from .steps import adds_step

MISSING = "The constant is missing: add a letter such as + c."
_USUAL_CONSTANTS = frozenset("cCkK")
_POINTS = 72
_BITS = 200
_TWIN = "'"  # no letter that can be typed ends so


def judge(answer: Core, key: Core, declared: tuple[str, ...], in_place: bool) -> Finding:
    """Equal up to a constant that one undeclared letter stands for. Raises NeedsPool, Undecided."""
    base = _without_constants(key, declared)
    loose = [name for name in symbols(answer) if name not in declared and name not in symbols(base)]
    if len(loose) > 1:
        return Finding(False, "exact", "Use just one letter for the constant.", "constant")
    difference = subtract(answer, base)
    found = _free_of(difference, answer, base, declared, in_place)
    if not found.equal:
        if in_place:
            raise NeedsPool
        added = not loose or _plain_constant(difference, loose[0])
        if not added or adds_step(answer, declared) or not _same_derivatives(answer, base, declared):
            return found
        found = Finding(True, "derivative")
    if not loose:
        return Finding(False, found.method, MISSING, "constant")
    imaginary = any(node.key == "'i" for node in walk(difference))
    if imaginary or not takes_every_value(difference, loose[0]):
        return Finding(False, "counterexample", "The constant must be able to take every value.", "constant")
    return found


def letters_of(key: Core) -> tuple[str, ...]:
    """The letters of a question that declares none: those of its key but for the constant of integration."""
    return tuple(
        name for name in symbols(key) if not (name in _USUAL_CONSTANTS and _plain_constant(key, name))
    )


def _without_constants(key: Core, declared: tuple[str, ...]) -> Core:
    """The key with its own constant of integration, if it has one, put to 1."""
    for name in symbols(key):
        if name in declared:
            continue
        change = subtract(key, substitute(key, {name: sym(name + _TWIN)}))
        if not set(symbols(change)) & set(declared) or _surely_free(key, name, declared):
            key = substitute(key, {name: ONE})
    return key


def _surely_free(key: Core, name: str, declared: tuple[str, ...]) -> bool:
    """Is f(x, c) − f(x, c') the same for every x? Then c is only added."""
    try:
        change = subtract(key, substitute(key, {name: sym(name + _TWIN)}))
        moved = {letter: sym(letter + _TWIN * 2) for letter in declared}
        return equality.equal(substitute(change, moved), change, in_place=False).equal
    except Undecided:
        return False


def _free_of(
    difference: Core, answer: Core, base: Core, declared: tuple[str, ...], in_place: bool
) -> Finding:
    """Is the difference the same for all values of the declared letters?"""
    if not set(symbols(difference)) & set(declared):
        return Finding(True, "identical")
    # g(x) − g(x') = f(x) − f(x') in two sets of letters, so that the key's domain counts as ever.
    moved = {letter: sym(letter + _TWIN * 2) for letter in declared}
    left = subtract(answer, substitute(answer, moved))
    right = subtract(base, substitute(base, moved))
    found = equality.equal(left, right, in_place)
    return found if found.equal else Finding(False, found.method, equality.NOT_THE_SAME, "value")


def _same_derivatives(answer: Core, base: Core, declared: tuple[str, ...]) -> bool:
    """arctan((x − 1)/(x + 1)) is arctan(x) with another constant on each side of its pole.

    The answer must have a real value wherever the key has one, poles aside.
    """
    try:
        pairs = [(derivative(answer, name), derivative(base, name)) for name in declared]
        same = all(equality.equal(mine, theirs, in_place=False).equal for mine, theirs in pairs)
    except (NotDifferentiable, Undecided):
        return False
    return same and bool(pairs) and _real_where(answer, base)


def _real_where(answer: Core, base: Core) -> bool:
    from ..algebra.balls import Unclear, evaluate, is_real
    from .sampling import points

    names = tuple(sorted(set(symbols(answer)) | set(symbols(base))))
    seen = 0
    for _, point in zip(range(_POINTS), points(names), strict=False):
        try:
            if not is_real(evaluate(base, point, _BITS)):
                continue
            if not is_real(evaluate(answer, point, _BITS)):
                return False
        except Unclear:
            continue
        seen += 1
    return seen > 0


def _plain_constant(difference: Core, name: str) -> bool:
    """c, or a number times c, beside things without c."""
    terms = difference.parts if difference.kind == "+" else (difference,)
    holding = [term for term in terms if name in symbols(term)]
    if len(holding) != 1:
        return False
    term = holding[0]
    return term.key == name or (term.kind == "*" and len(term.parts) == 1 and term.parts[0].key == name)

"""What a question asks for: its kind, its key and its options, checked once when the scheme is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from .results import ReadError, SchemeError
from .syntax.unit_grammar import parse_unit
from .syntax.units import Unit

KINDS = (
    "number", "expression", "equation", "inequality", "set", "sequence", "interval", "matrix",
    "text", "choice",
)  # fmt: skip
FORMS = ("any", "evaluated", "lowest-terms", "exact", "factorised", "expanded")
DOMAINS = ("closed", "strict")
BRANCHES = ("real", "principal")
_LARGEST = 10**300
TOLERANCES = ("absolute", "relative", "dp", "sf")


@dataclass(frozen=True)
class Scheme:
    """How one answer box is marked. `key` is "" where only reading is wanted.

    Options (all optional): `variables`, `tolerance`, `form`, `domain`, `branches`, `also`, `units`,
    `up_to_constant`, `case_sensitive` (text), `choices` (choice).
    Raises SchemeError in a sentence for an officer.
    """

    kind: str
    key: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SchemeError(f"Unknown kind {self.kind!r}. Known kinds: {', '.join(KINDS)}.")
        if not isinstance(self.key, str):
            raise SchemeError("The key must be text.")
        if not isinstance(self.options, Mapping):
            raise SchemeError("The options must be a table of names and values.")
        for name, value in self.options.items():
            if name not in _CHECKS:
                raise SchemeError(f"Unknown option {name!r}. Known options: {', '.join(_CHECKS)}.")
            _CHECKS[name](value)
        if "units" in self.options and self.kind != "number":
            raise SchemeError("The option 'units' is for the kind 'number' only.")
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))

    def __reduce__(self) -> tuple[type[Scheme], tuple[str, str, dict[str, object]]]:
        return Scheme, (self.kind, self.key, dict(self.options))

    def __hash__(self) -> int:
        return hash((self.kind, self.key, repr(sorted(self.options.items()))))

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return tuple(_strings(self.options.get("variables", ())))

    @property
    def form(self) -> str:
        return str(self.options.get("form", "any"))

    @property
    def domain(self) -> str:
        return str(self.options.get("domain", "closed"))

    @property
    def branches(self) -> str:
        return str(self.options.get("branches", "real"))

    @property
    def tolerance(self) -> tuple[str, float] | None:
        """The name and the size of the tolerance."""
        value = self.options.get("tolerance")
        if not isinstance(value, Mapping):
            return None
        ((name, size),) = value.items()
        return str(name), float(size)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return (self.key, *_strings(self.options.get("also", ())))

    @cached_property
    def unit(self) -> Unit | None:
        """The unit that the key is in; None where no unit is asked for."""
        units = self.options.get("units")
        return parse_unit(units) if isinstance(units, str) else None

    @property
    def up_to_constant(self) -> bool:
        return self.options.get("up_to_constant") is True


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _string_list(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        ok = isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value)
        if not ok:
            raise SchemeError(f"The option {name!r} must be a list of texts.")

    return check


def _flag(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, bool):
            raise SchemeError(f"The option {name!r} must be true or false.")

    return check


def _one_of(name: str, known: tuple[str, ...]) -> Callable[[object], None]:
    def check(value: object) -> None:
        if value not in known:
            raise SchemeError(f"Unknown {name} {value!r}. Known: {', '.join(known)}.")

    return check


def _units(value: object) -> None:
    if not isinstance(value, str) or not value or len(value) > 100:
        raise SchemeError("The option 'units' must be a unit such as 'cm'.")
    try:
        parse_unit(value)
    except ReadError as error:
        message = f"The option 'units' must be a unit such as 'cm' or 'm/s^2'. {error}"
        raise SchemeError(message) from error


def _variables(value: object) -> None:
    _string_list("variables")(value)
    for name in _strings(value):
        letters = name.replace("_", "")
        if not (name[0].isalpha() and letters.isalnum() and name.isascii() and len(name) <= 20):
            raise SchemeError(f"The variable {name!r} must be a letter or a short name such as x_1.")


def _tolerance(value: object) -> None:
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in TOLERANCES:
        raise SchemeError(f"The option 'tolerance' must name one of {', '.join(TOLERANCES)} with its size.")
    name, size = next(iter(value.items()))
    if isinstance(size, bool) or not isinstance(size, int | float):
        raise SchemeError("The size of the tolerance must be a number.")
    if name in ("dp", "sf"):
        least = 1 if name == "sf" else 0
        if not isinstance(size, int) or not least <= size <= 30:
            raise SchemeError(f"The tolerance {name!r} must be a whole number from {least} to 30.")
    elif not 0 < size <= _LARGEST:
        raise SchemeError(f"The tolerance {name!r} must be a positive number.")


_CHECKS: dict[str, Callable[[object], None]] = {
    "variables": _variables,
    "tolerance": _tolerance,
    "form": _one_of("form", FORMS),
    "domain": _one_of("domain", DOMAINS),
    "branches": _one_of("branches", BRANCHES),
    "also": _string_list("also"),
    "units": _units,
    "up_to_constant": _flag("up_to_constant"),
    "case_sensitive": _flag("case_sensitive"),
    "choices": _string_list("choices"),
}
OPTIONS = tuple(_CHECKS)

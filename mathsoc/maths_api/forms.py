"""What is accepted: the body of each request, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mathsoc.errors import Refused
from mathsoc.marking import Scheme, SchemeError
from mathsoc.marking.reading import NOTATIONS
from mathsoc.marking.scheme import KINDS, OPTIONS

FIELDS = ("answer", "kind", "options", "notation")
# Marking passes over what a kind does not use; who calls from a script should see the slip.
ONLY_FOR = {"units": "number", "tolerance": "number", "case_sensitive": "text", "choices": "choice"}
MOST_ITEMS = 50  # of a list among the options
MOST_KEYS = 20  # in `also`: each is read, and may be compared


@dataclass(frozen=True)
class Asked:
    """What a request asks about."""

    answer: str
    scheme: Scheme
    notation: str


def asked(body: Mapping[str, Any], *, keyed: bool) -> Asked:
    """The request in a body; a null is a field left out. Raises Refused with the field at fault."""
    known = (*FIELDS, "key") if keyed else FIELDS
    for name in body:
        if name not in known:
            raise Refused(f"Unknown field {name[:40]!r}. Known fields: {', '.join(known)}.", name[:40])
    given = {name: value for name, value in body.items() if value is not None}
    notation = _text(given, "notation", "auto")
    if notation not in NOTATIONS:
        raise Refused(f"Unknown notation {notation[:40]!r}. Known: {', '.join(NOTATIONS)}.", "notation")
    key = _text(given, "key") if keyed else ""
    return Asked(_text(given, "answer"), _scheme(given, key), notation)


def _scheme(given: Mapping[str, Any], key: str) -> Scheme:
    kind = _text(given, "kind", "expression")
    if kind not in KINDS:
        raise Refused(f"Unknown kind {kind[:40]!r}. Known kinds: {', '.join(KINDS)}.", "kind")
    options = given.get("options", {})
    if not isinstance(options, dict):
        raise Refused("The options must be an object: names and values in {…}.", "options")
    for name, value in options.items():
        if name not in OPTIONS:
            raise Refused(f"Unknown option {name[:40]!r}. Known options: {', '.join(OPTIONS)}.", "options")
        if value is not None and kind != (meant := ONLY_FOR.get(name, kind)):
            raise Refused(f"The option {name!r} is for the kind {meant!r} only.", "options")
        most = MOST_KEYS if name == "also" else MOST_ITEMS
        if isinstance(value, list) and len(value) > most:
            raise Refused(f"The option {name[:40]!r} may list at most {most} things.", "options")
    try:
        return Scheme(kind, key, {name: value for name, value in options.items() if value is not None})
    except SchemeError as error:
        raise Refused(str(error), "options") from error


def _text(given: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = given.get(name, default)
    if value is None:
        raise Refused(f"The field {name!r} is missing.", name)
    if not isinstance(value, str):
        raise Refused(f"The field {name!r} must be text.", name)
    return value

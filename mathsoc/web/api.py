"""JSON in and out for the addresses under /api/: bodies read within limits, errors as RFC 9457 problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from math import isfinite
from typing import Any

from quart import Response, request

from mathsoc.errors import MathsocError
from mathsoc.web.forms import storable

PREFIX = "/api/"
DEEPEST = 12  # brackets inside each other in a body
LONGEST_NUMBER = 40  # digits of a number in a body


class BadBody(MathsocError):
    """A body that cannot be read; answered with this status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def wants_problem() -> bool:
    """Whether whoever asks reads JSON, errors too."""
    return request.path.startswith(PREFIX)


def json_reply(data: Mapping[str, Any], status: int = 200, mimetype: str = "application/json") -> Response:
    """A reply that no cache keeps: it may tell of keys."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return Response(text, status=status, mimetype=mimetype, headers={"Cache-Control": "no-store"})


def problem(status: int, detail: str, field: str | None = None) -> Response:
    """An error in the form of RFC 9457; `field` names the field of the body at fault."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field is not None:
        told["field"] = field
    response = json_reply(told, status, "application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Cookie realm="/login"'
    return response


async def sent_json() -> dict[str, Any]:
    """The object in the body. Raises BadBody: 415 for another type of body, 400 for what is no JSON."""
    if request.mimetype != "application/json":
        raise BadBody(415, "Send JSON, with the header Content-Type: application/json.")
    try:
        text = (await request.data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadBody(400, "The body is not UTF-8.") from None
    if _depth(text) > DEEPEST:
        raise BadBody(400, "There are too many brackets inside each other.")
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_real
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadBody(400, f"This is no JSON: {error.msg} at {where}.") from None
    if not isinstance(found, dict):
        raise BadBody(400, "The body must be an object: names and values in {…}.")
    if not _storable(found):
        raise BadBody(400, "There is a character here that no text may have (NUL, or half of a pair).")
    return found


def _depth(text: str) -> int:
    """How deep the brackets outside strings go."""
    deepest = level = 0
    inside = escaped = False
    for letter in text:
        if inside:
            inside = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            inside = True
        elif letter in "[{":
            level += 1
            deepest = max(deepest, level)
        elif letter in "]}":
            level -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadBody(400, "A name stands twice in one object.")
    return found


def _no_number(text: str) -> float:
    raise BadBody(400, f"{text} is no number in JSON.")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadBody(400, f"A number has more than {LONGEST_NUMBER} digits.")
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise BadBody(400, f"The number {text[:LONGEST_NUMBER]} is too big.")
    return value


def _storable(value: object) -> bool:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return all(storable(name) and _storable(one) for name, one in value.items())
    return not isinstance(value, list) or all(map(_storable, value))

"""The description of the API (OpenAPI 3.1), made from the lists of the engine, with which it keeps up."""

from __future__ import annotations

from typing import Any

from mathsoc.marking import limits
from mathsoc.marking.reading import NOTATIONS
from mathsoc.marking.scheme import BRANCHES, DOMAINS, FORMS, KINDS, TOLERANCES
from mathsoc.maths_api.forms import MOST_ITEMS, MOST_KEYS

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT, "maxItems": MOST_ITEMS}
_YES_NO_UNKNOWN = {"type": ["boolean", "null"]}
_OUTCOMES = ["correct", "incorrect", "unreadable", "undecided"]

_OPTIONS = {
    "variables": _TEXTS,
    "tolerance": {
        "type": "object",
        "properties": {
            **{name: {"type": "number", "exclusiveMinimum": 0} for name in TOLERANCES},
            "dp": {"type": "integer", "minimum": 0, "maximum": 30},
            "sf": {"type": "integer", "minimum": 1, "maximum": 30},
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "form": {"enum": list(FORMS)},
    "domain": {"enum": list(DOMAINS)},
    "branches": {"enum": list(BRANCHES)},
    "also": {**_TEXTS, "maxItems": MOST_KEYS},
    "units": _TEXT,
    "up_to_constant": {"type": "boolean"},
    "case_sensitive": {"type": "boolean"},
    "choices": _TEXTS,
}
_ANSWER = {
    "answer": {**_TEXT, "description": f"More than {limits.MAX_CHARACTERS} characters are unreadable."},
    "kind": {"enum": [*KINDS, None], "default": "expression"},
    "options": {
        "type": ["object", "null"],
        "properties": {name: {"anyOf": [shape, {"type": "null"}]} for name, shape in _OPTIONS.items()},
        "additionalProperties": False,
        "default": {},
    },
    "notation": {"enum": [*NOTATIONS, None], "default": "auto"},
}
_PROBLEM = {
    "message": _TEXT,
    "position": {"type": ["integer", "null"], "description": "Counted from 1."},
    "unfinished": {"type": "boolean", "description": "The text merely ends too early."},
}
_READING = {
    "ok": {"type": "boolean"},
    "mathml": _TEXT,
    "plain": _TEXT,
    "variables": {"type": "array", "items": _TEXT},
    "notes": {"type": "array", "items": _TEXT},
    "problem": {"oneOf": [{"$ref": "#/components/schemas/ReadingProblem"}, {"type": "null"}]},
}
_VERDICT = {
    "outcome": {"enum": _OUTCOMES},
    "correct": {**_YES_NO_UNKNOWN, "description": "Null where it is unreadable or undecided."},
    "equivalent": {**_YES_NO_UNKNOWN, "description": "Equal in value, whatever form was asked for."},
    "method": {**_TEXT, "description": "The layer that decided."},
    "reason": _TEXT,
    "reason_class": _TEXT,
    "reading": {"$ref": "#/components/schemas/Reading"},
    "key_reading": {"$ref": "#/components/schemas/Reading"},
    "ms": {"type": "number"},
}
_NORMAL = {**_READING, "normal": {"type": ["string", "null"]}}
_ERROR = {
    "type": _TEXT,
    "title": _TEXT,
    "status": {"type": "integer"},
    "detail": _TEXT,
    "field": {**_TEXT, "description": "The field of the body at fault."},
}
_ERRORS = {
    "400": "The body is no JSON object.",
    "401": "Not signed in.",
    "403": "Signed in, but not as staff; or sent by a page of another site.",
    "405": "Another method than POST.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "A field is unknown, missing or of the wrong type, or the key cannot be read.",
    "503": "Busy: try again after the seconds of Retry-After.",
}


def _object(properties: dict[str, Any], required: list[str], *, closed: bool = False) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return shape | ({"additionalProperties": False} if closed else {})


def _content(name: str, mimetype: str = "application/json") -> dict[str, Any]:
    return {mimetype: {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _operation(name: str, summary: str, sent: str, told: str) -> dict[str, Any]:
    errors = {
        status: {"description": words, "content": _content("Error", "application/problem+json")}
        for status, words in _ERRORS.items()
    }
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"required": True, "content": _content(sent)},
            "responses": {"200": {"description": "Done.", "content": _content(told)}, **errors},
        }
    }


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "mathsoc maths API",
        "version": "1",
        "description": "For staff, signed in by the session cookie of POST /login. See docs/api.md.",
    },
    "security": [{"session": []}],
    "paths": {
        "/api/math/validate": _operation("validate", "How a text is read", "Answer", "Reading"),
        "/api/math/equivalent": _operation("equivalent", "An answer against a key", "Pair", "Verdict"),
        "/api/math/normalise": _operation("normalise", "The normal form of a text", "Answer", "Normal"),
    },
    "components": {
        "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "mathsoc"}},
        "schemas": {
            "Answer": _object(_ANSWER, ["answer"], closed=True),
            "Pair": _object({**_ANSWER, "key": _TEXT}, ["answer", "key"], closed=True),
            "Reading": _object(_READING, list(_READING)),
            "ReadingProblem": _object(_PROBLEM, list(_PROBLEM)),
            "Verdict": _object(_VERDICT, list(_VERDICT)),
            "Normal": _object(_NORMAL, list(_NORMAL)),
            "Error": _object(_ERROR, ["type", "title", "status", "detail"]),
        },
    },
}

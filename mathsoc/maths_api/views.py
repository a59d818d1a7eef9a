"""What is answered. Nothing here holds a connection to the database while it works."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from quart import Blueprint, Response

from mathsoc.errors import Busy, Refused
from mathsoc.marking import Reading, Scheme, SchemeError, Verdict, read
from mathsoc.marking.engine import check_keys
from mathsoc.marking.normal import Normal
from mathsoc.marking.pool import mark_bounded, normalise_bounded
from mathsoc.marking.results import CORRECT, INCORRECT, Undecided
from mathsoc.maths_api.forms import Asked, asked
from mathsoc.maths_api.openapi import DESCRIPTION
from mathsoc.web.api import json_reply, sent_json
from mathsoc.web.turns import members_turn
from mathsoc.web.unit_of_work import reads_only, release

blueprint = Blueprint("maths_api", __name__)

NO_NORMAL_FORM = "too big to be put in normal form"
OUR_FAULT = ("busy", "stopped")  # where work stopped that nobody came to


@blueprint.get("/api/openapi.json")
async def openapi() -> Response:
    return json_reply(DESCRIPTION)


@blueprint.post("/api/math/validate")
@reads_only
async def validate() -> Response:
    """How a text is read, or why it cannot be."""
    form = await _asked(keyed=False)
    return json_reply(_reading(read(form.answer, form.scheme, form.notation)))


@blueprint.post("/api/math/equivalent")
@reads_only
async def equivalent() -> Response:
    """The verdict on an answer against a key, as a challenge with this box would give it."""
    form = await _asked(keyed=True)
    begun = time.perf_counter()
    try:
        key = check_keys(form.scheme)
        async with members_turn():
            verdict = await mark_bounded(form.answer, form.scheme, form.notation)
    except SchemeError as error:
        raise Refused(str(error), _at_fault(form.scheme)) from error
    took = round((time.perf_counter() - begun) * 1000, 1)
    return json_reply(_verdict(verdict) | {"key_reading": _reading(key), "ms": took})


@blueprint.post("/api/math/normalise")
@reads_only
async def normalise() -> Response:
    """The normal form of a text. Raises Busy where the workers have no time for it."""
    form = await _asked(keyed=False)
    try:
        async with members_turn():
            normal = await normalise_bounded(form.answer, form.scheme, form.notation)
    except Undecided as doubt:
        if doubt.method in OUR_FAULT:
            raise Busy("The maths workers are very busy. Please send it again in a moment.") from doubt
        normal = Normal(read(form.answer, form.scheme, form.notation))
    told = _reading(normal.reading) | {"normal": normal.text or None}
    if normal.reading.ok and not normal.text:
        told["notes"] = list(dict.fromkeys([*told["notes"], NO_NORMAL_FORM]))
    return json_reply(told)


async def _asked(*, keyed: bool) -> Asked:
    body = await sent_json()
    await release()  # the guard has looked up who asks; the rest needs no database
    return asked(body, keyed=keyed)


def _at_fault(scheme: Scheme) -> str:
    """The field with the key that cannot be used: the key itself, or the options for one of `also`."""
    options = {name: value for name, value in scheme.options.items() if name != "also"}
    try:
        check_keys(Scheme(scheme.kind, scheme.key, options))
    except SchemeError:
        return "key"
    return "options"


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "ok": reading.ok,
        "mathml": reading.mathml,
        "plain": reading.plain,
        "variables": list(reading.variables),
        "notes": list(reading.notes),
        "problem": asdict(reading.problem) if reading.problem else None,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """`equivalent` is equality of value: also true of what is refused for its form alone."""
    decided = verdict.outcome in (CORRECT, INCORRECT)
    return {
        "outcome": verdict.outcome,
        "correct": verdict.correct if decided else None,
        "equivalent": verdict.correct or verdict.reason_class == "form" if decided else None,
        "method": verdict.method,
        "reason": verdict.reason,
        "reason_class": verdict.reason_class,
        "reading": _reading(verdict.reading),
    }

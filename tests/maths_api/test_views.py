"""The JSON maths API over HTTP: Carol is staff and may ask; Alice and Bob may not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart

from mathsoc.app import Mathsoc
from mathsoc.marking import limits
from mathsoc.marking.results import Undecided
from mathsoc.marking.scheme import OPTIONS
from mathsoc.maths_api import views
from mathsoc.web import security
from tests.support.asked import watch
from tests.support.payloads import payloads
from tests.support.world import World, already_signed_in, signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

PATHS = ("validate", "equivalent", "normalise")
DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"/api/math/(\w+) \\\n  -d '(.*?)'\n```\n\n```json\n(.*?)```", DOCS, re.DOTALL)


async def ask(client: TestClientProtocol, path: str, body: object) -> tuple[int, dict[str, Any]]:
    """The status and the object of a reply; whatever else must hold of every reply is checked here."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = await client.post(f"/api/math/{path}", data=raw, headers={"Content-Type": "application/json"})
    kind = "application/json" if reply.status_code == 200 else "application/problem+json"
    assert reply.mimetype == kind
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Security-Policy"] == security.CONTENT_SECURITY_POLICY
    found = json.loads(await reply.get_data())
    if reply.status_code != 200:
        assert found["status"] == reply.status_code and found["title"] and found["type"] == "about:blank"
        assert found["detail"].endswith(".")
    return reply.status_code, found


async def test_who_may_ask(app: Quart, world: World) -> None:
    await world.add_member("admin", role="admin", year=None)
    body = {"answer": "x", "key": "x"}
    for path in PATHS:
        sent = body if path == "equivalent" else {"answer": "x"}
        assert (await ask(app.test_client(), path, sent))[0] == 401
        for name, status in (("alice", 403), ("bob", 403), ("carol", 200), ("admin", 200)):
            client = await already_signed_in(app, world, name)
            assert (await ask(client, path, sent))[0] == status, (path, name)
    assert (await app.test_client().get("/api/openapi.json")).status_code == 200


async def test_the_real_sign_in_is_enough(app: Quart, world: World) -> None:
    carol = await signed_in(app, world, "carol")
    status, found = await ask(carol, "validate", {"answer": "1/2 x"})
    assert (status, found["plain"], found["variables"]) == (200, "(1/2)·x", ["x"])
    assert found["mathml"].startswith("<math")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_examples_of_the_docs(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    assert len(EXAMPLES) == 5
    for path, sent, told in EXAMPLES:
        _, found = await ask(carol, path, json.loads(sent))
        assert same(found, json.loads(told)), (found, told)


def same(found: Any, told: Any) -> bool:
    """Equal but for … in the docs, and for times."""
    if isinstance(told, dict):
        keys = found.keys() == told.keys()
        return keys and all(name == "ms" or same(found[name], told[name]) for name in told)
    return bool(found) if told == "…" else bool(found == told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_verdicts(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for kind, answer, key, options, told in (
        ("expression", "(x+1)^2", "x^2+2x+1", {}, ("correct", True, True)),
        ("expression", "sqrt(x^2)", "x", {}, ("incorrect", False, False)),
        ("expression", "x^2-1", "(x-1)(x+1)", {"form": "factorised"}, ("incorrect", False, True)),
        ("number", "1/", "1", {}, ("unreadable", None, None)),
        ("set", "2,1", "{1,2}", {}, ("correct", True, True)),
        ("choice", "b", "B", {"choices": ["A", "B"]}, ("correct", True, True)),
        ("expression", r"\frac{x}{2}", "0.5x", None, ("correct", True, True)),
    ):
        body = {"answer": answer, "key": key, "kind": kind, "options": options}
        status, found = await ask(carol, "equivalent", body)
        assert status == 200
        assert (found["outcome"], found["correct"], found["equivalent"]) == told, body
        assert found["key_reading"]["ok"] and isinstance(found["ms"], float)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_normal_forms_of_what_is_alike_are_alike(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for alike in ("x/2", "0.5x", "x-x/2"):
        _, found = await ask(carol, "normalise", {"answer": alike})
        assert found["normal"] == "x/2"
    status, found = await ask(carol, "normalise", {"answer": "500!", "kind": "number"})
    assert (status, found["ok"], found["normal"]) == (200, True, None) and found["notes"]
    status, found = await ask(carol, "normalise", {"answer": "(-1)^(1/4)"})
    assert status == 200 and found["ok"]
    status, found = await ask(carol, "normalise", {"answer": "cosh(" * 12 + "x" + ")" * 12})
    assert status == 200 and found["ok"] and found["normal"] is None and found["notes"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_too_long_is_unreadable(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for path in ("validate", "normalise"):
        status, found = await ask(carol, path, {"answer": "1+" * limits.MAX_CHARACTERS + "1"})
        assert (status, found["ok"]) == (200, False) and "too long" in found["problem"]["message"]


GOOD = {"answer": "x", "key": "x"}
WRONG: list[tuple[object, str]] = [
    ({"key": "x"}, "answer"),
    ({"answer": "x"}, "key"),
    ({"answer": None, "key": "x"}, "answer"),
    ({**GOOD, "answer": 5}, "answer"),
    ({**GOOD, "answer": ["x"]}, "answer"),
    ({**GOOD, "key": {"x": 1}}, "key"),
    ({**GOOD, "key": ""}, "key"),
    ({**GOOD, "key": "1/"}, "key"),
    ({**GOOD, "key": "x" * 5000}, "key"),
    ({**GOOD, "options": {"also": ["2+"]}}, "options"),
    ({**GOOD, "key": "1/", "options": {"also": ["2+"]}}, "key"),
    ({**GOOD, "kind": "poem"}, "kind"),
    ({**GOOD, "kind": 1}, "kind"),
    ({**GOOD, "notation": "morse"}, "notation"),
    ({**GOOD, "options": []}, "options"),
    ({**GOOD, "options": {"colour": "red"}}, "options"),
    ({**GOOD, "options": {"form": ["any"]}}, "options"),
    ({**GOOD, "options": {"variables": "x"}}, "options"),
    ({**GOOD, "options": {"tolerance": {"absolute": -1}}}, "options"),
    ({**GOOD, "options": {"also": ["x"] * 21}}, "options"),
    ({**GOOD, "options": {"colour": None}}, "options"),
    ({**GOOD, "options": {"choices": ["x"]}}, "options"),
    ({**GOOD, "options": {"tolerance": {"absolute": 1}}}, "options"),
    ({**GOOD, "kind": "choice", "options": {"case_sensitive": True}}, "options"),
    ({**GOOD, "options": {"tolerance": {"dp": 2}}}, "options"),
    ({**GOOD, "kind": "number", "key": "1", "options": {"tolerance": {"sf": 0}}}, "options"),
    ({**GOOD, "answr": "x"}, "answr"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_field_at_fault_is_named(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for body, field in WRONG:
        status, found = await ask(carol, "equivalent", body)
        assert (status, found.get("field")) == (422, field), (body, found)
    status, found = await ask(carol, "validate", GOOD)
    assert (status, found["field"]) == (422, "key")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_null_is_a_field_left_out(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    nothing = {"kind": None, "notation": None, "options": None}
    for given in (nothing, {"options": dict.fromkeys(OPTIONS)}):
        status, found = await ask(carol, "equivalent", {**GOOD, **given})
        assert (status, found["correct"]) == (200, True), found


UNREADABLE_BODIES = [
    b"",
    b"{",
    b"[]",
    b'"x"',
    b"null",
    b'{"answer": "x",}',
    b'{"answer": NaN}',
    b'{"answer": 1e999}',
    b'{"answer": ' + b"9" * 5000 + b"}",
    b'{"answer": "x", "answer": "y"}',
    b'{"answer": "\xff"}',
    b'{"answer": "\xed\xa0\x80"}',
    b'{"answer": "\\ud800"}',
    b'{"answer": "\\u0000"}',
    b'{"\\u0000": "x"}',
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b'{"answer": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_bodies_that_cannot_be_read(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for path in PATHS:
        for body in UNREADABLE_BODIES:
            status, _ = await ask(carol, path, body)
            assert status == 400, (path, body[:40])
    assert (await ask(carol, "validate", b'\xef\xbb\xbf{"answer": "\\\\frac12", "notation": null}'))[0] == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_hostile_texts_never_break_it(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for one in payloads("form", "answer", "url"):
        if len(one.raw) > 50_000:
            continue
        text = one.raw.decode("utf-8", "surrogatepass" if b"\xed" in one.raw else "replace")
        for path in ("validate", "normalise"):
            status, _ = await ask(carol, path, {"answer": text})
            assert status in (200, 400), (path, one.raw[:60])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_requests_of_another_shape(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    path = "/api/math/validate"
    as_json = {"Content-Type": "application/json"}
    good = b'{"answer": "x"}'
    for reply, status in (
        (await carol.post(path, data=good), 415),
        (await carol.post(path, data=good, headers={"Content-Type": "text/plain"}), 415),
        (await carol.post(path, form={"answer": "x"}), 415),
        (await carol.post(path, data=good, headers={**as_json, "Content-Encoding": "gzip"}), 415),
        (await carol.post(path, data=b" " * 70_000, headers=as_json), 413),
        (await carol.post(path, data=good, headers={**as_json, "Sec-Fetch-Site": "cross-site"}), 403),
        (await carol.post(path, data=good, headers={**as_json, "Origin": "https://evil.example"}), 403),
        (await carol.get(path), 405),
        (await carol.put(path, data=good, headers=as_json), 405),
        (await carol.post("/api/openapi.json", data=good, headers=as_json), 405),
        (await carol.get("/api/math/nothing"), 404),
    ):
        assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")
        assert json.loads(await reply.get_data())["status"] == status
        assert status != 405 or reply.headers["Allow"]
    named = {"Content-Type": "application/json; charset=utf-8", "Sec-Fetch-Site": "same-origin"}
    assert (await carol.post(path, data=good, headers=named)).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_busy_is_503_with_retry_after(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise Undecided("busy", "busy")

    monkeypatch.setattr(views, "normalise_bounded", busy)
    carol = await already_signed_in(app, world, "carol")
    reply = await carol.post("/api/math/normalise", json={"answer": "x"})
    assert (reply.status_code, reply.mimetype) == (503, "application/problem+json")
    assert reply.headers["Retry-After"]


async def test_no_connection_is_held_while_it_works(
    app: Mathsoc, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, held = watch(app.database), []
    really = views.mark_bounded

    async def watched(*given: Any) -> object:
        held.append(asked.held)
        return await really(*given)

    monkeypatch.setattr(views, "mark_bounded", watched)
    carol = await already_signed_in(app, world, "carol")
    assert (await ask(carol, "equivalent", GOOD))[0] == 200
    assert held == [0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_description_is_of_exactly_these(app: Quart, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    described = json.loads(await (await carol.get("/api/openapi.json")).get_data())
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/math/")}
    assert described["openapi"].startswith("3.1") and set(described["paths"]) == rules
    options = described["components"]["schemas"]["Answer"]["properties"]["options"]["properties"]
    assert set(options) == set(OPTIONS)
    answer = described["components"]["schemas"]["Answer"]["properties"]
    assert answer["options"]["additionalProperties"] is False and "null" in answer["options"]["type"]
    assert None in answer["kind"]["enum"] and None in answer["notation"]["enum"]
    assert options["tolerance"]["anyOf"][0]["properties"]["sf"]["minimum"] == 1
    shapes = described["components"]["schemas"]
    refs = re.findall(r"#/components/schemas/(\w+)", json.dumps(described))
    assert set(refs) == set(shapes)
    for path, sent, told in EXAMPLES:
        operation = described["paths"][f"/api/math/{path}"]["post"]
        asked = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert json.loads(sent).keys() <= shapes[asked]["properties"].keys()
        status = str(json.loads(told).get("status", 200))
        ((_, shape),) = operation["responses"][status]["content"].items()
        name = shape["schema"]["$ref"].rpartition("/")[2]
        assert set(shapes[name]["required"]) <= json.loads(told).keys() <= shapes[name]["properties"].keys()

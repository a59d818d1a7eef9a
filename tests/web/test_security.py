"""What every reply carries and every request must pass."""

from __future__ import annotations

import pytest
from quart import Quart

from mathsoc.web.pages import see
from tests.support.world import World, already_signed_in, signed_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PATHS = ("/", "/login", "/challenges", "/nope", "/healthz", "/static/css/base.css", "/leaderboards/ladder")


async def test_every_reply_carries_the_headers(app: Quart, world: World) -> None:
    client = app.test_client()
    for path in PATHS:
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
    assert "Content-Security-Policy" in (await client.put("/login")).headers


async def test_signed_in_pages_are_not_kept(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    headers = (await alice.get("/")).headers
    assert headers["Cache-Control"] == "no-store" and "HX-Request" in headers["Vary"]


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
    ],
)
async def test_only_our_own_pages_change_things(
    app: Quart, world: World, headers: dict[str, str], passes: bool
) -> None:
    reply = await app.test_client().post("/logout", headers=headers)
    assert reply.status_code == (303 if passes else 403)
    assert passes or "a page of another site" in (await reply.get_data()).decode()


async def test_other_host_names_are_refused(app: Quart, world: World) -> None:
    client = app.test_client()
    assert (await client.get("/", headers={"Host": "evil.example"})).status_code == 400
    assert (await client.get("/", headers={"Host": "localhost:8000"})).status_code == 200


async def test_the_cookie_is_for_us_alone_and_dies_with_the_session(app: Quart, world: World) -> None:
    """Quart-Auth alone would go on honouring a cookie that was kept."""
    alice = await signed_in(app, world, "alice")
    cookie = next(iter(alice.cookie_jar))  # type: ignore[arg-type]
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax"
    kept = app.test_client()
    kept.set_cookie("localhost", cookie.name, cookie.value or "")
    assert b"Sign out" in await (await kept.get("/")).get_data()
    await alice.post("/logout")
    assert b"Sign out" not in await (await kept.get("/")).get_data()


async def test_a_planted_or_broken_cookie_signs_nobody_in(app: Quart, world: World) -> None:
    for value in ("x", "a.b.c", "\u00e9", "IiI.x.y", "A" * 5000):
        client = app.test_client()
        client.set_cookie("localhost", "mathsoc", value)
        reply = await client.get("/")
        assert reply.status_code == 200 and b"Sign out" not in await reply.get_data()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
async def test_a_line_break_in_an_address_ends_no_header(app: Quart, headers: dict[str, str]) -> None:
    async with app.test_request_context("/", headers=headers):
        sent = see("/pages/a\r\nSet-Cookie: b=1?c=%0a#é").headers
    where = sent["HX-Redirect" if headers else "Location"]
    assert where == "/pages/a%0D%0ASet-Cookie:%20b=1?c=%0a#%C3%A9" and "Set-Cookie" not in sent

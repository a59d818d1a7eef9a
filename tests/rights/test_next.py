"""Where a sign-in goes on to: a path of this site, or home."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.support.world import PASSWORD, World, already_signed_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AWAY = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "https://evil.example",
    "https:evil.example",
    "https://localhost@evil.example",
    "javascript:window.__x=1",
    "evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/profile\r\nSet-Cookie: a=b",
    "/" + "a" * 512,
    "",
)
STAYS = ("/challenges", "/challenges/squares?a=1#b", "/" + "a" * 511, "/.//evil.example", "/a//b")


@pytest.mark.parametrize("given", [*AWAY, *STAYS])
async def test_signing_in_stays_on_the_site(app: Quart, world: World, given: str) -> None:
    expected = given if given in STAYS else "/"
    form = {"email": world.members["alice"].email or "", "password": PASSWORD, "next": given}
    reply = await app.test_client().post("/login", form=form)
    assert (reply.status_code, reply.headers["Location"]) == (303, expected)
    alice = await already_signed_in(app, world, "alice")
    reply = await alice.get("/login", query_string={"next": given})
    assert (reply.status_code, reply.headers["Location"]) == (303, expected)
    assert "a=b" not in reply.headers.get("Set-Cookie", "")
